package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Kind;
import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import org.jspecify.annotations.Nullable;

/** What the components of a {@link Guardrail} must be, and how they must fit together. */
final class GuardrailRules {

    private static final String NAMES = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}";

    private GuardrailRules() {}

    static void require(
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
            @Nullable Groups by) {
        if (!name.matches(NAMES)) {
            throw new IllegalArgumentException("name of a guardrail is \"" + name
                    + "\": expected 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit");
        }
        check(
                name,
                kind == Kind.RATE,
                rate != null,
                "rate",
                String.valueOf(rate),
                "a rate for the kind RATE and none else");
        check(
                name,
                kind == Kind.MEAN || kind == Kind.GROUP_RATIO || kind == Kind.DISTRIBUTION,
                metric != null,
                "metric",
                String.valueOf(metric),
                "a metric for the kinds MEAN, GROUP_RATIO and DISTRIBUTION and none else");
        check(
                name,
                kind == Kind.LATENCY,
                quantile > 0 && quantile < 1,
                "quantile",
                String.valueOf(quantile),
                "above 0 and below 1 for the kind LATENCY, 0.99 for instance, and 0 else");
        require(name, share > 0 && share < Double.POSITIVE_INFINITY, "share", share, "a finite number above 0");
        require(
                name,
                kind != Kind.RATE || worse == Worse.HIGHER,
                "worse",
                worse,
                "HIGHER: a rate counts what went wrong");
        require(
                name,
                !(kind == Kind.RATE && limit instanceof Limit.Bound && unit == Unit.CALLER),
                "unit",
                unit,
                "CALL for an absolute limit on a rate: the share of the callers who ever had a miss grows with their calls");
        require(
                name,
                !(kind == Kind.SAMPLE_RATIO && required),
                "required",
                required,
                "false: a split can be shown to be off, never to be right");
        require(
                name,
                !(kind == Kind.LATENCY && limit instanceof Limit.Bound && worse == Worse.LOWER),
                "worse",
                worse,
                "HIGHER: an absolute limit on a latency is one that it must not exceed");
        require(
                name,
                by == null || (kind != Kind.SAMPLE_RATIO && kind != Kind.CUSTOM),
                "groups",
                by == null ? "" : by.groups(),
                "none for the kind " + kind);
        if (kind == Kind.GROUP_RATIO) {
            groupRatio(name, worse, limit);
        } else if (kind == Kind.DISTRIBUTION) {
            distribution(name, worse, limit);
        } else {
            limit(name, kind, worse, limit);
        }
    }

    private static void groupRatio(String name, Worse worse, Limit limit) {
        require(name, worse == Worse.LOWER, "worse", worse, "LOWER: groups that are further apart have a lower ratio");
        boolean bound = limit instanceof Limit.Bound each && each.value() > 0 && each.value() < 1;
        boolean relative = limit instanceof Limit.Relative each && each.share() >= 0 && each.share() < 1;
        require(
                name,
                bound || relative,
                "limit",
                limit,
                "atLeast a ratio above 0 and below 1, 0.8 for instance, or worseBy a share of stable's ratio, 0 or more and below 1");
    }

    private static void distribution(String name, Worse worse, Limit limit) {
        require(name, worse == Worse.EITHER, "worse", worse, "EITHER: a distance has no direction");
        require(
                name,
                limit instanceof Limit.Absolute each && each.points() >= 0 && each.points() < 1,
                "limit",
                limit,
                "worseByPoints a distance, 0 or more and below 1: 0.1 allows that a tenth of the values lie elsewhere");
    }

    private static void check(String name, boolean wanted, boolean there, String what, String value, String expected) {
        require(name, wanted == there, what, value, expected);
    }

    static void require(String name, boolean holds, String what, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(
                    what + " of the guardrail \"" + name + "\" is " + value + ": expected " + expected);
        }
    }

    private static void limit(String name, Kind kind, Worse worse, Limit limit) {
        if (limit instanceof Limit.Relative relative) {
            boolean fall = worse == Worse.LOWER || (kind == Kind.MEAN && worse == Worse.EITHER);
            double most = fall ? 1 : 1000;
            require(
                    name,
                    relative.share() >= 0 && relative.share() < most,
                    "relative margin",
                    relative.share(),
                    "0 or more and less than " + Math.round(most) + ", as a share of stable's value: 0.2 allows 20 %");
        } else if (limit instanceof Limit.Absolute absolute) {
            double most = kind == Kind.RATE ? 1 : Double.POSITIVE_INFINITY;
            require(
                    name,
                    absolute.points() >= 0 && absolute.points() < most,
                    "absolute margin",
                    absolute.points(),
                    kind == Kind.RATE
                            ? "0 or more and less than 1: 0.003 allows 0.3 points more"
                            : "a finite number, 0 or more");
        } else if (limit instanceof Limit.Bound bound) {
            double most = kind == Kind.RATE ? 1 : Double.POSITIVE_INFINITY;
            double least = kind == Kind.MEAN ? Double.NEGATIVE_INFINITY : 0;
            require(
                    name,
                    bound.value() > least && bound.value() < most,
                    "absolute limit",
                    bound.value(),
                    switch (kind) {
                        case RATE -> "above 0 and below 1: 0.01 is one percent";
                        case LATENCY -> "seconds, finite and above 0";
                        default -> "a finite number";
                    });
            require(
                    name,
                    worse != Worse.EITHER,
                    "worse",
                    worse,
                    "HIGHER or LOWER beside an absolute limit, which has one side; a change has a margin");
        }
    }
}
