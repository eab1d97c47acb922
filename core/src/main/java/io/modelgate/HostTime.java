package io.modelgate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a clock may be believed when something that the processes of a host share is to be forgotten for good: what {@link LivedTime} says, and
 * before that the time which an earlier process came to, for those that live shorter than an hour. That is marked on a file, as its last
 * modification, no sooner than an hour after the mark before. Not thread-safe.
 */
final class HostTime {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final Path file;
    private final LivedTime lived;

    /** What an earlier process came to, if this one may believe it. */
    private Instant earlier = Instant.MIN;

    private @Nullable Instant mark;

    /**
     * Believes nothing yet.
     *
     * @param file which nobody else writes, and which is there whenever it is asked
     */
    HostTime(Path file, Ticker ticker) {
        this.file = file;
        lived = new LivedTime(ticker);
    }

    /** What expired before this has expired, {@link Instant#MIN} while nothing is known of that; never after {@code now}. */
    Instant surely(Instant now) {
        Instant here = lived.surely(now);
        Instant before = mark(now);
        return before.isAfter(here) ? before : here;
    }

    private Instant mark(Instant now) {
        try {
            if (mark == null) {
                mark = Files.getLastModifiedTime(file).toInstant();
                if (!now.isBefore(mark.plus(LivedTime.UNBELIEVED))) {
                    earlier = mark;
                    put(now);
                }
            }
            if (now.isBefore(mark)) { // whoever put it had a clock ahead
                put(now);
            }
        } catch (IOException e) { // another user's file, perhaps
            LOG.debug("{} keeps its time", file, e);
        }
        return now.isBefore(earlier) ? now : earlier;
    }

    private void put(Instant now) throws IOException {
        mark = now;
        Files.setLastModifiedTime(file, FileTime.from(now));
    }
}
