package io.modelgate.control;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One who follows a log, and how far. Called by one thread at a time; closed by any. */
final class Follower {

    private static final Logger LOGGER = LoggerFactory.getLogger(ControlLog.class);

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
            // No clock here, so not by the minute: the 1st, 2nd, 4th, 8th … failure bounds the lines even better.
            if (Long.bitCount(failures) == 1) {
                LOGGER.warn(
                        "a follower of the control log threw on entries {} to {} (failure {} of this follower); it will be called"
                                + " with the next batch",
                        batch.get(0).seq(),
                        after,
                        failures,
                        e);
            }
        }
    }
}
