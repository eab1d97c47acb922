package io.modelgate.budget;

import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An account whose window reaches back from now: 60 slices of it and the one that is partly over, under a lock that is held for a
 * few instructions.
 *
 * <p>A reservation stands in the slice of the time it was made at. A slice leaves only when all of it is outside the window, so
 * that no stretch of the window's length ever holds more than the ceiling; what is older by up to a sixtieth may still count.
 */
final class RollingAccount extends Account {

    private static final int WINDOW = 60;
    private static final int SLICES = WINDOW + 1;

    private final ReentrantLock lock = new ReentrantLock();
    private final long sliceNanos;
    private final long origin;
    private final long[] slices = new long[SLICES];
    private long newest;
    private long held;
    private int open;
    private volatile boolean retired;

    RollingAccount(Book book, String key, long windowNanos, long now) {
        super(book, key);
        sliceNanos = (windowNanos + WINDOW - 1) / WINDOW;
        origin = now;
    }

    @Override
    Account current() {
        return this;
    }

    @Override
    long reserve(long amount, long now) {
        lock.lock();
        try {
            if (retired) {
                return RETIRED;
            }
            moveTo(now);
            if (held + amount > book.ceiling) {
                return Math.max(0, book.ceiling - held);
            }
            if (open == WordAccount.MAX_OPEN) {
                return CROWDED;
            }
            open++;
            add(slice(now), amount);
            return GRANTED;
        } finally {
            lock.unlock();
        }
    }

    @Override
    void settle(long reserved, long used, long madeAt, long now) {
        lock.lock();
        try {
            moveTo(now);
            open--;
            add(slice(madeAt), used - reserved);
        } finally {
            lock.unlock();
        }
    }

    @Override
    boolean charge(long used, long madeAt, long now) {
        lock.lock();
        try {
            if (retired) {
                return false;
            }
            moveTo(now);
            add(slice(madeAt), used);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private long slice(long time) {
        return Math.floorDiv(time - origin, sliceNanos);
    }

    private void moveTo(long now) {
        long slice = slice(now);
        if (slice - newest >= SLICES) {
            Arrays.fill(slices, 0);
            held = 0;
            newest = slice;
        }
        while (newest < slice) {
            newest++;
            int index = index(newest);
            held -= slices[index];
            slices[index] = 0;
        }
    }

    /** What is given back to a slice that has left was given back with it; what is charged to one counts now. */
    private void add(long slice, long amount) {
        boolean left = slice <= newest - SLICES;
        if (left && amount <= 0) {
            return;
        }
        long added = Math.min(amount, WordAccount.MAX_HELD - held);
        slices[index(left ? newest : slice)] += added;
        held += added;
    }

    private static int index(long slice) {
        return Math.floorMod(slice, SLICES);
    }

    @Override
    long held(long now) {
        lock.lock();
        try {
            moveTo(now);
            return held;
        } finally {
            lock.unlock();
        }
    }

    @Override
    int open() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }

    @Override
    boolean retire(boolean evenIfHeld) {
        lock.lock();
        try {
            moveTo(book.now());
            if (open == 0 && (evenIfHeld || held == 0)) {
                retired = true;
            }
            return retired;
        } finally {
            lock.unlock();
        }
    }

    @Override
    boolean retired() {
        return retired;
    }

    @Override
    Period period() {
        return Period.ALWAYS;
    }

    @Override
    @Nullable
    WordAccount seal() {
        return null; // not durable
    }
}
