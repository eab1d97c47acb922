package io.modelgate.rollout;

import io.modelgate.ModelGate;

/**
 * Where the counts of a rollout come from. Built in: the calls of this process. Another source may count for a whole fleet, or replay.
 * Thread-safe.
 */
@FunctionalInterface
public interface Observations {

    /**
     * What was counted while the rollout has had its present weight. Grows from call to call. Called at every look, which waits for it: give what it
     * asks a timeout, for while it hangs no rollout of this process is judged, which a {@link RolloutEvent.Hindered} says after 30 s. If it throws, that
     * is a {@link RolloutEvent.Hindered} too, nothing is stepped up, and the next look tries again; kills, windows and what goes back in lockstep are seen
     * to all the same.
     *
     * @param gate the gate
     * @param rollout the rollout's id
     * @param since the sequence number of the entry that set the weight
     */
    StepCounts counts(ModelGate<?, ?> gate, String rollout, long since);
}
