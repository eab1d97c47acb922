package io.modelgate.rollout;

import java.util.Arrays;
import java.util.SplittableRandom;

/** What the differences of two numbers come to: their mean, and a random sample for their quantiles. Not thread-safe. */
final class DifferenceTally {

    static final int SAMPLE = 1_024;

    private final String of;
    private final double[] sample = new double[SAMPLE];
    private final SplittableRandom random = new SplittableRandom(7);
    private long count;
    private double sum;
    private double most;

    DifferenceTally(String of) {
        this.of = of;
    }

    /** Takes one, unless it is no number. Keeps each with the same probability: Vitter, Random sampling with a reservoir, 1985, algorithm R. */
    void add(double difference) {
        if (!Double.isFinite(difference)) {
            return;
        }
        double distance = Math.abs(difference);
        count++;
        sum += difference;
        most = Math.max(most, distance);
        long place = count <= SAMPLE ? count - 1 : random.nextLong(count);
        if (place < SAMPLE) {
            sample[(int) place] = distance;
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    ShadowReport.Difference report() {
        double[] sorted = Arrays.copyOf(sample, (int) Math.min(count, SAMPLE));
        Arrays.sort(sorted);
        return new ShadowReport.Difference(
                of, count, sum / count, quantile(sorted, 0.5), quantile(sorted, 0.9), quantile(sorted, 0.99), most);
    }

    /** The smallest that so large a share of them does not exceed. */
    private static double quantile(double[] sorted, double share) {
        return sorted[(int) Math.max(0, Math.ceil(share * sorted.length) - 1)];
    }
}
