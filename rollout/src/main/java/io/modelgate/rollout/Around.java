package io.modelgate.rollout;

import org.jspecify.annotations.Nullable;

/**
 * What a rollout finds around it: the hours and other rollouts. Immutable.
 *
 * @param outside why nobody may go to the candidate now, and until when; null inside its windows
 * @param reopens whether it is inside its windows and has been shut for long enough to be sure of it
 * @param barrier which version it waits for, or has lost, and why; null if nothing of that kind keeps it
 * @param lockstep the group that it steps with, or null
 */
record Around(
        @Nullable String outside,
        boolean reopens,
        @Nullable String barrier,
        @Nullable LockstepGroup lockstep) {

    /** Why a rollout that would go on by itself does not, for others, beyond what it was asked to wait for; null if it is not so. */
    @Nullable
    String others(RolloutRun run) {
        if (barrier != null) {
            return run.stage().unserved() ? null : barrier;
        }
        int next = run.place() + 1;
        return lockstep == null || run.conditions().ready() != next ? null : lockstep.waits(next);
    }

    /** Whether nobody waits for another any more, be the rollout itself ready or not. */
    boolean together(RolloutRun run) {
        return barrier == null && (lockstep == null || lockstep.waits(run.place() + 1) == null);
    }

    static final Around NOTHING = new Around(null, true, null, null);
}
