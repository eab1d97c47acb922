package io.modelgate;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Elapsed time and what is scheduled in it, driven by a test. */
final class HandDrivenTime implements Ticker, Scheduler {

    private final AtomicLong nanos = new AtomicLong();
    private final PriorityQueue<Due> scheduled = new PriorityQueue<>(Comparator.comparingLong(Due::at));

    private record Due(long at, Runnable task) {}

    @Override
    public long read() {
        return nanos.get();
    }

    @Override
    public synchronized void schedule(Runnable task, Duration delay) {
        scheduled.add(new Due(nanos.get() + delay.toNanos(), task));
    }

    void advance(Duration duration) {
        long until = nanos.get() + duration.toNanos();
        for (Due due = next(until); due != null; due = next(until)) {
            due.task().run();
        }
        nanos.set(until);
    }

    private synchronized @Nullable Due next(long until) {
        Due due = scheduled.peek();
        if (due == null || due.at() > until) {
            return null;
        }
        scheduled.remove();
        nanos.set(Math.max(nanos.get(), due.at()));
        return due;
    }

    synchronized int waiting() {
        return scheduled.size();
    }
}
