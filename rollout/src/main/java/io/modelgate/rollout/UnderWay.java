package io.modelgate.rollout;

import io.modelgate.ModelVersion;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many calls of a version have begun lately and are not counted yet. A call that has not come back for two minutes is none of them: it
 * is a caller who is missing. Not thread-safe.
 */
final class UnderWay {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final @Nullable ModelVersion version;
    private long since;
    private long atStart;
    private long atMinute;

    /** Of a version, or of one that this process does not know. */
    UnderWay(@Nullable ModelVersion version, long tick) {
        this.version = version;
        since = tick;
        atStart = version == null ? 0 : version.invocations();
        atMinute = atStart;
    }

    long calls(long tick) {
        if (version == null) {
            return 0;
        }
        long begun = version.invocations();
        if (tick - since >= MINUTE) {
            atStart = tick - since >= 2 * MINUTE ? begun : atMinute;
            atMinute = begun;
            since = tick;
        }
        return Math.max(0, Math.min(version.inFlight(), begun - atStart));
    }
}
