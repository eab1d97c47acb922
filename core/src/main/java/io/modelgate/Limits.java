package io.modelgate;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.internal.AtomicRateLimiter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rate limit and the concurrency bound of one gate, on the invocations of its models. Never waits. Thread-safe.
 *
 * <p>The concurrency permit is taken first, because it can be given back when the rate limit refuses; a rate permit cannot.
 */
final class Limits {

    private final Supplier<@Nullable RateLimiter> newRate;
    private final int maxConcurrent;
    private final AtomicInteger running = new AtomicInteger();
    private volatile @Nullable RateLimiter rate;

    Limits(String gate, @Nullable RateLimiterConfig rate, int maxConcurrent, Ticker ticker) {
        newRate = () -> rate == null ? null : new AtomicRateLimiter(gate, rate, ticker::read);
        this.rate = newRate.get();
        this.maxConcurrent = maxConcurrent;
    }

    /** Refuses settings that would make a call wait or hear of its result twice. */
    static void check(String gate, RateLimiterConfig config) {
        if (!config.getTimeoutDuration().isZero()) {
            throw new IllegalArgumentException("gate \"" + gate + "\": rateLimit has timeoutDuration "
                    + config.getTimeoutDuration() + ": a gate never waits; set timeoutDuration(Duration.ZERO)");
        }
    }

    /** Takes the permits of one invocation, or returns the cause of the refusal having taken none. */
    @Nullable
    Cause acquire() {
        if (!enter()) {
            return Cause.FULL;
        }
        RateLimiter rate = this.rate;
        if (rate != null && !rate.acquirePermission()) {
            release();
            return Cause.RATE_LIMITED;
        }
        return null;
    }

    private boolean enter() {
        int now;
        do {
            now = running.get();
            if (now >= maxConcurrent) {
                return false;
            }
        } while (!running.compareAndSet(now, now + 1));
        return true;
    }

    /** Forgets which invocations there were: the rate limit is as full as at the start. Those that run keep their permits. */
    void restart() {
        rate = newRate.get();
    }

    /** Gives the concurrency permit back. */
    void release() {
        running.decrementAndGet();
    }

    int running() {
        return running.get();
    }
}
