package io.modelgate.rollout;

import org.apache.commons.numbers.gamma.LogBeta;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * The mixture e-value for "each of these events is of the first kind with a probability of at most (or at least, or exactly) θ0". With
 * counts that grow it is an e-process: it may be looked at after each event. Immutable.
 *
 * <p>Source: Lindon and Malek, Anytime-Valid Inference for Multinomial Count Data, NeurIPS 2022 (arXiv 2011.03567). The prior on θ is
 * Beta(a, b), cut to the alternative: {@code E = B(a+c, b+s) / (B(a, b) θ0^c (1−θ0)^s)}, times the posterior's mass on the alternative
 * over the prior's.
 */
final class BetaMixture {

    /** Which θ the bet is on. */
    enum Alternative {
        ABOVE,
        BELOW,
        OTHER
    }

    private final double theta;
    private final double a;
    private final double b;
    private final Alternative alternative;
    private final double logTheta;
    private final double logRest;
    private final double logPrior;

    BetaMixture(double theta, double a, double b, Alternative alternative) {
        this.theta = theta;
        this.a = a;
        this.b = b;
        this.alternative = alternative;
        logTheta = Math.log(theta);
        logRest = Math.log1p(-theta);
        logPrior = LogBeta.value(a, b) + logMass(a, b);
    }

    /** The natural logarithm of E after {@code first} events of the first kind and {@code second} others; negative infinity is 0. */
    double log(long first, long second) {
        if (first <= 0 && second <= 0) {
            return 0;
        }
        double c = Math.max(first, 0);
        double s = Math.max(second, 0);
        double log = LogBeta.value(a + c, b + s) + logMass(a + c, b + s) - logPrior - c * logTheta - s * logRest;
        // Where it is no number it is no evidence.
        return Double.isNaN(log) ? Double.NEGATIVE_INFINITY : log;
    }

    private double logMass(double first, double second) {
        return switch (alternative) {
            case ABOVE -> logTail(1 - theta, second, first);
            case BELOW -> logTail(theta, first, second);
            case OTHER -> 0;
        };
    }

    /** The logarithm of the mass that Beta(a, b) has below x. */
    private static double logTail(double x, double a, double b) {
        double mass = RegularizedBeta.value(x, a, b);
        return mass > Double.MIN_NORMAL ? Math.log(mass) : logFarTail(x, a, b);
    }

    /**
     * Where the mass is too small for a double: the continued fraction of DLMF 8.17.22, by Lentz's method. So far from the mean it
     * converges within a few dozen terms.
     */
    private static double logFarTail(double x, double a, double b) {
        double front = a * Math.log(x) + b * Math.log1p(-x) - Math.log(a) - LogBeta.value(a, b);
        double tiny = 1e-300;
        double c = 1;
        double d = 1 / nonZero(1 - (a + b) * x / (a + 1), tiny);
        double fraction = d;
        for (int m = 1; m <= 1000; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / nonZero(1 + even * d, tiny);
            c = nonZero(1 + even / c, tiny);
            fraction *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / nonZero(1 + odd * d, tiny);
            c = nonZero(1 + odd / c, tiny);
            fraction *= d * c;
            if (Math.abs(d * c - 1) < 1e-14) {
                break;
            }
        }
        return fraction > 0 ? front + Math.log(fraction) : Double.NEGATIVE_INFINITY;
    }

    private static double nonZero(double value, double tiny) {
        return Math.abs(value) < tiny ? tiny : value;
    }
}
