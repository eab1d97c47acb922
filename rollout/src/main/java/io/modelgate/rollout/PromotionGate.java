package io.modelgate.rollout;

import java.util.Optional;

/**
 * Has a say before a candidate is promoted: an approval that must be there, a freeze, a report that must be filed. Asked when the
 * policy's evidence allows the promotion, at each look until it consents, and when a person calls {@link Rollouts#promote}. Thread-safe.
 *
 * <p>A {@linkplain BlueGreen#switchTo blue-green switch} is asked about too, before its smoke calls and once more before its entry: as a rollout whose id is
 * empty, whose policy is called {@code blue-green} and has no steps and no guardrails, and of which no evidence is known.
 */
@FunctionalInterface
public interface PromotionGate {

    /**
     * Returns why this rollout's candidate may not be promoted now; empty to consent.
     *
     * @throws Exception counts as no, and is reported
     */
    Optional<String> objection(RolloutStatus rollout) throws Exception;
}
