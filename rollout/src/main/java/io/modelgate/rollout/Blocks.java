package io.modelgate.rollout;

import java.util.Arrays;

/**
 * The e-process against "the candidate's rate is at most (or at least) stable's plus δ", out of blocks of calls of both arms. Not
 * thread-safe.
 *
 * <p>Source: Turner, Ly, Grünwald, Generic E-variables for exact sequential k-sample tests (arXiv 2106.02693), and Turner, Grünwald,
 * Exact anytime-valid confidence intervals for contingency tables and beyond (arXiv 2203.09785) for the risk difference: each block is
 * bet on a pair of rates (c, s) outside of the null hypothesis, against the pair in it that is nearest in relative entropy,
 * {@code E = Π p_c(x) p_s(y) / (p_c*(x) p_s*(y))}. With {@code u = (c−c*) / (c*(1−c*))} and v alike, nearest means {@code n_c u = −n_s v},
 * so the expectation of E is at most {@code exp(n_c u (p_c − p_s − δ))} for the mean rates p of the block: at most 1 under the null
 * hypothesis, even if the rates change within the block. The pairs are fixed before the block from the blocks before it; several are bet
 * on at once, and their e-values averaged.
 */
final class Blocks {

    /** How far beyond the margin, as multiples of it, the candidate is bet to be. */
    private static final double[] BEYOND = {0.5, 1, 2, 5, 10, 30, 100};

    /** Where between equal (0) and the margin (1) it is bet to be, when it is bet not to be worse. */
    private static final double[] WITHIN = {-0.5, 0, 0.5};

    /** A margin below this would make all bets alike. */
    static final double LEAST = 0.001;

    private final boolean worse;
    private final double[] logs;

    /**
     * Begins at 1.
     *
     * @param worse whether to bet on a candidate beyond the margin; else on one within
     */
    Blocks(boolean worse) {
        this.worse = worse;
        logs = new double[worse ? BEYOND.length : WITHIN.length];
        Arrays.fill(logs, -Math.log(logs.length));
    }

    /** Begins at 1 again. Where the bets won, half of the stake goes to those that did. */
    Blocks next() {
        Blocks next = new Blocks(worse);
        double log = log();
        for (int i = 0; i < logs.length && log > 0; i++) {
            next.logs[i] = Math.log((Math.exp(logs[i] - log) + 1.0 / logs.length) / 2);
        }
        return next;
    }

    /**
     * Takes a block.
     *
     * @param delta the margin, 0 and up and below 1
     * @param stableRate what stable's rate was before this block, as far as known; above 0
     */
    void add(
            double delta,
            double stableRate,
            long candidateMissed,
            long candidateCalls,
            long stableMissed,
            long stableCalls) {
        for (int i = 0; i < logs.length; i++) {
            double s = Math.min(Math.max(stableRate, 1e-6), 0.5);
            double c = worse ? s + delta + Math.max(delta, LEAST) * BEYOND[i] : s + delta * WITHIN[i];
            c = Math.min(Math.max(c, s / 10), 0.95);
            if (worse ? c - s > delta : c - s < delta) {
                double nearest = nearest(c, s, delta, candidateCalls, stableCalls);
                logs[i] += log(c, nearest + delta, candidateMissed, candidateCalls)
                        + log(s, nearest, stableMissed, stableCalls);
            }
        }
    }

    private static double log(double bet, double allowed, long missed, long calls) {
        return missed * Math.log(bet / allowed) + (calls - missed) * (Math.log1p(-bet) - Math.log1p(-allowed));
    }

    /** The s* for which (s*+δ, s*) is nearest to (c, s): where the derivative of a convex function is 0. */
    private static double nearest(double c, double s, double delta, long candidateCalls, long stableCalls) {
        // It lies between the two: at s the one term is 0, at c−δ the other.
        double low = Math.max(Math.min(s, c - delta), 0);
        double high = Math.min(Math.max(s, c - delta), 1 - delta);
        for (int i = 0; i < 40; i++) {
            double middle = (low + high) / 2;
            double above = middle + delta;
            double slope = candidateCalls * (above - c) / (above * (1 - above))
                    + stableCalls * (middle - s) / (middle * (1 - middle));
            if (slope < 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** The natural logarithm of E. */
    double log() {
        double most = Double.NEGATIVE_INFINITY;
        for (double log : logs) {
            most = Math.max(most, log);
        }
        if (!Double.isFinite(most)) {
            return Double.NEGATIVE_INFINITY;
        }
        double sum = 0;
        for (double log : logs) {
            sum += Math.exp(log - most);
        }
        return most + Math.log(sum);
    }

    double[] logs() {
        return logs.clone();
    }

    /** Takes up where {@link #logs} left off. */
    void restore(double[] values) {
        System.arraycopy(values, 0, logs, 0, logs.length);
    }
}
