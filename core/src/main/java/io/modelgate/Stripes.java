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

    /** How often the counters of one thing are read where it is counted meanwhile: the reader may lose the processor between two. */
    private static final int TRIES = 64;

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

    /** The sums of the counters {@code from} to {@code to}, the last exclusive, as {@link #sum} has them one by one. */
    long[] sums(int from, int to) {
        long[] sums = new long[to - from];
        for (int stripe = 0; stripe < COUNT; stripe++) {
            long[] row = (long[]) ROW.getVolatile(rows, stripe);
            if (row != null) {
                // After the volatile read of the row these may be plain, and the compiler adds up several at once.
                VarHandle.acquireFence();
                for (int i = 0; i < sums.length; i++) {
                    sums[i] += row[PAD + from + i];
                }
            }
        }
        return sums;
    }

    /**
     * The sums of the counters {@code from} to {@code to}, the last exclusive, of which each {@code together} count one thing and are added to in their order.
     * What is counted meanwhile is in all of these or in none, but for what was between its additions as they were read.
     */
    long[] sums(int from, int to, int together) {
        long[] sums = new long[to - from];
        long[] read = new long[together];
        for (int stripe = 0; stripe < COUNT; stripe++) {
            long[] row = (long[]) ROW.getVolatile(rows, stripe);
            for (int at = 0; row != null && at < sums.length; at += together) {
                readTogether(row, PAD + from + at, read);
                for (int i = 0; i < together; i++) {
                    sums[at + i] += read[i];
                }
            }
        }
        return sums;
    }

    private static void readTogether(long[] row, int slot, long[] read) {
        int tries = 0;
        do {
            for (int i = 0; i < read.length; i++) {
                read[i] = (long) COUNTER.getAcquire(row, slot + i);
            }
            tries++;
        } while ((long) COUNTER.getAcquire(row, slot) != read[0] && tries < TRIES);
    }

    /** How many of the first {@code most} counters there are up to the last one that is not 0. */
    int used(int most) {
        int used = 0;
        for (int stripe = 0; stripe < COUNT; stripe++) {
            long[] row = (long[]) ROW.getVolatile(rows, stripe);
            if (row == null) {
                continue;
            }
            int slot = PAD + most;
            // Eight at a time while they are 0: the room in front of a row is 0 as well.
            while (slot > PAD + used
                    && (row[slot - 1]
                                    | row[slot - 2]
                                    | row[slot - 3]
                                    | row[slot - 4]
                                    | row[slot - 5]
                                    | row[slot - 6]
                                    | row[slot - 7]
                                    | row[slot - 8])
                            == 0) {
                slot -= 8;
            }
            while (slot > PAD + used && row[slot - 1] == 0) {
                slot--;
            }
            used = Math.max(used, slot - PAD);
        }
        return used;
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
