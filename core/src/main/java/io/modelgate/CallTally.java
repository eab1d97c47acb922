package io.modelgate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts what the calls of one group came to. Counting an answer is one addition that meets no other thread's, and two for each metric;
 * it allocates nothing. Thread-safe.
 */
public final class CallTally {

    private static final int CAUSES = Cause.values().length;

    /** Count, sum, sum of squares. */
    private static final int PER_METRIC = 3;

    /** A value between 0 and 1 is kept in so many parts: 2^31 squares of the largest fit into a long. */
    private static final int PARTS = 1 << 16;

    private final int metrics;

    /** How many latencies are told apart, and where the values begin. */
    private final int buckets;

    private final int values;

    /** By metric: where its bins begin, or -1. */
    private final int[] bins;

    private final Stripes stripes;

    /**
     * Makes an empty tally.
     *
     * @param metrics how many metrics the gate has, 0 to 100
     */
    public CallTally(int metrics) {
        this(metrics, Set.of(), true);
    }

    /**
     * Makes an empty tally that also keeps how some metrics' values are spread, or not how long calls took.
     *
     * @param metrics how many metrics the gate has, 0 to 100
     * @param spread the numbers of those metrics, of each of which it takes one addition more
     * @param latencies whether to keep how long calls took; without it a tally is a tenth as large, and they all took no time
     */
    public CallTally(int metrics, Set<Integer> spread, boolean latencies) {
        this.metrics = metrics;
        buckets = latencies ? LatencyHistogram.BUCKETS : 1;
        values = buckets + CAUSES;
        bins = new int[metrics];
        int slots = values + PER_METRIC * metrics;
        for (int metric = 0; metric < metrics; metric++) {
            bins[metric] = spread.contains(metric) ? slots : -1;
            slots += spread.contains(metric) ? Bins.COUNT : 0;
        }
        stripes = new Stripes(slots);
    }

    /** Counts answers that took so long. */
    public void answered(long nanos, long times) {
        Stripes.add(stripes.row(), buckets == 1 ? 0 : LatencyHistogram.bucket(nanos), times);
    }

    /** Counts calls that were not answered. */
    public void missed(Cause cause, long times) {
        Stripes.add(stripes.row(), buckets + cause.ordinal(), times);
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
        double within = Math.min(Math.max(scaled, 0), 1);
        long parts = Math.round(within * PARTS);
        long[] row = stripes.row();
        int slot = values + PER_METRIC * metric;
        Stripes.add(row, slot, times);
        Stripes.add(row, slot + 1, parts * times);
        Stripes.add(row, slot + 2, parts * parts * times);
        if (bins[metric] >= 0) {
            Stripes.add(row, bins[metric] + Bins.bin(within), times);
        }
    }

    /** What was counted up to now. */
    public CallCounts counts() {
        // Most buckets are empty: those beyond the slowest call are left out.
        long[] latencies = stripes.sums(0, stripes.used(buckets));
        long[] missed = stripes.sums(buckets, values);
        long[] sums = stripes.sums(values, values + PER_METRIC * metrics, PER_METRIC);
        List<Values> all = new ArrayList<>(metrics);
        Map<Integer, Bins> spread = new HashMap<>();
        for (int metric = 0; metric < metrics; metric++) {
            int slot = PER_METRIC * metric;
            all.add(new Values(sums[slot], sums[slot + 1] / (double) PARTS, sums[slot + 2] / ((double) PARTS * PARTS)));
            if (bins[metric] >= 0) {
                spread.put(metric, Bins.of(stripes.sums(bins[metric], bins[metric] + Bins.COUNT)));
            }
        }
        return new CallCounts(new Latencies(latencies), missed, all, spread);
    }
}
