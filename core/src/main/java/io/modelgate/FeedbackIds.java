package io.modelgate;

import java.nio.file.Path;
import java.time.Instant;

/**
 * The port to what remembers which labels were given, so that each is taken once. It is asked by those who give feedback and never on the
 * serving path, so it may take its time. Thread-safe. Implementations pass {@code FeedbackIdsKit} of the testkit.
 */
public interface FeedbackIds extends AutoCloseable {

    /**
     * Whether an id is given for the first time. Exactly one of all who ask gets true, however many ask at once, until {@code expires}; nobody
     * asks after it. Whoever gets an exception does not know, and asks again: then somebody gets true if nobody has yet.
     *
     * @param id 22 letters, digits, '-' or '_'
     * @param now the time of whoever asks; his clock may be wrong for a while, and what is still waited for must not be forgotten by it
     * @param expires until when it has to be remembered, after {@code now}
     * @throws RuntimeException if it cannot be found out
     */
    boolean first(String id, Instant now, Instant expires);

    /** Lets go of what it holds. Idempotent. */
    @Override
    default void close() {}

    /**
     * Remembers ids in this process until it ends: the latest that were given, about 150 bytes for each. One that is given again after so
     * many others is taken again.
     *
     * @param most 1 to 10,000,000
     * @throws IllegalArgumentException if it is out of range
     */
    static FeedbackIds inMemory(int most) {
        return new MemoryFeedbackIds(most, Ticker.system());
    }

    /**
     * Remembers ids in a file, over restarts and for all processes of this host that open it: 34 bytes for each on the disk, until those that
     * have expired are about half of them, and about 150 in the memory of each process. What was taken is in the file before anyone is told; a power cut may lose
     * the last seconds, whose ids are taken again if they are given again. The file must be on a local file system.
     *
     * @param file is made if there is none, in a directory that exists
     * @throws java.io.UncheckedIOException if it cannot be read or written
     * @throws IllegalStateException if it holds anything else, naming the line
     */
    static FeedbackIds inFile(Path file) {
        return FileFeedbackIds.open(file, Ticker.system());
    }
}
