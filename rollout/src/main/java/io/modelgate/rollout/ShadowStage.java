package io.modelgate.rollout;

import java.time.Duration;

/**
 * What a rollout's shadow stage takes: calls are mirrored to the candidate while nobody gets its answers, until they have agreed with stable's
 * often enough. Immutable.
 *
 * @param sample the share of stable's answered calls that is mirrored, above 0, at most 1
 * @param leastTime how long at least; 1 second or more
 * @param leastCalls how many calls at least must have been compared in a process; 1 to 100,000,000
 * @param agreement the share that must be shown to agree of compared calls, each caller's first, at least 0.01 and below 1
 * @param alike when two answers agree
 */
public record ShadowStage(double sample, Duration leastTime, long leastCalls, double agreement, Alike alike) {

    /** When two answers agree. */
    public sealed interface Alike {

        /** If they are {@link Object#equals equal}. */
        record Equal() implements Alike {}

        /**
         * If a metric of the gate reads nearly the same off both.
         *
         * @param metric the metric's name
         * @param tolerance how far apart at most, in the metric's units, 0 or more
         */
        record Within(String metric, double tolerance) implements Alike {}

        /**
         * If a user's function of this name says so: {@link ShadowBuilder#alike}.
         *
         * @param name the function's name, 1 to 100 characters
         */
        record By(String name) implements Alike {}
    }
}
