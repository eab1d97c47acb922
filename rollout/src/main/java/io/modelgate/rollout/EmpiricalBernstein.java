package io.modelgate.rollout;

import io.modelgate.Values;

/**
 * A confidence sequence for the mean of values between 0 and 1, taken in batches. Not thread-safe.
 *
 * <p>Source: Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, JRSS-B 86(1) 2024 (arXiv 2010.09686),
 * theorem 2, the predictable plug-in empirical Bernstein bound:
 * {@code Σλx/Σλ ± (log(1/α) + Σ (x−μ̂)² (−log(1−λ)−λ)) / Σλ}, α on each side. λ and μ̂ have to be known before the values that they are
 * used for, so they are held constant within a batch; how many values a batch has is taken as known.
 *
 * <p>A value is counted by three additions, and a look may come between them. Its parts are then in two batches next to each other, each in one, so that
 * one batch may have a little more of sums than it has values. It is taken all the same, as no bet hangs on that: what is between the additions when a look
 * comes is a matter of time and not of the value, and both bets were known before it. All that is off is that a part of this one value is at the next bet, and
 * bets next to each other differ by the less the more values there are. To leave such a batch out would cost all of its values, and would depend on them: a
 * value of 0 is never seen to be in parts.
 */
final class EmpiricalBernstein {

    /** How many numbers {@link #state} has. */
    static final int STATE = 6;

    /** As many values as may be between two additions: one for each thread that a look meets there. */
    private static final double MOST_IN_PARTS = 8;

    /** But no more than this share of all: what is off by more is nonsense. */
    private static final double SHARE_IN_PARTS = 0.01;

    private double count;
    private double sum;
    private double spread;
    private double weights;
    private double weighted;
    private double penalty;

    /** Takes a batch; one that cannot be the values' that it claims is no data. */
    void add(Values batch, double logNeeded) {
        add(batch, (0.5 + sum) / (count + 1), logNeeded);
    }

    /**
     * Takes a batch.
     *
     * @param centre a guess of the mean, from the past
     * @param logNeeded log(1/α), α for each side
     */
    void add(Values batch, double centre, double logNeeded) {
        double n = batch.count();
        double end = count + n;
        double inParts = Math.min(MOST_IN_PARTS, SHARE_IN_PARTS * end);
        // Sums are of rounded parts, and so exact but for a double's last digits; what is off by more is nonsense.
        if (!(n >= 0
                && end > 0
                && batch.sum() >= 0
                && batch.sum() <= n * (1 + 1e-9) + inParts
                && batch.squares() >= 0
                && batch.squares() <= batch.sum() * (1 + 1e-9) + inParts)) {
            return;
        }
        double variance = (0.25 + spread) / (count + 1);
        double bet = Math.min(0.5, Math.sqrt(2 * logNeeded / (variance * end * Math.log1p(end))));
        weights += bet * n;
        weighted += bet * batch.sum();
        penalty += squares(batch, centre) * (-Math.log1p(-bet) - bet);
        count = end;
        sum += batch.sum();
        spread += squares(batch, (0.5 + sum) / (count + 1));
    }

    /** The squared distances of a batch's values from a point. */
    private static double squares(Values batch, double from) {
        return Math.max(batch.squares() - 2 * from * batch.sum() + batch.count() * from * from, 0);
    }

    /** Where the mean lies. */
    Interval interval(double logNeeded) {
        if (weights <= 0) {
            return new Interval(0, 1);
        }
        double middle = weighted / weights;
        double radius = (logNeeded + penalty) / weights;
        return new Interval(Math.max(middle - radius, 0), Math.min(middle + radius, 1));
    }

    double count() {
        return count;
    }

    /** All that it knows, for {@link #restore}. */
    double[] state() {
        return new double[] {count, sum, spread, weights, weighted, penalty};
    }

    /** Takes up where {@link #state} left off. */
    void restore(double[] state) {
        count = state[0];
        sum = state[1];
        spread = state[2];
        weights = state[3];
        weighted = state[4];
        penalty = state[5];
    }
}
