package io.modelgate.simulator;

import java.util.Arrays;

/**
 * A figure of a simulation with its 95 % interval. Immutable.
 *
 * @param value the figure; NaN where there was nothing to take it from
 * @param low the interval's begin
 * @param high the interval's end
 */
record Estimate(double value, double low, double high) {

    private static final double Z = 1.959963984540054;
    private static final Estimate NOTHING = new Estimate(Double.NaN, Double.NaN, Double.NaN);

    /** A share, with Wilson's interval (E. B. Wilson, JASA 22, 1927). */
    static Estimate share(long part, long all) {
        if (all == 0) {
            return new Estimate(Double.NaN, 0, 1);
        }
        double p = (double) part / all;
        double shrunk = 1 + Z * Z / all;
        double center = (p + Z * Z / (2 * all)) / shrunk;
        double half = Z / shrunk * Math.sqrt(p * (1 - p) / all + Z * Z / (4.0 * all * all));
        return new Estimate(p, part == 0 ? 0 : center - half, part == all ? 1 : center + half);
    }

    /** A quantile of what was drawn, with the interval between the order statistics that hold it (normal approximation of their ranks). */
    static Estimate quantile(double[] values, double p) {
        int n = values.length;
        if (n == 0) {
            return NOTHING;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double half = Z * Math.sqrt(n * p * (1 - p));
        return new Estimate(
                at(sorted, Math.ceil(n * p) - 1),
                at(sorted, Math.floor(n * p - half) - 1),
                at(sorted, Math.ceil(n * p + half)));
    }

    private static double at(double[] sorted, double rank) {
        return sorted[(int) Math.min(Math.max(rank, 0), sorted.length - 1)];
    }

    boolean known() {
        return !Double.isNaN(value);
    }
}
