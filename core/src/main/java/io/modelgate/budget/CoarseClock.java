package io.modelgate.budget;

import com.github.benmanes.caffeine.cache.Ticker;

/**
 * The ticks that calls hand in, to the second: read beside every lookup, where reading the real clock would cost more than the
 * lookup. Thread-safe.
 */
final class CoarseClock implements Ticker {

    private static final long GRAIN = 1_000_000_000;

    private volatile long now;

    CoarseClock(long now) {
        this.now = now;
    }

    /** Hears of a time. One that is earlier than another's, by a race, changes nothing. */
    void see(long ticks) {
        if (ticks - now >= GRAIN) {
            now = ticks;
        }
    }

    @Override
    public long read() {
        return now;
    }
}
