package io.modelgate.rollout;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * How often a shadow's answers agreed with stable's, and what that is evidence of. May be looked at after each call: the bounds are a
 * confidence sequence ({@link Inversion#rate}) of each caller's first call, as the calls of one caller agree or disagree together.
 * Immutable.
 *
 * @param rules what the policy asks for
 * @param alpha how often it may be called enough although it is not
 * @param counts what was compared
 */
record Agreement(ShadowStage rules, double alpha, ShadowCounts counts) {

    static final String NAME = "shadow";

    /** That of a process: each may be wrong on its own. */
    static Agreement of(RolloutPolicy policy, ShadowStage rules, ShadowCounts counts) {
        return new Agreement(rules, policy.promotionAlpha() / policy.processes(), counts);
    }

    /** How many calls were compared. */
    long compared() {
        return counts.compared();
    }

    /** Where the rate of agreement lies. */
    Interval bounds() {
        return Inversion.rate(counts.callersAgreed(), counts.callers(), Math.log(1 / alpha));
    }

    boolean shown() {
        return bounds().low() >= rules.agreement();
    }

    String text() {
        Interval bounds = bounds();
        return "agreed in " + Figures.count(counts.callersAgreed()) + " of " + Figures.count(counts.callers())
                + " compared calls, each caller's first, surely "
                + Figures.percent(bounds.low()) + " to " + Figures.percent(bounds.high()) + ", at least "
                + Figures.percent(rules.agreement()) + " needed";
    }

    Evidence evidence() {
        return new Evidence(
                NAME,
                true,
                shown() ? Finding.NOT_WORSE : Finding.INCONCLUSIVE,
                OptionalDouble.empty(),
                OptionalDouble.empty(),
                text(),
                Map.of(
                        "agreed",
                        Long.toString(counts.agreed()),
                        "compared",
                        Long.toString(counts.compared()),
                        "callers",
                        Long.toString(counts.callers()),
                        "callersAgreed",
                        Long.toString(counts.callersAgreed()),
                        "atLeast",
                        PolicyText.decimal(bounds().low())));
    }
}
