package io.modelgate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What the calls of one group came to, as {@link CallTally} counted them up to a moment. Immutable. */
public final class CallCounts {

    /** No calls. */
    public static final CallCounts NONE =
            new CallCounts(Latencies.NONE, new long[Cause.values().length], List.of(), Map.of());

    private final Latencies latencies;
    private final long[] missed;
    private final List<Values> values;
    private final Map<Integer, Bins> bins;

    CallCounts(Latencies latencies, long[] missed, List<Values> values, Map<Integer, Bins> bins) {
        this.latencies = latencies;
        this.missed = missed;
        this.values = List.copyOf(values);
        this.bins = Map.copyOf(bins);
    }

    /** All calls. */
    public long calls() {
        long calls = answered();
        for (long each : missed) {
            calls += each;
        }
        return calls;
    }

    /** The calls that the version answered. */
    public long answered() {
        return latencies.count();
    }

    /** The calls that it did not answer for this cause. */
    public long missed(Cause cause) {
        return missed[cause.ordinal()];
    }

    /** How long the answered calls took. */
    public Latencies latencies() {
        return latencies;
    }

    /** The values of the gate's metrics, in the order of {@link ModelGate#metricsAndLabels()}; {@link Values#NONE} for one that was not tallied. */
    public Values values(int metric) {
        return metric < values.size() ? values.get(metric) : Values.NONE;
    }

    /** How many metrics were tallied, and labels after them: {@link #values} knows others as {@link Values#NONE}. */
    public int metrics() {
        return values.size();
    }

    /** How the values of a metric are spread; {@link Bins#NONE} for one of which that was not tallied. */
    public Bins bins(int metric) {
        return bins.getOrDefault(metric, Bins.NONE);
    }

    /** These and others. */
    public CallCounts plus(CallCounts other) {
        return merge(other, 1);
    }

    /** These without some that were counted before. */
    public CallCounts minus(CallCounts earlier) {
        return merge(earlier, -1);
    }

    private CallCounts merge(CallCounts other, int sign) {
        long[] sum = missed.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += sign * other.missed[i];
        }
        int metrics = Math.max(values.size(), other.values.size());
        List<Values> merged = IntStream.range(0, metrics)
                .mapToObj(i ->
                        sign > 0 ? values(i).plus(other.values(i)) : values(i).minus(other.values(i)))
                .toList();
        return new CallCounts(
                sign > 0 ? latencies.plus(other.latencies) : latencies.minus(other.latencies),
                sum,
                merged,
                bins.isEmpty() && other.bins.isEmpty() ? bins : merged(other, sign));
    }

    private Map<Integer, Bins> merged(CallCounts other, int sign) {
        Map<Integer, Bins> merged = new HashMap<>(bins);
        other.bins.forEach((metric, each) -> merged.put(
                metric, sign > 0 ? bins(metric).plus(each) : bins(metric).minus(each)));
        return merged;
    }
}
