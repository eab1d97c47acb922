package io.modelgate.rollout;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The counts of a source without the moments at which it shows fewer than before. A source may be two replicas of which one lags: until it
 * shows as many again, what was shown before stands. One that stays behind for a minute, or that shows less than half, began anew, and its
 * counts are shown as they are. Not thread-safe.
 */
final class Steady {

    private static final long PATIENCE = Duration.ofMinutes(1).toNanos();

    private @Nullable StepCounts last;

    /** Since when it has been behind, or -1. */
    private long behind = -1;

    /** Forgets what was shown: another weight has counts of its own. */
    void begin() {
        last = null;
        behind = -1;
    }

    /** What to take for counted, given what the source shows now. */
    StepCounts of(StepCounts now, long tick) {
        StepCounts known = last;
        if (known == null || CountSums.grown(known, now)) {
            behind = -1;
            last = now;
            return now;
        }
        if (behind < 0) {
            behind = tick;
        }
        if (2 * CountSums.calls(now) >= CountSums.calls(known) && tick - behind < PATIENCE) {
            return known;
        }
        behind = -1;
        last = now;
        return now;
    }
}
