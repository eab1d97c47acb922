package io.modelgate.rollout;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
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
 * Guardrail.mean("approved").eitherIsWorse().worseByPoints(0.05)
 * Guardrail.mean("approved").by("home", "own", "rent")                  // the same in each group
 * Guardrail.groupRatio("approved").by("home", "own", "rent").atLeast(0.8)
 * Guardrail.distribution("score").worseByPoints(0.1)
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
 * @param metric the gate's metric, for {@link Kind#MEAN}, {@link Kind#GROUP_RATIO} and {@link Kind#DISTRIBUTION}
 * @param worse which direction is worse
 * @param limit how much worse is allowed
 * @param unit what it counts once
 * @param required whether promotion asks for {@link Finding#NOT_WORSE}
 * @param share its part of α relative to the other guardrails'; above 0
 * @param by the groups that it looks at, or null for all callers together
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
        @Nullable Groups by,
        @Nullable GuardrailTest test) {

    /** The limit of the kinds that have none. */
    private static final Limit NONE = new Limit.Relative(0);

    /**
     * Checks each component and that they fit together.
     *
     * @throws IllegalArgumentException if one does not; the message names the guardrail, the component, its value and what is accepted
     */
    public Guardrail {
        GuardrailRules.require(name, kind, rate, quantile, metric, worse, limit, unit, required, share, by);
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
                null,
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
                null,
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
                metric,
                Kind.MEAN,
                null,
                0,
                metric,
                Worse.EITHER,
                new Limit.Relative(0.1),
                Unit.CALLER,
                false,
                1,
                null,
                null);
    }

    /**
     * The candidate's lowest mean of a metric in any group against its highest, by default at least 0.8: the four-fifths rule of the US
     * Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D. {@link #worseBy} compares that ratio with stable's instead. Of
     * each caller the first call at each weight. Needs {@link #by}.
     *
     * @param metric the metric's name; it must not range below 0
     * @throws IllegalArgumentException if no metric can have that name
     */
    public static Guardrail groupRatio(String metric) {
        return new Guardrail(
                metric + "-group-ratio",
                Kind.GROUP_RATIO,
                null,
                0,
                metric,
                Worse.LOWER,
                new Limit.Bound(0.8),
                Unit.CALLER,
                false,
                1,
                null,
                null);
    }

    /**
     * How a metric's values are spread, by default at most 0.1 from stable's: the greatest distance of the two distribution functions (that
     * of Kolmogorov and Smirnov, 0 to 1), told apart to {@value io.modelgate.Bins#COUNT} parts of the metric's range. A class is a metric
     * with few values. Of each caller the first call at each weight.
     *
     * @param metric the metric's name
     * @throws IllegalArgumentException if no metric can have that name
     */
    public static Guardrail distribution(String metric) {
        return new Guardrail(
                metric + "-distribution",
                Kind.DISTRIBUTION,
                null,
                0,
                metric,
                Worse.EITHER,
                new Limit.Absolute(0.1),
                Unit.CALLER,
                false,
                1,
                null,
                null);
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
                null,
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
        return new Guardrail(name, Kind.CUSTOM, null, 0, null, Worse.HIGHER, NONE, Unit.CALL, false, 1, null, test);
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
     * Asks at least this of the candidate's mean, whatever stable does, and counts calls; or of its group ratio.
     *
     * @param value in the metric's own units, or a ratio above 0 and below 1
     * @throws IllegalArgumentException if it is not finite, or this is a rate
     */
    public Guardrail atLeast(double value) {
        return limited(Worse.LOWER, value);
    }

    /**
     * Looks at each of some groups of callers by itself, with its share of this guardrail's α; promotion asks it of each. A
     * {@linkplain #groupRatio group ratio} compares them.
     *
     * @param attribute an attribute that the gate declares
     * @param groups its values; callers with another one, or none, are in no group
     * @throws IllegalArgumentException if there are fewer than 2 groups or more than {@value Groups#MOST}, one is malformed or stands twice, or
     *     this is a sample ratio or a test of a user's own
     */
    public Guardrail by(String attribute, String... groups) {
        return by(new Groups(attribute, List.of(groups)));
    }

    Guardrail by(Groups groups) {
        return new Guardrail(name, kind, rate, quantile, metric, worse, limit, unit, required, share, groups, test);
    }

    /** Any change beyond the margin is worse. */
    public Guardrail eitherIsWorse() {
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
        return new Guardrail(name, kind, rate, quantile, metric, worse, limit, each, required, share, by, test);
    }

    /** Promotion asks for {@link Finding#NOT_WORSE} of it. */
    public Guardrail requiredForPromotion() {
        return new Guardrail(name, kind, rate, quantile, metric, worse, limit, unit, true, share, by, test);
    }

    /**
     * Gives it another part of α.
     *
     * @param parts above 0, relative to the other guardrails' parts, which are 1 by default
     * @throws IllegalArgumentException if it is not
     */
    public Guardrail share(double parts) {
        return new Guardrail(name, kind, rate, quantile, metric, worse, limit, unit, required, parts, by, test);
    }

    /**
     * Gives it another name: two guardrails of one policy must not share one.
     *
     * @throws IllegalArgumentException if it is malformed
     */
    public Guardrail name(String another) {
        return new Guardrail(another, kind, rate, quantile, metric, worse, limit, unit, required, share, by, test);
    }

    private Guardrail worse(Worse direction) {
        return new Guardrail(name, kind, rate, quantile, metric, direction, limit, unit, required, share, by, test);
    }

    private Guardrail comparing(Limit margin) {
        return new Guardrail(name, kind, rate, quantile, metric, worse, margin, unit, required, share, by, test);
    }

    private Guardrail limited(Worse direction, double value) {
        Limit bound = new Limit.Bound(value);
        // A ratio of groups is about callers, whom it counts once; the other limits are about calls.
        Unit each = kind == Kind.GROUP_RATIO ? unit : Unit.CALL;
        return new Guardrail(name, kind, rate, quantile, metric, direction, bound, each, required, share, by, test);
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
        /** The lowest mean of a metric in any group against the highest. */
        GROUP_RATIO,
        /** How a metric's values are spread. */
        DISTRIBUTION,
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
