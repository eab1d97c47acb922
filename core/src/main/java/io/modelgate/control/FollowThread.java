package io.modelgate.control;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls the followers of one log on a thread of their own, which runs only while there are any. Thread-safe. */
final class FollowThread {

    private static final Logger LOGGER = LoggerFactory.getLogger(FileControlLog.class);

    private final String name;
    private final long pollNanos;
    private final LongFunction<List<Entry>> source;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final Semaphore wake = new Semaphore(0);
    private @Nullable Thread thread;

    /**
     * Creates it without starting a thread.
     *
     * @param source the next entries after a sequence number, none if there are none; must not throw
     */
    FollowThread(String name, Duration poll, LongFunction<List<Entry>> source) {
        this.name = name;
        this.pollNanos = poll.toNanos();
        this.source = source;
    }

    synchronized void add(Follower follower) {
        followers.add(follower);
        if (thread == null) {
            thread = new Thread(this::run, name);
            thread.setDaemon(true);
            thread.start();
        }
        wake();
    }

    void remove(Follower follower) {
        follower.close();
        followers.remove(follower);
        wake();
    }

    void removeAll() {
        followers.forEach(this::remove);
    }

    void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    private void run() {
        while (!idle()) {
            boolean delivered = false;
            for (Follower follower : followers) {
                delivered |= deliver(follower);
            }
            if (!delivered) {
                pause();
            }
        }
    }

    private void pause() {
        try {
            if (wake.tryAcquire(pollNanos, TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            // The thread is ours and nobody else's to end: an interrupt must not keep a kill from arriving.
            LOGGER.debug("{} was interrupted", name, e);
        }
    }

    private synchronized boolean idle() {
        if (followers.isEmpty()) {
            thread = null;
            return true;
        }
        return false;
    }

    /** One batch at a time each, so that one who begins far behind does not hold up the others. */
    private boolean deliver(Follower follower) {
        List<Entry> batch = source.apply(follower.after());
        if (batch.isEmpty()) {
            return false;
        }
        follower.deliver(batch);
        return true;
    }
}
