package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;

/**
 * Where a number lies, for certain enough. Immutable.
 *
 * @param low the least that it may be
 * @param high the most that it may be
 */
record Interval(double low, double high) {

    static final Interval ANYWHERE = new Interval(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

    /** Whether the candidate, of which this is known, is worse than allowed wherever in their intervals both lie. */
    boolean worseThanAllowed(Interval stable, Worse worse, Limit limit) {
        boolean above = worse != Worse.LOWER && low > stable.mostAllowed(limit);
        boolean below = worse != Worse.HIGHER && high < stable.leastAllowed(limit);
        return above || below;
    }

    /** Whether it is within what is allowed wherever in their intervals both lie. */
    boolean allowed(Interval stable, Worse worse, Limit limit) {
        boolean above = worse != Worse.LOWER && !(high < stable.shifted(limit, 1).low);
        boolean below = worse != Worse.HIGHER && !(low > stable.shifted(limit, -1).high);
        return !above && !below;
    }

    private double mostAllowed(Limit limit) {
        return shifted(limit, 1).high;
    }

    private double leastAllowed(Limit limit) {
        return shifted(limit, -1).low;
    }

    private static double moved(double value, double share) {
        return Double.isInfinite(value) ? value : value + share * Math.abs(value);
    }

    /** Where the limit lies: each value of the interval moved up (1) or down (−1) by the margin. */
    Interval shifted(Limit limit, int sign) {
        if (limit instanceof Limit.Bound bound) {
            return new Interval(bound.value(), bound.value());
        }
        if (limit instanceof Limit.Absolute absolute) {
            return new Interval(low + sign * absolute.points(), high + sign * absolute.points());
        }
        double share = ((Limit.Relative) limit).share();
        double atLow = moved(low, sign * share);
        double atHigh = moved(high, sign * share);
        // A share of a value's size bends at 0, so the extreme may lie there.
        double atZero = low < 0 && high > 0 ? 0 : atLow;
        return new Interval(Math.min(Math.min(atLow, atHigh), atZero), Math.max(Math.max(atLow, atHigh), atZero));
    }
}
