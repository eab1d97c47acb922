package io.modelgate.rollout;

import java.time.Duration;
import java.util.List;

/**
 * The declared rules of a rollout. Immutable.
 *
 * @param name what people call it
 * @param steps the weights, rising
 * @param guardrails the conditions
 * @param alpha how often a candidate that is no worse than allowed may be rolled back, over the whole rollout; split over the guardrails
 * @param promotionAlpha how often a guardrail may call a candidate not worse that is worse by the margin
 * @param processes how many processes watch their own part of the traffic; α is divided by it
 * @param inconclusive what happens where promotion's evidence stays inconclusive
 * @param holdback the share of the callers that keeps the old version after the promotion, for comparison, until the soak is over
 * @param soak how long the promoted version is watched
 * @param pauseAlert when a person hears that it is held up
 * @param calendar when it may step up
 * @param holdDown how long the same candidate is not started again after an abort or a rollback
 */
public record RolloutPolicy(
        String name,
        List<Step> steps,
        List<Guardrail> guardrails,
        double alpha,
        double promotionAlpha,
        int processes,
        Inconclusive inconclusive,
        Weight holdback,
        Duration soak,
        PauseAlert pauseAlert,
        Calendar calendar,
        Duration holdDown) {

    /** Copies the lists. */
    public RolloutPolicy {
        steps = List.copyOf(steps);
        guardrails = List.copyOf(guardrails);
    }
}
