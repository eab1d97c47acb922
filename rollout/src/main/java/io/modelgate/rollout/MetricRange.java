package io.modelgate.rollout;

/**
 * The values that a metric may have. Immutable.
 *
 * @param least the lowest
 * @param width how far the highest is above it
 */
record MetricRange(double least, double width) {

    /** Of a metric's lowest and highest value. */
    static MetricRange of(double[] ends) {
        return new MetricRange(ends[0], ends[1] - ends[0]);
    }

    /** Where a mean lies of which the values were taken as shares of this range. */
    Interval at(EmpiricalBernstein mean, double logNeeded) {
        Interval scaled = mean.interval(logNeeded);
        return new Interval(least + scaled.low() * width, least + scaled.high() * width);
    }
}
