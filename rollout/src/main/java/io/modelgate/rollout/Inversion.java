package io.modelgate.rollout;

import java.util.function.DoubleUnaryOperator;
import org.apache.commons.numbers.gamma.LogBeta;

/**
 * Makes a confidence sequence of an e-process for each value that a number may have: those at which e is below 1/α. The number is outside
 * of it, ever, with probability α at most. Source: Ramdas, Grünwald, Vovk, Shafer, Game-theoretic statistics and safe anytime-valid
 * inference, Statistical Science 38(4) 2023, section 4.
 */
final class Inversion {

    /** How near an edge is found, as a share of its value. */
    private static final double NEAR = 1e-5;

    /** The weight of either kind of event in a prior that favours no share: Jeffreys'. */
    private static final double EVEN = 0.5;

    private Inversion() {}

    /**
     * Where e falls below what is needed, between a value that is ruled out and one that may be the true one. An edge that is not ruled
     * out is none: then it is where the search begins.
     *
     * @param log the natural logarithm of e at a value
     * @param out where to look from
     * @param in a value that may be the true one
     * @param logNeeded log(1/α)
     */
    static double edge(DoubleUnaryOperator log, double out, double in, double logNeeded) {
        if (!(log.applyAsDouble(out) >= logNeeded)) {
            return out;
        }
        double ruledOut = out;
        double open = in;
        while (Math.abs(open - ruledOut) > NEAR * Math.max(Math.abs(open), 1e-9)) {
            double middle = (ruledOut + open) / 2;
            if (log.applyAsDouble(middle) >= logNeeded) {
                ruledOut = middle;
            } else {
                open = middle;
            }
        }
        return ruledOut;
    }

    /**
     * Where the share of the first of two kinds of events lies, by the mixture of {@link BetaMixture} on either side of it.
     *
     * @param a the prior's weight of the first kind
     * @param b the prior's weight of the second
     * @param logNeeded log(1/α), α for both ends together
     */
    static Interval share(long first, long second, double a, double b, double logNeeded) {
        double c = Math.max(first, 0);
        double s = Math.max(second, 0);
        if (c + s <= 0) {
            return new Interval(0, 1);
        }
        double mixture = LogBeta.value(a + c, b + s) - LogBeta.value(a, b);
        DoubleUnaryOperator log = share -> mixture - times(c, Math.log(share)) - times(s, Math.log1p(-share));
        double seen = c / (c + s);
        return new Interval(edge(log, 0, seen, logNeeded), edge(log, 1, seen, logNeeded));
    }

    /** Where a rate lies, of which nothing is known before. */
    static Interval rate(long missed, long calls, double logNeeded) {
        return share(missed, calls - missed, EVEN, EVEN, logNeeded);
    }

    /** The logarithm of the mean of two e-values. */
    static double half(double log, double another) {
        double most = Math.max(log, another);
        return most == Double.NEGATIVE_INFINITY
                ? most
                : most + Math.log((Math.exp(log - most) + Math.exp(another - most)) / 2);
    }

    private static double times(double count, double log) {
        return count == 0 ? 0 : count * log;
    }
}
