package io.modelgate.testkit;

import io.modelgate.Scheduler;
import io.modelgate.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Time that a test drives by hand: both of a gate's sources, the elapsed time and the time of day, and what is scheduled to run after
 * a delay. Thread-safe.
 *
 * <pre>{@code
 * ManualTime time = new ManualTime();
 * Gates gates = Gates.open(g -> g.ticker(time).instants(time).scheduler(time));
 * time.advance(Duration.ofSeconds(30));
 * }</pre>
 */
public final class ManualTime implements Ticker, InstantSource, Scheduler {

    private final PriorityQueue<Due> scheduled =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private long orders;
    private long nanos;
    private Instant now;

    /** Starts at midnight of 1 January 2026, UTC. */
    public ManualTime() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    /** Starts at the given time of day. */
    public ManualTime(Instant start) {
        now = start;
    }

    /**
     * Lets time pass, for both sources, and runs on this thread what is due by then, each task at its own time.
     *
     * @throws IllegalArgumentException if the duration is negative: elapsed time never runs backwards
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(
                    "duration is " + duration + ": elapsed time never runs backwards; use setClock");
        }
        long until = read() + duration.toNanos();
        for (Runnable task = next(until); task != null; task = next(until)) {
            task.run();
        }
        moveTo(until);
    }

    private synchronized @Nullable Runnable next(long until) {
        Due due = scheduled.peek();
        if (due == null || due.at() > until) {
            return null;
        }
        scheduled.remove();
        moveTo(due.at());
        return due.task();
    }

    private synchronized void moveTo(long tick) {
        now = now.plusNanos(Math.max(0, tick - nanos));
        nanos = Math.max(nanos, tick);
    }

    /** Runs the task in the call of {@link #advance} that reaches its time. */
    @Override
    public synchronized void schedule(Runnable task, Duration delay) {
        scheduled.add(new Due(nanos + delay.toNanos(), orders++, task));
    }

    private record Due(long at, long order, Runnable task) {}

    /** Sets the time of day alone, as when an operator or a time server corrects a clock. */
    public synchronized void setClock(Instant instant) {
        now = instant;
    }

    @Override
    public synchronized long read() {
        return nanos;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }
}
