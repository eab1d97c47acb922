package io.modelgate.benchmarks.fleet;

import java.util.Arrays;

/** Times in nanoseconds. For use by one thread. */
public final class Series {

    private long[] nanos = new long[256];
    private int count;

    /** Adds one. */
    public void add(long each) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = each;
    }

    /** Adds those of another one. */
    public void addAll(Series other) {
        for (int i = 0; i < other.count; i++) {
            add(other.nanos[i]);
        }
    }

    /** How many there are. */
    public int count() {
        return count;
    }

    /**
     * What this share of the times does not exceed, by nearest rank; NaN if there are none.
     *
     * @param share above 0, at most 1
     */
    public double quantile(double share) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return count == 0 ? Double.NaN : sorted[(int) Math.ceil(share * count) - 1];
    }

    /** What half of them do not exceed. */
    public double median() {
        return quantile(0.5);
    }

    /** What 99 % of them do not exceed. */
    public double p99() {
        return quantile(0.99);
    }

    /** The longest. */
    public double max() {
        return quantile(1);
    }
}
