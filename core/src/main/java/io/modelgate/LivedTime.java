package io.modelgate;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a clock may be believed when something is to be forgotten for good: no more than this process has lived through since it first read
 * it, and nothing in the first hour, in which a clock that was wrong at the start is usually set. Not thread-safe.
 */
final class LivedTime {

    static final Duration UNBELIEVED = Duration.ofHours(1);

    /** As much as the clocks of those who ask may be apart from one question to the next. */
    private static final Duration APART = Duration.ofMinutes(1);

    private final Ticker ticker;
    private @Nullable Instant first;
    private long firstTick;

    LivedTime(Ticker ticker) {
        this.ticker = ticker;
    }

    /** What expired before this has expired, {@link Instant#MIN} while nothing is known of that; never after {@code now}. */
    Instant surely(Instant now) {
        long tick = ticker.read();
        Instant lived = first == null ? now : first.plusNanos(tick - firstTick);
        if (first == null || now.isBefore(lived.minus(APART))) { // or it was set back: it had been ahead
            first = now;
            firstTick = tick;
            return Instant.MIN;
        }
        if (tick - firstTick < UNBELIEVED.toNanos()) {
            return Instant.MIN;
        }
        return now.isBefore(lived) ? now : lived;
    }
}
