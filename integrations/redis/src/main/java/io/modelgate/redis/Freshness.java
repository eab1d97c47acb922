package io.modelgate.redis;

import java.time.Duration;
import java.util.function.LongSupplier;

/** When this process last knew that it had all entries, and whether it knows anything. Thread-safe. */
final class Freshness {

    private final LongSupplier ticker;
    private volatile boolean known;
    private volatile boolean met;
    private long currentAt;

    /** {@code ageMillis}: of what is known at the start. */
    Freshness(LongSupplier ticker, boolean known, long ageMillis) {
        this.ticker = ticker;
        this.known = known;
        currentAt = ticker.getAsLong() - Duration.ofMillis(ageMillis).toNanos();
    }

    long now() {
        return ticker.getAsLong();
    }

    /** All entries were known at a time of the ticker. */
    synchronized void currentAt(long nanos) {
        known = true;
        met = true;
        if (nanos - currentAt > 0) {
            currentAt = nanos;
        }
    }

    boolean known() {
        return known;
    }

    /** Whether this process has had all that Redis had since it opened the log. */
    boolean met() {
        return met;
    }

    synchronized Duration staleness() {
        return Duration.ofNanos(Math.max(0, ticker.getAsLong() - currentAt));
    }
}
