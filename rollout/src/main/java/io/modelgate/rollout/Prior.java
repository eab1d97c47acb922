package io.modelgate.rollout;

import java.util.List;

/**
 * The Beta prior of a bet on a candidate that is worse. Immutable. Any prior that is fixed before the events it is used for is valid.
 *
 * @param a the weight of the first kind of event, above 0
 * @param b the weight of the second, above 0
 */
record Prior(double a, double b) {

    /** How much a suspicion weighs at most, in events of an even split. */
    private static final double MEMORY = 500;

    /** The one to begin with: its mean is twice θ0, but for small θ0 it reaches further. */
    static Prior above(double theta) {
        return new Prior(10 * Math.max(2 * theta, 0.02), 10 * (1 - theta));
    }

    /**
     * Reads one that was saved.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Prior read(Saved from, String key) {
        double[] saved = from.numbers(key, 2);
        if (saved[0] <= 0 || saved[1] <= 0) {
            throw new IllegalArgumentException(
                    key + " is " + saved[0] + ", " + saved[1] + ": expected numbers above 0");
        }
        return new Prior(saved[0], saved[1]);
    }

    List<String> write() {
        return Numbers.list(a, b);
    }

    /**
     * The prior after these events: what they showed if they looked bad, and else the one to begin with.
     *
     * @param theta the θ0 to come
     * @param change the odds of the first kind to come over those it had, if the candidate stays as bad as it is
     */
    Prior after(long first, long second, double theta, double change) {
        // The prior counts for half: it has been wrong so far, or this would not be asked for long.
        double seenFirst = a / 2 + first;
        double seenSecond = b / 2 + second;
        double odds = seenFirst / seenSecond * change;
        double mean = odds / (1 + odds);
        if (first + second <= 0 || !(mean > theta && mean < 1)) {
            return above(theta);
        }
        double events = seenFirst + seenSecond;
        double before = seenFirst / events;
        double weight = Math.min(events * before * (1 - before), MEMORY / 4) / (mean * (1 - mean));
        return new Prior(weight * mean, weight * (1 - mean));
    }
}
