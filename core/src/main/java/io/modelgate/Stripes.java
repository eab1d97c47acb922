package io.modelgate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A row of counters that many threads add to without meeting: each stripe is a row of its own, on its own cache lines, made
 * when a thread first needs it.
 *
 * <p>Adding is a volatile read-modify-write, so it orders everything before it ahead of everything after it; a sum that is read
 * after a volatile write sees every addition that did not see that write. The kill switch rests on this ({@code LongAdder} does
 * not promise it: it publishes a new cell with a plain store).
 */
final class Stripes {

    private static final VarHandle COUNTER = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle ROW = MethodHandles.arrayElementVarHandle(long[][].class);

    /** Room around a row, in longs, so that two rows never share a pair of 64-byte cache lines. */
    private static final int PAD = 16;

    /** Four times the processors, so that threads numbered in sequence rarely share; 64 at most bounds the memory. */
    private static final int COUNT =
            Math.min(64, Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors() - 1) << 1);

    private final int slots;
    private final long[][] rows = new long[COUNT][];

    Stripes(int slots) {
        this.slots = slots;
    }

    /** The row of the current thread, for {@link #add}. */
    long[] row() {
        int stripe = (int) Thread.currentThread().getId() & (COUNT - 1);
        long[] row = rows[stripe]; // a racy read is safe: a row's only contents are its longs
        return row != null ? row : newRow(stripe);
    }

    private synchronized long[] newRow(int stripe) {
        long[] row = rows[stripe];
        if (row == null) {
            row = new long[PAD + slots + PAD];
            ROW.setVolatile(rows, stripe, row);
        }
        return row;
    }

    /** Adds to one counter of a row, as a full fence, and returns the row's value before. */
    static long add(long[] row, int slot, long amount) {
        return (long) COUNTER.getAndAdd(row, PAD + slot, amount);
    }

    /** The sums of all counters, as {@link #sum} has them one by one. */
    long[] sums() {
        long[] sums = new long[slots];
        for (int stripe = 0; stripe < COUNT; stripe++) {
            long[] row = (long[]) ROW.getVolatile(rows, stripe);
            for (int slot = 0; row != null && slot < slots; slot++) {
                sums[slot] += (long) COUNTER.getVolatile(row, PAD + slot);
            }
        }
        return sums;
    }

    /** The sum of one counter over all rows; includes every addition that happened before. */
    long sum(int slot) {
        long sum = 0;
        for (int stripe = 0; stripe < COUNT; stripe++) {
            long[] row = (long[]) ROW.getVolatile(rows, stripe);
            if (row != null) {
                sum += (long) COUNTER.getVolatile(row, PAD + slot);
            }
        }
        return sum;
    }
}
