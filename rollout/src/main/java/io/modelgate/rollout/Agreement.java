package io.modelgate.rollout;

import java.util.Map;
import java.util.OptionalDouble;

/**
 * How often a shadow's answers agreed with stable's, and what that is evidence of. May be looked at after each call: the bounds are a
 * confidence sequence ({@link Inversion#rate}). Immutable.
 *
 * @param rules what the policy asks for
 * @param alpha how often it may be called enough although it is not
 * @param compared how many calls were compared
 * @param agreed how many of them agreed
 */
record Agreement(ShadowStage rules, double alpha, long compared, long agreed) {

    static final String NAME = "shadow";

    /** That of a process: each may be wrong on its own. */
    static Agreement of(RolloutPolicy policy, ShadowStage rules, ShadowCounts counts) {
        return new Agreement(rules, policy.promotionAlpha() / policy.processes(), counts.compared(), counts.agreed());
    }

    /** Where the rate of agreement lies. */
    Interval bounds() {
        return Inversion.rate(agreed, compared, Math.log(1 / alpha));
    }

    boolean shown() {
        return bounds().low() >= rules.agreement();
    }

    String text() {
        Interval bounds = bounds();
        return "agreed in " + Figures.count(agreed) + " of " + Figures.count(compared) + " compared calls, surely "
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
                        Long.toString(agreed),
                        "compared",
                        Long.toString(compared),
                        "atLeast",
                        PolicyText.decimal(bounds().low())));
    }
}
