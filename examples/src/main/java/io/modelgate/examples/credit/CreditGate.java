package io.modelgate.examples.credit;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.fallback.Ladder;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Weight;
import java.time.Duration;

/** The whole configuration of the gate {@code credit-risk}: this is the part to copy. */
final class CreditGate {

    static final String NAME = "credit-risk";

    /**
     * How a version gets its traffic. It is as a real one but for its times: a real one takes minutes or hours where this takes seconds.
     */
    static final RolloutPolicy POLICY = RolloutPolicy.of(p -> p.name("credit")
            .step(Weight.percent(5), Duration.ofSeconds(1), 100)
            .step(Weight.percent(20), Duration.ofSeconds(1), 500)
            .step(Weight.percent(50), Duration.ofSeconds(2), 1_000)
            .guardrail(Guardrail.rate(Rate.FALLBACK).worseByPoints(0.02).requiredForPromotion())
            .guardrail(Guardrail.latency(0.99).atMost(0.2))
            .guardrail(Guardrail.mean("approved")
                    .eitherIsWorse()
                    .worseByPoints(0.1)
                    .requiredForPromotion())
            .holdback(Weight.percent(5))
            .soak(Duration.ofSeconds(2)));

    /** The same for callers who are few, where a person has the last word: so it takes minutes. */
    static final RolloutPolicy SLOW_POLICY = RolloutPolicy.of(p -> p.name("credit-slow")
            .step(Weight.percent(10), Duration.ofMinutes(1), 100)
            .step(Weight.percent(25), Duration.ofMinutes(2), 500)
            .manualStep(Weight.percent(50), Duration.ofMinutes(2), 1_000)
            .guardrail(Guardrail.rate(Rate.FALLBACK).worseByPoints(0.02).requiredForPromotion())
            .guardrail(Guardrail.rate(Rate.ERRORS).atMost(0.02))
            .guardrail(Guardrail.latency(0.99).atMost(0.2))
            .guardrail(Guardrail.mean("approved")
                    .eitherIsWorse()
                    .worseByPoints(0.1)
                    .requiredForPromotion())
            .holdback(Weight.percent(5))
            .soak(Duration.ofMinutes(10)));

    private CreditGate() {}

    static ModelGate<Applicant, Decision> open(Gates gates, Models models, Backend a, Backend b) {
        LogisticRegression v1 = models.v1();
        BoostedTrees v2 = models.v2().trees();
        return gates.gate(
                NAME,
                g -> g.stable("v1", a.run("v1", v1), v -> v.backend(a.name()).digest(Models.digest(v1.artefact())))
                        .version("v2", b.run("v2", v2), v -> v.backend(b.name()).digest(Models.digest(v2.artefact())))
                        .breaker(CircuitBreakerConfig.custom()
                                .slidingWindowSize(50)
                                .minimumNumberOfCalls(10)
                                .failureRateThreshold(50)
                                .waitDurationInOpenState(Duration.ofMillis(500))
                                .permittedNumberOfCallsInHalfOpenState(5)
                                .build())
                        .maxConcurrent(64)
                        .modelTimeout(Duration.ofMillis(200))
                        .deadline(Duration.ofMillis(250))
                        .metric("approved", 0, 1, decision -> decision == Decision.APPROVE ? 1 : 0)
                        .router(Cohorts.router())
                        .fallback(Ladder.of(l -> l.previousVersion()
                                .rule("debt-ratio", Rules::debtRatio)
                                .degrade(Decision.REFER_TO_HUMAN))));
    }
}
