package io.modelgate;

import java.util.Arrays;

/**
 * How long answered calls took, in log-linear buckets: sixteen to each power of two nanoseconds. A mergeable sketch: what two of them
 * hold is the sum of both, exactly. Immutable.
 */
public final class Latencies {

    /** No calls. */
    public static final Latencies NONE = new Latencies(new long[0]);

    private final long[] counts;
    private final long count;

    Latencies(long[] counts) {
        this.counts = counts;
        long sum = 0;
        for (long each : counts) {
            sum += each;
        }
        count = sum;
    }

    /** How many there are. */
    public long count() {
        return count;
    }

    /** How many took longer than this for certain: those in buckets that begin after {@code nanos}. */
    public long surelyAbove(long nanos) {
        return above(nanos, true);
    }

    /** How many may have taken longer than this: those in buckets that end after {@code nanos}. */
    public long maybeAbove(long nanos) {
        return above(nanos, false);
    }

    private long above(long nanos, boolean surely) {
        long above = 0;
        for (int i = 0; i < counts.length; i++) {
            if (surely ? LatencyHistogram.begin(i) > nanos : LatencyHistogram.end(i) > nanos) {
                above += counts[i];
            }
        }
        return above;
    }

    /**
     * The begin of the bucket that holds the call of a rank, in nanoseconds: no later than that call's latency.
     *
     * @param rank 1 is the fastest; above {@link #count()} it is infinite
     */
    public double notBefore(long rank) {
        int bucket = bucket(rank);
        return bucket < 0 ? Double.POSITIVE_INFINITY : LatencyHistogram.begin(bucket);
    }

    /** The end of the bucket that holds the call of a rank, in nanoseconds: no earlier than that call's latency. */
    public double notAfter(long rank) {
        int bucket = bucket(rank);
        return bucket < 0 ? Double.POSITIVE_INFINITY : LatencyHistogram.end(bucket);
    }

    private int bucket(long rank) {
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= Math.max(rank, 1)) {
                return i;
            }
        }
        return -1;
    }

    /** These and others. */
    public Latencies plus(Latencies other) {
        return merge(other, 1);
    }

    /** These without some that were counted before. */
    public Latencies minus(Latencies earlier) {
        return merge(earlier, -1);
    }

    private Latencies merge(Latencies other, int sign) {
        long[] sum = Arrays.copyOf(counts, Math.max(counts.length, other.counts.length));
        for (int i = 0; i < other.counts.length; i++) {
            sum[i] += sign * other.counts[i];
        }
        return new Latencies(sum);
    }
}
