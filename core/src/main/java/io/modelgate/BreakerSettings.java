package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a gate sets resilience4j's breaker if told nothing, and the settings that would break what a gate promises. */
final class BreakerSettings {

    /**
     * The configuration of a gate that names none: the last 50 calls, opens when half of at least 10 failed, stays open
     * for 30 seconds, and closes or opens again after 5 trial calls.
     *
     * <p>resilience4j's own minimum of 100 calls leaves a model with little traffic unprotected (resilience4j#544): at one call
     * a minute, a model that is down would be called for 100 minutes. Here it is called ten times. A model that normally fails
     * one call in twenty has a chance of 1 in 16,000 to see half of its first ten fail. 50 calls forget an outage quickly, 30
     * seconds let a backend restart without keeping callers on their fallback for long, and 5 trials are what little traffic can
     * provide. Slow calls are resilience4j's: longer than 60 seconds, and only if all are.
     */
    static final CircuitBreakerConfig DEFAULTS = CircuitBreakerConfig.custom()
            .slidingWindow(50, 10, SlidingWindowType.COUNT_BASED)
            .failureRateThreshold(50)
            .waitDurationInOpenState(Duration.ofSeconds(30))
            .permittedNumberOfCallsInHalfOpenState(5)
            .build();

    /** Where its functions are these constants, the user set none. */
    private static final CircuitBreakerConfig RESILIENCE4J = CircuitBreakerConfig.ofDefaults();

    private static final int LARGEST_COUNT_WINDOW = 1_000_000;
    private static final int LARGEST_TIME_WINDOW = 86_400;

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
                !RESILIENCE4J.getCurrentTimestampFunction().equals(config.getCurrentTimestampFunction()),
                "currentTimestampFunction",
                "a function of its own",
                "leave it out: a gate takes all time from the ticker of its Gates");
        refuse(
                gate,
                !RESILIENCE4J.getRecordResultPredicate().equals(config.getRecordResultPredicate()),
                "recordResult",
                "a predicate",
                "use the gate's accept(...): its verdict is what the breaker sees");
        refuse(
                gate,
                !RESILIENCE4J.getTransitionOnResult().equals(config.getTransitionOnResult()),
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
        boolean count = config.getSlidingWindowType() == SlidingWindowType.COUNT_BASED;
        int largest = count ? LARGEST_COUNT_WINDOW : LARGEST_TIME_WINDOW;
        refuse(
                gate,
                config.getSlidingWindowSize() > largest,
                "slidingWindowSize",
                config.getSlidingWindowSize(),
                "use at most " + largest + (count ? " calls" : " seconds")
                        + ": the window is kept in memory for each version");
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
