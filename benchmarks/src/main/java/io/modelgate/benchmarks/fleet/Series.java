package io.modelgate.benchmarks.fleet;

import java.util.Arrays;

/** Times in nanoseconds. For use by one thread. */
final class Series {

    private long[] nanos = new long[256];
    private int count;

    void add(long each) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = each;
    }

    int count() {
        return count;
    }

    /**
     * What this share of the times does not exceed, by nearest rank; NaN if there are none.
     *
     * @param share above 0, at most 1
     */
    double quantile(double share) {
        long[] sorted = Arrays.copyOf(nanos, count);
        Arrays.sort(sorted);
        return count == 0 ? Double.NaN : sorted[(int) Math.ceil(share * count) - 1];
    }

    double median() {
        return quantile(0.5);
    }

    double p99() {
        return quantile(0.99);
    }

    double max() {
        return quantile(1);
    }
}
