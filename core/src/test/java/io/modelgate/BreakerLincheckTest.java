package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.modelgate.Breaker.Admission;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/**
 * Half-open, two threads take trials and settle them: every interleaving gives the answers of some order of whole operations, so
 * no trial is given twice or lost, and exactly one transition follows from the results.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public class BreakerLincheckTest {

    private static final CircuitBreakerConfig CONFIG = CircuitBreakerConfig.custom()
            .slidingWindow(2, 2, SlidingWindowType.COUNT_BASED)
            .waitDurationInOpenState(Duration.ofSeconds(1))
            .permittedNumberOfCallsInHalfOpenState(2)
            .build();
    private static final long WAITED = 2 * BreakerRig.SECOND;

    private final Breaker breaker = new Breaker("credit-risk", "v1", CONFIG, () -> 0, slot -> 0, change -> {});
    private final List<Deque<Admission>> inFlight = new ArrayList<>();

    /** Starts open, its wait over. */
    public BreakerLincheckTest() {
        for (int thread = 0; thread < 8; thread++) {
            inFlight.add(new ArrayDeque<>());
        }
        breaker.failure(breaker.current(), 0, 0, new IOException());
        breaker.failure(breaker.current(), 0, 0, new IOException());
    }

    @Operation
    public boolean admit(@Param(name = "thread") int thread) {
        Admission admission = breaker.current();
        admission = admission.plain ? admission : breaker.admit(WAITED);
        if (admission != null) {
            inFlight.get(thread).add(admission);
        }
        return admission != null;
    }

    @Operation
    public void succeed(@Param(name = "thread") int thread) {
        Admission admission = inFlight.get(thread).poll();
        if (admission != null) {
            breaker.success(admission, WAITED, 0);
        }
    }

    @Operation
    public void fail(@Param(name = "thread") int thread) {
        Admission admission = inFlight.get(thread).poll();
        if (admission != null) {
            breaker.failure(admission, WAITED, 0, new IOException());
        }
    }

    @Operation
    public void release(@Param(name = "thread") int thread) {
        Admission admission = inFlight.get(thread).poll();
        if (admission != null) {
            breaker.release(admission);
        }
    }

    @Operation
    public State state() {
        return breaker.state(WAITED);
    }

    @Test
    void trialsAreTakenAndSettledAtomically() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(1)
                // It is used under the lock only; and its static map of transitions is keyed by identity hashes.
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(name -> name.startsWith("io.github.resilience4j"))
                        .allMethods()
                        .ignore())
                .iterations(10)
                .invocationsPerIteration(200)
                .check(BreakerLincheckTest.class);
    }
}
