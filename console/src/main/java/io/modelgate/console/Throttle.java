package io.modelgate.console;

import io.modelgate.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How often something may happen: so many times at once, and then again as each of them has become old. The generic cell rate algorithm (ITU-T
 * I.371): one number, the time at which all that happened will be forgotten. Thread-safe, without locks.
 */
final class Throttle {

    private final Ticker ticker;
    private final long eachNanos;
    private final long mostAheadNanos;
    private final AtomicLong forgotten;

    /**
     * Begins with nothing that happened.
     *
     * @param times 1 or more
     * @param period in which it may happen so often, at least a nanosecond for each
     */
    Throttle(Ticker ticker, int times, Duration period) {
        this.ticker = ticker;
        eachNanos = period.toNanos() / times;
        mostAheadNanos = eachNanos * (times - 1);
        forgotten = new AtomicLong(ticker.read());
    }

    /** Takes one of the times; returns 0, or the nanoseconds until there is one if there is none, which changes nothing. */
    long take() {
        long now = ticker.read();
        while (true) {
            long before = forgotten.get();
            long ahead = Math.max(0, before - now);
            if (ahead > mostAheadNanos) {
                return ahead - mostAheadNanos;
            }
            if (forgotten.compareAndSet(before, now + ahead + eachNanos)) {
                return 0;
            }
        }
    }

    /** Whether nothing is left of what happened. */
    boolean idle() {
        return forgotten.get() - ticker.read() <= 0;
    }
}
