package io.modelgate.simulator;

import io.modelgate.rollout.Evidence;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What one run looked like from look to look, for a picture. Keeps so many moments as a picture can show. Not thread-safe. */
final class Trace {

    /** A picture is 900 pixels wide. */
    private static final int MOST = 300;

    private final long every;
    private final List<Moment> moments = new ArrayList<>();
    private long looks;

    /**
     * One look. Immutable.
     *
     * @param at when, after the start
     * @param weight the candidate's share of the callers, 0 to 1
     * @param bad the bad answers that the candidate has served so far
     * @param evidence what the data says of each guardrail
     */
    record Moment(Duration at, double weight, long bad, List<Evidence> evidence) {

        Moment {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * Of a run.
     *
     * @param length how long it takes
     * @param look how often the controller looks
     */
    Trace(Duration length, Duration look) {
        every = 1 + length.dividedBy(look) / MOST;
    }

    /** Whether the present look is one to keep: where something happened, and now and then. */
    boolean due(boolean moved) {
        return looks++ % every == 0 || moved;
    }

    void look(Duration at, RolloutStatus status, long bad) {
        double weight = status.weight().parts() / (double) Weight.FULL.parts();
        moments.add(new Moment(at, weight, bad, status.evidence()));
    }

    List<Moment> moments() {
        return List.copyOf(moments);
    }
}
