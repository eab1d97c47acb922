package io.modelgate.rollout;

import io.modelgate.Bins;

/**
 * How far two distributions are apart, by a sample of each: the greatest distance of their distribution functions at the ends of the bins,
 * 0 to 1, that of Kolmogorov and Smirnov.
 *
 * <p>A sample's distribution function is within {@code 0.85·√((log log(e·t) + 0.8·log(1612/α)) / t)} of the true one, everywhere and for all
 * its sizes t at once, with probability 1−α: Howard and Ramdas, Sequential estimation of quantiles with applications to A/B testing and
 * best-arm identification, Bernoulli 28(3) 2022, theorem 2.
 */
final class Distance {

    private Distance() {}

    /** How far the true distribution function may be from that of a sample. */
    static double radius(long size, double alpha) {
        if (size <= 0) {
            return 1;
        }
        double width = 0.85 * Math.sqrt((Math.log1p(Math.log((double) size)) + 0.8 * Math.log(1612 / alpha)) / size);
        return Math.min(width, 1);
    }

    /** How far apart the samples are; 0 while one is empty. */
    static double seen(Bins one, Bins other) {
        double size = one.count();
        double otherSize = other.count();
        if (size <= 0 || otherSize <= 0) {
            return 0;
        }
        long below = 0;
        long otherBelow = 0;
        double most = 0;
        for (int bin = 0; bin < Bins.COUNT; bin++) {
            below += one.at(bin);
            otherBelow += other.at(bin);
            most = Math.max(most, Math.abs(below / size - otherBelow / otherSize));
        }
        return most;
    }

    /**
     * How far apart the distributions are.
     *
     * @param alpha for both samples together
     */
    static Interval of(Bins one, Bins other, double alpha) {
        double seen = seen(one, other);
        double radii = radius(one.count(), alpha / 2) + radius(other.count(), alpha / 2);
        return new Interval(Math.max(seen - radii, 0), Math.min(seen + radii, 1));
    }
}
