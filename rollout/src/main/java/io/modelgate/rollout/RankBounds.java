package io.modelgate.rollout;

/**
 * Between which ranks of n sorted values a quantile of their distribution lies, for all n at once. Not thread-safe: it remembers where it
 * found them last.
 *
 * <p>Source: Howard and Ramdas, Sequential estimation of quantiles with applications to A/B testing and best-arm identification,
 * Bernoulli 28(3) 2022, section 3: at the true quantile each value is above it with probability 1−q, so the values of x at which an
 * e-process against that is below 1/α are a confidence sequence. The e-process is the Beta-binomial mixture, {@link BetaMixture}. For one
 * quantile it is closer than the same paper's bound for all quantiles at once, 0.85·√((log log(et) + 0.8·log(1612/α))/t), about three
 * times so at q = 0.99.
 */
final class RankBounds {

    private static final double WEIGHT = 100;

    private final double above;
    private final BetaMixture mixture;
    private long highHint;
    private long lowHint;

    /** Bounds for the quantile q. */
    RankBounds(double q) {
        above = 1 - q;
        mixture = new BetaMixture(above, WEIGHT * above, WEIGHT * q, BetaMixture.Alternative.OTHER);
    }

    /**
     * The rank, from 1, of the value that the quantile is not below; 0 if there is none yet.
     *
     * @param logNeeded log(1/α), α for both sides together
     */
    long atLeast(long n, double logNeeded) {
        long mean = (long) Math.ceil(above * n);
        if (n <= 0 || !shown(n, n, logNeeded)) {
            return 0;
        }
        // The fewest values above x that show that the quantile is above x.
        long no = Math.min(mean, n - 1);
        long yes = n;
        long guess = Math.min(Math.max(highHint, no + 1), n);
        for (long step = 1; yes - no > 1; step = Math.min(2 * step, 1L << 60)) {
            if (shown(guess, n, logNeeded)) {
                yes = guess;
                guess = Math.max(guess - step, (no + yes) / 2);
            } else {
                no = guess;
                guess = Math.min(guess + step, (no + yes + 1) / 2);
            }
        }
        highHint = yes;
        return n - yes + 1;
    }

    /** The rank of the value that the quantile is not above; n + 1 if there is none yet. */
    long atMost(long n, double logNeeded) {
        long mean = (long) Math.floor(above * n);
        if (n <= 0 || mean < 1 || !shown(0, n, logNeeded)) {
            return n + 1;
        }
        long yes = 0;
        long no = mean;
        long guess = Math.min(Math.max(lowHint, 0), no - 1);
        for (long step = 1; no - yes > 1; step = Math.min(2 * step, 1L << 60)) {
            if (shown(guess, n, logNeeded)) {
                yes = guess;
                guess = Math.min(guess + step, (no + yes + 1) / 2);
            } else {
                no = guess;
                guess = Math.max(guess - step, (no + yes) / 2);
            }
        }
        lowHint = yes;
        return n - yes;
    }

    private boolean shown(long valuesAbove, long n, double logNeeded) {
        return mixture.log(valuesAbove, n - valuesAbove) >= logNeeded;
    }
}
