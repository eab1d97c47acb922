package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;

/** Gates for the stress tests: quick to make, with a breaker that two results move. */
final class StressGates {

    private StressGates() {}

    static ModelGate<String, String> gate(int maxConcurrent) {
        Gates gates = Gates.open(g -> g.ticker(() -> 0));
        return gates.gate(
                "stress",
                g -> g.stable("v1", input -> input)
                        .maxConcurrent(maxConcurrent)
                        .breaker(CircuitBreakerConfig.custom()
                                .slidingWindowSize(2)
                                .minimumNumberOfCalls(1)
                                .permittedNumberOfCallsInHalfOpenState(1)
                                .waitDurationInOpenState(Duration.ofMillis(1))
                                .build()));
    }
}
