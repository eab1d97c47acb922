package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import org.jspecify.annotations.Nullable;

/** The settings of resilience4j's breaker that would break what a gate promises. */
final class BreakerSettings {

    /** Its default functions are constants, and the only ones accepted. */
    private static final CircuitBreakerConfig RESILIENCE4J = CircuitBreakerConfig.ofDefaults();

    private BreakerSettings() {}

    /** Checks as {@link Breaker#check} promises. */
    static void check(String gate, CircuitBreakerConfig config) {
        refuse(
                gate,
                !RESILIENCE4J.getClock().equals(config.getClock()),
                "clock",
                config.getClock(),
                "leave it out: a gate takes all time from the ticker of its Gates");
        refuse(
                gate,
                config.getCurrentTimestampFunction() != RESILIENCE4J.getCurrentTimestampFunction(),
                "currentTimestampFunction",
                "a function of its own",
                "leave it out: a gate takes all time from the ticker of its Gates");
        refuse(
                gate,
                config.getRecordResultPredicate() != RESILIENCE4J.getRecordResultPredicate(),
                "recordResult",
                "a predicate",
                "use the gate's accept(...): its verdict is what the breaker sees");
        refuse(
                gate,
                config.getTransitionOnResult() != RESILIENCE4J.getTransitionOnResult(),
                "transitionOnResult",
                "a function",
                "use the gate's accept(...), and a kill to take a version out at once");
        refuse(
                gate,
                config.getInitialState() != State.CLOSED,
                "initialState",
                config.getInitialState(),
                "leave it CLOSED: a kill keeps a version off, and holds across restarts");
        refuse(
                gate,
                config.getSlidingWindowType() == SlidingWindowType.TIME_BASED
                        && config.getSlidingWindowSynchronizationStrategy()
                                == SlidingWindowSynchronizationStrategy.LOCK_FREE,
                "slidingWindowSynchronizationStrategy",
                "LOCK_FREE with a TIME_BASED window",
                "use SYNCHRONIZED: the lock-free time window ignores the clock, and a closed breaker takes no lock here anyway");
        refuse(
                gate,
                config.isAutomaticTransitionFromOpenToHalfOpenEnabled(),
                "automaticTransitionFromOpenToHalfOpen",
                true,
                "leave it off: it needs a timer; the first call after the wait is the first trial");
        @Nullable Object wait = config.getWaitIntervalFunctionInOpenState();
        refuse(gate, wait == null, "waitIntervalFunctionInOpenState", null, "name one, or use waitDurationInOpenState");
    }

    private static void refuse(String gate, boolean bad, String setting, @Nullable Object value, String fix) {
        if (bad) {
            throw new IllegalArgumentException(
                    "gate \"" + gate + "\": breaker setting " + setting + " is " + value + "; " + fix);
        }
    }
}
