package io.modelgate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Counts what the calls of one group came to. Counting an answer is one addition that meets no other thread's, and two for each metric;
 * it allocates nothing. Thread-safe.
 */
public final class CallTally {

    private static final int CAUSES = LatencyHistogram.BUCKETS;
    private static final int VALUES = CAUSES + Cause.values().length;

    /** Count, sum, sum of squares. */
    private static final int PER_METRIC = 3;

    /** A value between 0 and 1 is kept in so many parts: 2^31 squares of the largest fit into a long. */
    private static final int PARTS = 1 << 16;

    private final int metrics;
    private final Stripes stripes;

    /**
     * Makes an empty tally.
     *
     * @param metrics how many metrics the gate has, 0 to 100
     */
    public CallTally(int metrics) {
        this.metrics = metrics;
        stripes = new Stripes(VALUES + PER_METRIC * metrics);
    }

    /** Counts answers that took so long. */
    public void answered(long nanos, long times) {
        Stripes.add(stripes.row(), LatencyHistogram.bucket(nanos), times);
    }

    /** Counts calls that were not answered. */
    public void missed(Cause cause, long times) {
        Stripes.add(stripes.row(), CAUSES + cause.ordinal(), times);
    }

    /**
     * Counts a value of a metric.
     *
     * @param metric its number among the gate's metrics
     * @param scaled 0 at the metric's least to 1 at its most; values beyond count as these, NaN not at all
     */
    public void value(int metric, double scaled, long times) {
        if (Double.isNaN(scaled)) {
            return;
        }
        long parts = Math.round(Math.min(Math.max(scaled, 0), 1) * PARTS);
        long[] row = stripes.row();
        int slot = VALUES + PER_METRIC * metric;
        Stripes.add(row, slot, times);
        Stripes.add(row, slot + 1, parts * times);
        Stripes.add(row, slot + 2, parts * parts * times);
    }

    /** What was counted up to now. */
    public CallCounts counts() {
        // Most buckets are empty: those beyond the slowest call are left out.
        long[] latencies = stripes.sums(0, stripes.used(CAUSES));
        long[] rest = stripes.sums(CAUSES, VALUES + PER_METRIC * metrics);
        List<Values> values = new ArrayList<>(metrics);
        for (int slot = VALUES - CAUSES; slot < rest.length; slot += PER_METRIC) {
            values.add(
                    new Values(rest[slot], rest[slot + 1] / (double) PARTS, rest[slot + 2] / ((double) PARTS * PARTS)));
        }
        return new CallCounts(new Latencies(latencies), Arrays.copyOf(rest, VALUES - CAUSES), values);
    }
}
