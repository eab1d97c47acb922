package io.modelgate;

import java.util.Arrays;

/**
 * How the values of one {@link Metric} are spread: how many there are in each of {@value #COUNT} equal parts of its range. A mergeable
 * sketch: what two of them hold is the sum of both, exactly. Immutable.
 *
 * <p>For code that counts calls or judges counts: a {@link CallTally} fills them and {@link CallCounts#bins} has them, so that a guardrail can compare
 * two distributions. An application never sees one.
 */
public final class Bins {

    /** How many parts there are. */
    public static final int COUNT = 64;

    /** No values. */
    public static final Bins NONE = new Bins(new long[COUNT]);

    private final long[] counts;

    private Bins(long[] counts) {
        this.counts = counts;
    }

    /**
     * Takes the numbers of values, from the part at the metric's least to the one at its most.
     *
     * @throws IllegalArgumentException if there are not {@value #COUNT} of them
     */
    public static Bins of(long... counts) {
        if (counts.length != COUNT) {
            throw new IllegalArgumentException("counts are " + counts.length + ": expected " + COUNT);
        }
        return new Bins(counts.clone());
    }

    /** The part that holds a value which is scaled to 0 at the metric's least and 1 at its most; those beyond are in the outermost. */
    static int bin(double scaled) {
        return Math.max(0, Math.min((int) (scaled * COUNT), COUNT - 1));
    }

    /**
     * The values in one part.
     *
     * @param bin 0 at the metric's least to {@value #COUNT} − 1 at its most
     */
    public long at(int bin) {
        return counts[bin];
    }

    /** All values. */
    public long count() {
        return Arrays.stream(counts).sum();
    }

    /** These and others. */
    public Bins plus(Bins other) {
        return merge(other, 1);
    }

    /** These without some that were counted before. */
    public Bins minus(Bins earlier) {
        return merge(earlier, -1);
    }

    private Bins merge(Bins other, int sign) {
        long[] sum = counts.clone();
        for (int i = 0; i < COUNT; i++) {
            sum[i] += sign * other.counts[i];
        }
        return new Bins(sum);
    }

    /** The numbers of values, as {@link #of} takes them. */
    public long[] counts() {
        return counts.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bins bins && Arrays.equals(counts, bins.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return Arrays.toString(counts);
    }
}
