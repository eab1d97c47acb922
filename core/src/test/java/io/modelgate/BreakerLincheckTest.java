package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.modelgate.Breaker.Admission;
import io.modelgate.Breaker.Change;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
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

    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final Breaker breaker = new Breaker("credit-risk", "v1", CONFIG, () -> 0, slot -> 0, changes::add);
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

    /** Each transition starts where the one before ended, so none is made twice. */
    @Validate
    public void changesAreOneChain() {
        State state = State.CLOSED;
        for (Change change : changes) {
            if (change.from() != state) {
                throw new AssertionError(changes.toString());
            }
            state = change.to();
        }
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
                // A call is being refused for want of a trial while one comes back: the next call gets it.
                .addCustomScenario(scenario(
                        List.of(actor("admit", 0), actor("admit", 0)),
                        List.of(actor("release", 0)),
                        List.of(actor("admit", 1), actor("admit", 1)),
                        List.of(actor("admit", 1))))
                // Both trials succeed at once: it closes once.
                .addCustomScenario(scenario(
                        List.of(actor("admit", 0), actor("admit", 1)),
                        List.of(actor("succeed", 0)),
                        List.of(actor("succeed", 1)),
                        List.of(actor("state"))))
                .iterations(5)
                .invocationsPerIteration(200)
                .check(BreakerLincheckTest.class);
    }

    private static ExecutionScenario scenario(
            List<Actor> before, List<Actor> oneThread, List<Actor> otherThread, List<Actor> after) {
        return new ExecutionScenario(before, List.of(oneThread, otherThread), after, null);
    }

    private static Actor actor(String operation, Object... arguments) {
        Method method = Stream.of(BreakerLincheckTest.class.getMethods())
                .filter(candidate -> candidate.getName().equals(operation))
                .findAny()
                .orElseThrow();
        return new Actor(method, List.of(arguments), false, false, false, false, false);
    }
}
