package io.modelgate.rollout;

/**
 * The e-process of a rollout out of one for each epoch: a bet on the epoch in which the candidate turns bad.
 *
 * <p>The product of the epochs' e-values is valid too, but a regression after much good evidence would drown in it. So the stake is
 * split: a part π_j is bet from epoch j on and kept until then, {@code M = Σ_{j≤k} π_j Π_{j≤i≤k} E_i + (1 − Σ_{j≤k} π_j)}. A mixture of
 * e-processes is one (Ramdas, Grünwald, Vovk, Shafer, Game-theoretic statistics and safe anytime-valid inference, Statistical Science
 * 38(4) 2023, section 5), so that P(ever M ≥ 1/α) ≤ α. Not thread-safe.
 */
final class Epochs {

    /** What is bet on the first epoch. Betting everything would gain 0.08 nats. With less than 0.91 three failures of the candidate
     * against two of stable at 5 % would no longer do at α = 0.05, and the fourth would have to be waited for. */
    private static final double FIRST = 0.92;

    /** After so many epochs half of what is left has been bet. */
    private static final double HALF = 5;

    private int epoch;
    private double carried;

    /** The part of the stake that is bet on epoch k, 1 and up; they sum up to 1. A page without a product takes that part of α. */
    static double part(long k) {
        return k <= 1 ? FIRST : (1 - FIRST) * HALF / ((HALF + k - 2) * (HALF + k - 1));
    }

    /** The part that is bet on the epochs after k. */
    private static double rest(long k) {
        return k < 1 ? 1 : (1 - FIRST) * HALF / (HALF + k - 1);
    }

    /** Begins the next epoch: what the bets are worth now is bet again. */
    void begin(double logE) {
        carried = epoch == 0 ? 0 : live(logE);
        epoch++;
    }

    /** How many epochs have begun. */
    int epoch() {
        return epoch;
    }

    /** What the bets of the past epochs are worth. */
    double carried() {
        return carried;
    }

    /** M, given the logarithm of the present epoch's e-value. */
    double value(double logE) {
        return epoch == 0 ? 1 : live(logE) + rest(epoch);
    }

    private double live(double logE) {
        double live = Math.exp(Math.log(carried + part(epoch)) + logE);
        // What is past every threshold stays a number, so that it can be carried, shown and stored.
        return Double.isNaN(live) ? 0 : Math.min(live, 1e300);
    }

    /** Takes up where {@link #epoch} and {@link #carried} left off. */
    void restore(int begun, double worth) {
        epoch = begun;
        carried = worth;
    }
}
