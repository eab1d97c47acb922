package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * resilience4j's breaker from the first opening on: how long to wait, which calls may try the model, whether to close or to open
 * again. For use under the breaker's lock, except {@link #exhausted}.
 *
 * <p>It has no timer: the time for trials in the half-open state is watched by the breaker, at each call.
 */
final class BreakerTrials {

    /** 73 years: elapsed nanoseconds are compared as differences, which must not overflow. */
    private static final long LONGEST_WAIT_MILLIS = TimeUnit.NANOSECONDS.toMillis(Long.MAX_VALUE / 4);

    private final IntervalFunction wait;
    private final long maxTrialNanos;
    private final State afterTrials;
    private final BiConsumer<String, Throwable> warn;
    private final BreakerChanges changes;
    private final Time time;
    private final CircuitBreaker breaker;
    private long waitMillis =
            Breaker.defaults().getWaitIntervalFunctionInOpenState().apply(1);
    private volatile boolean exhausted;

    BreakerTrials(
            String name,
            CircuitBreakerConfig config,
            long origin,
            BiConsumer<String, Throwable> warn,
            Consumer<Breaker.Change> listener) {
        this.warn = warn;
        changes = new BreakerChanges(listener, warn);
        wait = config.getWaitIntervalFunctionInOpenState();
        // As resilience4j: none below a millisecond.
        long maxTrialMillis = config.getMaxWaitDurationInHalfOpenState().toMillis();
        maxTrialNanos = maxTrialMillis < 1 ? Long.MAX_VALUE : TimeUnit.MILLISECONDS.toNanos(maxTrialMillis);
        afterTrials = config.getTransitionToStateAfterWaitDuration();
        time = new Time(origin);
        breaker = CircuitBreaker.of(
                name,
                CircuitBreakerConfig.from(config)
                        .clock(time)
                        .waitIntervalFunctionInOpenState(this::waitMillis)
                        .maxWaitDurationInHalfOpenState(Duration.ZERO)
                        // While closed the results go elsewhere.
                        .slidingWindowSize(1)
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSynchronizationStrategy(SlidingWindowSynchronizationStrategy.SYNCHRONIZED)
                        // The breaker has asked the user's already.
                        .recordException(error -> true)
                        .ignoreException(error -> false)
                        .build());
    }

    private long waitMillis(int opening) {
        try {
            long millis = wait.apply(opening);
            waitMillis = Math.max(-LONGEST_WAIT_MILLIS, Math.min(millis, LONGEST_WAIT_MILLIS));
        } catch (Throwable t) {
            // resilience4j would be stuck between closed and open: keep the last wait instead.
            warn.accept("wait interval function", t);
        }
        return waitMillis;
    }

    State state() {
        return breaker.getState();
    }

    /** When the state began. */
    long since() {
        return time.nanos;
    }

    /** How long the state lasts if no call ends it. */
    long nanos() {
        return state() == State.OPEN ? TimeUnit.MILLISECONDS.toNanos(waitMillis) : maxTrialNanos;
    }

    BreakerChanges changes() {
        return changes;
    }

    /** Returns whether no trial is left until one is released or the state changes. */
    boolean exhausted() {
        return exhausted;
    }

    void open(long nowNanos) {
        time.advance(nowNanos);
        breaker.transitionToOpenState();
    }

    boolean tryAcquire(long nowNanos) {
        time.advance(nowNanos);
        boolean granted = breaker.tryAcquirePermission();
        exhausted = !granted && state() == State.HALF_OPEN;
        return granted;
    }

    void settle(long endNanos, long tookNanos, boolean failed) {
        time.advance(endNanos);
        if (failed) {
            breaker.onError(tookNanos, TimeUnit.NANOSECONDS, new Failed());
        } else {
            breaker.onSuccess(tookNanos, TimeUnit.NANOSECONDS);
        }
    }

    void release() {
        breaker.releasePermission();
        exhausted = false;
    }

    /** Closes it, whatever its state. */
    void restart() {
        breaker.reset();
    }

    /** Ends the half-open state, the trials of which took too long. */
    void giveUp(long whenNanos) {
        time.advance(whenNanos);
        if (afterTrials == State.OPEN) {
            breaker.transitionToOpenState();
        } else {
            breaker.transitionToClosedState();
        }
    }

    /** The ticker's time as instants, at the call that is looked at; calls that come late do not turn it back. */
    private static final class Time extends Clock {
        private final long origin;
        private long nanos;

        Time(long origin) {
            this.origin = origin;
            nanos = origin;
        }

        void advance(long to) {
            if (to - nanos > 0) {
                nanos = to;
            }
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanos - origin);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    /**
     * Stands for every failure, so that no message of a model reaches resilience4j's debug log. Only a configuration that
     * ignores every error names its type, and then there is no failure.
     */
    private static final class Failed extends Throwable {
        private static final long serialVersionUID = 1;

        Failed() {
            super("failed", null, false, false);
        }
    }
}
