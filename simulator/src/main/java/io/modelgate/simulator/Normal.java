package io.modelgate.simulator;

/** The standard normal distribution. */
final class Normal {

    private Normal() {}

    /**
     * The quantile, by bisection of the distribution function: for building tables, not for the inner loop.
     *
     * @param p above 0 and below 1
     */
    static double quantile(double p) {
        double low = -9;
        double high = 9;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if (below(middle) < p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** The share below x: the series of Abramowitz and Stegun 26.2.11, which converges fast for |x| below 9. */
    static double below(double x) {
        if (Math.abs(x) > 9) {
            return x < 0 ? 0 : 1;
        }
        double term = x;
        double sum = x;
        for (int i = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && i < 600; i += 2) {
            term *= x * x / i;
            sum += term;
        }
        return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }
}
