package io.modelgate.rollout;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A condition that a rollout must keep. Immutable; the methods return changed copies.
 *
 * <pre>{@code
 * Guardrail.rate(Rate.ERRORS).worseBy(0.2).requiredForPromotion() // at most 20 % more errors than stable, as a share
 * Guardrail.rate(Rate.ERRORS).atMost(0.01)                             // an absolute limit
 * Guardrail.latency(0.99).worseBy(0.25)
 * Guardrail.latency(0.99).atMost(Duration.ofMillis(300))
 * Guardrail.mean("approved").drift().worseByPoints(0.05)
 * Guardrail.custom("complaints", test)
 * }</pre>
 *
 * <p>A comparison with stable counts callers by default, {@link Unit#CALLER}: callers repeat themselves, and calls of one caller that
 * go wrong together would weigh as if they were many callers. An absolute limit counts calls, {@link Unit#CALL}: it is a statement
 * about calls. See {@code docs/guardrails.md} for what each choice costs.
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

    /** The limit of the kinds that have none. */
    private static final Limit NONE = new Limit.Relative(0);

    /**
     * Checks each component and that they fit together.
     *
     * @throws IllegalArgumentException if one does not; the message names the guardrail, the component, its value and what is accepted
     */
    public Guardrail {
        GuardrailRules.require(name, kind, rate, quantile, metric, worse, limit, unit, required, share);
    }

    /** A rate of calls that went wrong, by default at most 20 % above stable's, of each caller the first miss. */
    public static Guardrail rate(Rate rate) {
        return new Guardrail(
                word(rate),
                Kind.RATE,
                rate,
                0,
                null,
                Worse.HIGHER,
                new Limit.Relative(0.2),
                Unit.CALLER,
                false,
                1,
                null);
    }

    /**
     * A quantile of the latency, by default at most 25 % above stable's, of each caller the first call at each weight. A call without a usable answer
     * counts as one that never came back, in both arms.
     *
     * @param quantile above 0 and below 1
     * @throws IllegalArgumentException if it is not
     */
    public static Guardrail latency(double quantile) {
        GuardrailRules.require(
                "latency",
                quantile > 0 && quantile < 1,
                "quantile",
                quantile,
                "above 0 and below 1, 0.99 for instance");
        String percent = BigDecimal.valueOf(quantile)
                .movePointRight(2)
                .stripTrailingZeros()
                .toPlainString();
        return new Guardrail(
                "latency-p" + percent,
                Kind.LATENCY,
                null,
                quantile,
                null,
                Worse.HIGHER,
                new Limit.Relative(0.25),
                Unit.CALLER,
                false,
                1,
                null);
    }

    /**
     * The mean of a metric of the gate, by default no more than 10 % above or below stable's, of each caller the first call at each weight.
     *
     * @param metric the metric's name
     * @throws IllegalArgumentException if no metric can have that name
     */
    public static Guardrail mean(String metric) {
        return new Guardrail(
                metric, Kind.MEAN, null, 0, metric, Worse.EITHER, new Limit.Relative(0.1), Unit.CALLER, false, 1, null);
    }

    /** The split of the callers between the arms against the weight: if it is off, the router or the counting is broken. */
    public static Guardrail sampleRatio() {
        return new Guardrail(
                word(Kind.SAMPLE_RATIO),
                Kind.SAMPLE_RATIO,
                null,
                0,
                null,
                Worse.EITHER,
                NONE,
                Unit.CALLER,
                false,
                1,
                null);
    }

    /**
     * A user's own test.
     *
     * @param name what evidence calls it
     * @param test the test
     * @throws IllegalArgumentException if the name is malformed
     */
    public static Guardrail custom(String name, GuardrailTest test) {
        return named(name, test);
    }

    /** A user's own test as a file has it: found by its name. */
    static Guardrail custom(String name) {
        return named(name, null);
    }

    private static Guardrail named(String name, @Nullable GuardrailTest test) {
        return new Guardrail(name, Kind.CUSTOM, null, 0, null, Worse.HIGHER, NONE, Unit.CALL, false, 1, test);
    }

    /**
     * Allows a share of stable's value more.
     *
     * @param margin 0 or more: 0.2 allows 20 % more; below 1 where less is worse
     * @throws IllegalArgumentException if it is not
     */
    public Guardrail worseBy(double margin) {
        return comparing(new Limit.Relative(margin));
    }

    /**
     * Allows so much more than stable's value, in the metric's own units; for a rate as a share of the calls, for a latency in seconds.
     *
     * @param points 0 or more: 0.003 allows 0.3 points more errors
     * @throws IllegalArgumentException if it is not, or is 1 or more for a rate
     */
    public Guardrail worseByPoints(double points) {
        return comparing(new Limit.Absolute(points));
    }

    /**
     * Allows the candidate at most this, whatever stable does. Counts calls.
     *
     * @param value a share of the calls for a rate, seconds for a latency, the metric's own units for a mean
     * @throws IllegalArgumentException if it is out of range
     */
    public Guardrail atMost(double value) {
        return limited(Worse.HIGHER, value);
    }

    /**
     * Allows the candidate's latency at most this, whatever stable does. Counts calls.
     *
     * @throws IllegalArgumentException if it is not above 0
     */
    public Guardrail atMost(Duration latency) {
        GuardrailRules.require(name, kind == Kind.LATENCY, "kind", kind, "LATENCY for a limit that is a duration");
        return limited(Worse.HIGHER, latency.toNanos() / 1e9);
    }

    /**
     * Asks at least this of the candidate's mean, whatever stable does. Counts calls.
     *
     * @param value in the metric's own units
     * @throws IllegalArgumentException if it is not finite, or this is a rate
     */
    public Guardrail atLeast(double value) {
        return limited(Worse.LOWER, value);
    }

    /** Any change beyond the margin is worse. */
    public Guardrail drift() {
        return worse(Worse.EITHER);
    }

    /** More is worse: cost. */
    public Guardrail higherIsWorse() {
        return worse(Worse.HIGHER);
    }

    /** Less is worse: a score. */
    public Guardrail lowerIsWorse() {
        return worse(Worse.LOWER);
    }

    /** Counts another unit. */
    public Guardrail unit(Unit each) {
        return new Guardrail(name, kind, rate, quantile, metric, worse, limit, each, required, share, test);
    }

    /** Promotion asks for {@link Finding#NOT_WORSE} of it. */
    public Guardrail requiredForPromotion() {
        return new Guardrail(name, kind, rate, quantile, metric, worse, limit, unit, true, share, test);
    }

    /**
     * Gives it another part of α.
     *
     * @param parts above 0, relative to the other guardrails' parts, which are 1 by default
     * @throws IllegalArgumentException if it is not
     */
    public Guardrail share(double parts) {
        return new Guardrail(name, kind, rate, quantile, metric, worse, limit, unit, required, parts, test);
    }

    /**
     * Gives it another name: two guardrails of one policy must not share one.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public Guardrail name(String another) {
        return new Guardrail(another, kind, rate, quantile, metric, worse, limit, unit, required, share, test);
    }

    private Guardrail worse(Worse direction) {
        return new Guardrail(name, kind, rate, quantile, metric, direction, limit, unit, required, share, test);
    }

    private Guardrail comparing(Limit margin) {
        return new Guardrail(name, kind, rate, quantile, metric, worse, margin, unit, required, share, test);
    }

    private Guardrail limited(Worse direction, double value) {
        Limit bound = new Limit.Bound(value);
        return new Guardrail(name, kind, rate, quantile, metric, direction, bound, Unit.CALL, required, share, test);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

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
