package io.modelgate.console;

import io.modelgate.Ticker;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that requests are read, handled and answered on: a bounded number of them, none of which is kept by somebody who sends or reads
 * slowly. When all are taken, those who have kept theirs waiting for the longest lose them to whoever comes next: so an operator, whose request
 * comes in one piece, gets through a thousand connections that dribble. Thread-safe.
 */
final class RequestThreads implements Executor, AutoCloseable {

    /** How many requests are handled at the same time: an operator's page keeps one for its events. */
    static final int THREADS = 256;

    /** How many may wait for a thread; the connections of more are closed. */
    static final int QUEUE = 1_024;

    /** How long reading a request's head, its body, or writing a part of an answer may take. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How long that may take while others wait for a thread. */
    static final Duration PATIENCE_WHEN_FULL = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate.console");
    private static final long LOOK_MILLIS = 50;
    private static final long IDLE_SECONDS = 10;
    private static final long CLOSE_SECONDS = 2;

    private final Ticker ticker;
    private final ThreadPoolExecutor threads;
    private final ScheduledThreadPoolExecutor watch;
    private final Set<Turn> turns = ConcurrentHashMap.newKeySet();

    RequestThreads(Ticker ticker) {
        this.ticker = ticker;
        AtomicLong number = new AtomicLong();
        threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(QUEUE),
                named(() -> "modelgate-console-" + number.incrementAndGet()));
        threads.allowCoreThreadTimeOut(true);
        watch = new ScheduledThreadPoolExecutor(1, named(() -> "modelgate-console-watch"));
    }

    private static ThreadFactory named(Supplier<String> name) {
        return task -> {
            Thread thread = new Thread(task, name.get());
            thread.setDaemon(true);
            return thread;
        };
    }

    void start() {
        var unused = watch.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Throws if too many wait already: the server then closes the connection. */
    @Override
    public void execute(Runnable request) {
        Turn turn = new Turn(
                () -> {
                    try {
                        request.run();
                    } catch (RuntimeException e) {
                        LOG.debug("a request ended with an exception", e);
                    }
                },
                ticker);
        threads.execute(() -> {
            turns.add(turn);
            try {
                turn.run();
            } finally {
                turns.remove(turn);
            }
        });
    }

    /** Cuts those who took too long. */
    private void look() {
        try {
            turns.forEach(turn -> turn.cutIfWaited(PATIENCE.toNanos()));
            int waiting = threads.getQueue().size();
            if (waiting > 0) {
                longestWaiting(waiting).forEach(turn -> turn.cutIfWaited(PATIENCE_WHEN_FULL.toNanos()));
            }
        } catch (RuntimeException e) {
            LOG.warn("the console could not look after its threads; it tries again", e); // or nobody ever would
        }
    }

    private List<Turn> longestWaiting(int most) {
        record Waiting(Turn turn, long nanos) {}
        return turns.stream()
                .map(turn -> new Waiting(turn, turn.waitedNanos())) // once each, as it changes while they are compared
                .sorted(Comparator.comparingLong(Waiting::nanos).reversed())
                .limit(most)
                .map(Waiting::turn)
                .toList();
    }

    /** Ends whoever waits for a peer, so that closing their connections waits for nobody. */
    void cutWaiting() {
        turns.forEach(turn -> turn.cutIfWaited(0));
    }

    /** Ends all of them, and waits a little until they have. */
    @Override
    public void close() {
        watch.shutdownNow();
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("{} requests of the console are still being handled", threads.getActiveCount());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
