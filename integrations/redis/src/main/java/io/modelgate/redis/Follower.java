package io.modelgate.redis;

import io.modelgate.control.Entry;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One who follows the log, and how far. Called by the thread that follows; closed by any. */
final class Follower {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);

    private final Consumer<List<Entry>> consumer;
    private long after;
    private long failures;
    private volatile boolean closed;

    Follower(long after, Consumer<List<Entry>> consumer) {
        this.after = after;
        this.consumer = consumer;
    }

    /** The sequence number up to which it was called. */
    long after() {
        return after;
    }

    void close() {
        closed = true;
    }

    /** What it was given after an entry is no part of the log any more. */
    void back(long seq) {
        after = Math.min(after, seq);
    }

    void deliver(List<Entry> batch) {
        after = batch.get(batch.size() - 1).seq();
        if (closed) {
            return;
        }
        try {
            consumer.accept(batch);
        } catch (Throwable e) {
            // Errors too: the next entry may be a kill, and it has to arrive.
            failures++;
            if (Long.bitCount(failures) == 1) {
                LOG.warn(
                        "a follower of the control log threw on entries {} to {} (failure {} of this follower); it will be called with the"
                                + " next batch",
                        batch.get(0).seq(),
                        after,
                        failures,
                        e);
            }
        }
    }
}
