package io.modelgate;

import io.modelgate.control.ControlLog.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands events to listeners, off the thread on which they happen and outside of all locks, one at a time and in order. Beyond
 * 10,000 events that no listener has taken yet the oldest are dropped, and that is logged. Thread-safe.
 */
final class Events {

    private static final int QUEUE = 10_000;

    private final List<Consumer<GateEvent>> listeners = new CopyOnWriteArrayList<>();
    private final Warnings warnings;
    private final @Nullable Executor given;
    private @Nullable ThreadPoolExecutor own;

    Events(Warnings warnings, @Nullable Executor executor) {
        this.warnings = warnings;
        given = executor;
    }

    Subscription listen(Consumer<GateEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void publish(GateEvent event) {
        if (listeners.isEmpty()) {
            return;
        }
        try {
            executor().execute(() -> deliver(event));
        } catch (Throwable e) { // whoever publishes has more important things to finish
            warnings.threw("the executor of gate events", e);
        }
    }

    private void deliver(GateEvent event) {
        for (Consumer<GateEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (Throwable e) {
                warnings.threw("a listener of gate events", e);
            }
        }
    }

    private synchronized Executor executor() {
        if (given != null) {
            return given;
        }
        if (own == null) {
            own = new ThreadPoolExecutor(
                    1,
                    1,
                    1,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(QUEUE),
                    task -> daemon(task, "modelgate-events"),
                    (task, pool) -> {
                        if (pool.isShutdown()) {
                            return;
                        }
                        warnings.warn(
                                "events",
                                "listeners are too slow: the oldest of " + QUEUE + " waiting events is dropped");
                        pool.getQueue().poll();
                        pool.execute(task);
                    });
            own.allowCoreThreadTimeOut(true);
        }
        return own;
    }

    synchronized void close() {
        if (own != null) {
            own.shutdown();
        }
    }

    /** Whether a task ended in time, on a thread of its own: users' code in it may hang for ever. */
    static boolean endedWithin(Duration patience, Runnable task, String name) {
        CountDownLatch ended = new CountDownLatch(1);
        Runnable all = () -> {
            task.run();
            ended.countDown();
        };
        try {
            daemon(all, name).start();
            return ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (OutOfMemoryError e) { // no thread can be had
            return false;
        }
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
