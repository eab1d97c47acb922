package io.modelgate.simulator;

/** How many of a number of callers, each as busy as the next, have been seen. Not thread-safe. */
final class Crowd {

    /** Beyond so many calls at once a rounded normal stands in for drawing each. */
    private static final int ONE_BY_ONE = 4096;

    private long callers;
    private long seen;

    /** Sets how many there are; those seen stay seen. */
    void resize(long callers) {
        this.callers = callers;
        seen = Math.min(seen, callers);
    }

    void forget() {
        seen = 0;
    }

    long seen() {
        return seen;
    }

    /** Lets so many calls come in. */
    void call(long calls, Draws draws) {
        if (seen == callers) {
            return;
        }
        if (calls > ONE_BY_ONE) {
            seen += many(calls, draws);
            return;
        }
        for (long i = 0; i < calls; i++) {
            if (draws.random().nextLong(callers) >= seen) {
                seen++;
            }
        }
    }

    /** By the mean and the variance of the empty boxes of an occupancy problem. */
    private long many(long calls, Draws draws) {
        double unseen = callers - seen;
        double one = calls * Math.log1p(-1.0 / callers);
        double q = Math.exp(one);
        double both = callers < 3 ? 0 : Math.exp(calls * Math.log1p(-2.0 / callers));
        double variance = unseen * q * (1 - q) + unseen * (unseen - 1) * (both - q * q);
        double drawn = unseen * (1 - q) + draws.gauss() * Math.sqrt(Math.max(variance, 0));
        return Math.min(Math.max(Math.round(drawn), 0), Math.min(calls, (long) unseen));
    }
}
