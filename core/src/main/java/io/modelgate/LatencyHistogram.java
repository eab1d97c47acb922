package io.modelgate;

/**
 * Counts durations in log-linear buckets: sixteen to each power of two, so a quantile is off by at most 1/32 of its value.
 * Recording is one striped addition. About 5 KB for each stripe in use. Thread-safe.
 */
final class LatencyHistogram {

    private static final int BITS = 4;
    private static final int SUB = 1 << BITS;

    /** The longest duration told apart, 2^41 ns, is about 37 minutes; longer ones count as that. */
    private static final long MAX = (1L << 41) - 1;

    static final int BUCKETS = bucket(MAX) + 1;

    private final Stripes stripes = new Stripes(BUCKETS);

    void record(long nanos) {
        Stripes.add(stripes.row(), bucket(nanos), 1);
    }

    static int bucket(long nanos) {
        if (nanos < SUB) {
            return (int) Math.max(nanos, 0);
        }
        long value = Math.min(nanos, MAX);
        int exponent = 63 - Long.numberOfLeadingZeros(value);
        return ((exponent - BITS + 1) << BITS) + (int) (value >>> (exponent - BITS)) - SUB;
    }

    /** The middle of a bucket, in nanoseconds. */
    static double middle(int bucket) {
        return bucket < SUB ? bucket : (begin(bucket) + end(bucket)) / 2.0;
    }

    /** The shortest duration in a bucket, in nanoseconds. */
    static long begin(int bucket) {
        if (bucket < SUB) {
            return bucket;
        }
        int exponent = (bucket >> BITS) + BITS - 1;
        return (1L << exponent) + (bucket & (SUB - 1)) * (1L << (exponent - BITS));
    }

    /** The shortest duration that is too long for a bucket, in nanoseconds. */
    static long end(int bucket) {
        return begin(bucket + 1);
    }

    /** The duration in nanoseconds below which the given fraction of all recorded ones lie; NaN when there are none. */
    double quantile(double fraction) {
        long[] counts = new long[BUCKETS];
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            counts[i] = stripes.sum(i);
            total += counts[i];
        }
        long rank = Math.max(1, (long) Math.ceil(fraction * total));
        long seen = 0;
        for (int i = 0; i < BUCKETS && total > 0; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return middle(i);
            }
        }
        return Double.NaN;
    }

    /** The sum of all recorded durations in nanoseconds, as exact as the buckets. */
    double totalNanos() {
        double total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            total += stripes.sum(i) * middle(i);
        }
        return total;
    }

    long count() {
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            total += stripes.sum(i);
        }
        return total;
    }
}
