package io.modelgate.rollout;

import org.jspecify.annotations.Nullable;

/**
 * A condition that a rollout must keep. Immutable; the methods return changed copies.
 *
 * <pre>{@code
 * Guardrail.rate(Rate.ERRORS).worseBy(0.2).required()      // at most 20 % more errors than stable, as a share
 * Guardrail.rate(Rate.ERRORS).atMost(0.01)                 // an absolute limit
 * Guardrail.latency(0.99).worseBy(0.25)
 * Guardrail.mean("approved").drift().worseByPoints(0.05)
 * Guardrail.custom("complaints", test)
 * }</pre>
 *
 * @param name what evidence calls it; unique in a policy
 * @param kind what it looks at
 * @param rate the rate, for {@link Kind#RATE}
 * @param quantile the quantile, 0 to 1, for {@link Kind#LATENCY}
 * @param metric the gate's metric, for {@link Kind#MEAN}
 * @param worse which direction is worse
 * @param limit how much worse is allowed
 * @param unit what it counts once
 * @param required whether promotion asks for {@link Finding#NOT_WORSE}
 * @param share its part of α relative to the other guardrails'; above 0
 * @param test the user's own, for {@link Kind#CUSTOM}; null when read back from the log or a file, and found by name
 */
public record Guardrail(
        String name,
        Kind kind,
        @Nullable Rate rate,
        double quantile,
        @Nullable String metric,
        Worse worse,
        Limit limit,
        Unit unit,
        boolean required,
        double share,
        @Nullable GuardrailTest test) {

    /** What a guardrail looks at. */
    public enum Kind {
        /** A share of the calls. */
        RATE,
        /** A quantile of the latency. */
        LATENCY,
        /** The mean of a metric. */
        MEAN,
        /** The split of the callers against the weight. */
        SAMPLE_RATIO,
        /** A user's own test. */
        CUSTOM
    }

    /** Which direction is worse. */
    public enum Worse {
        /** More is worse: errors, latency, cost. */
        HIGHER,
        /** Less is worse: approvals, scores. */
        LOWER,
        /** Any change is worse. */
        EITHER
    }

    /** How much worse is allowed. */
    public sealed interface Limit {
        /** Against stable, by a share of stable's value: 0.2 allows 20 % more. */
        record Relative(double share) implements Limit {}

        /** Against stable, in the metric's own units: 0.003 allows 0.3 points more errors. */
        record Absolute(double points) implements Limit {}

        /** The candidate alone: at most (or, where lower is worse, at least) this; seconds for a latency. */
        record Bound(double value) implements Limit {}
    }
}
