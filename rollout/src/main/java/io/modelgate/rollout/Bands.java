package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import org.jspecify.annotations.Nullable;

/**
 * Makes the band of a number out of where the candidate's and stable's lie: their ratio where a share of stable's is allowed, and else the
 * difference. The intervals of two arms that hold together make one that holds as they do. Immutable.
 *
 * @param what the number, in words
 * @param unit of the number
 * @param worse which direction is worse
 * @param limit how much worse is allowed, in the number's unit
 * @param negative whether the number may be below 0, where a ratio says nothing
 */
record Bands(String what, Band.Unit unit, Worse worse, Limit limit, boolean negative) {

    /** What has no end is cut at so many times its limit. */
    static final double REACH = 10;

    /** What is known of the two arms, at one α. */
    record Arms(Interval candidate, Interval stable) {}

    /**
     * The band, or null while nothing is known of the number.
     *
     * @param forWorse what shows that it is worse than allowed
     * @param forNotWorse what shows that it is not
     */
    @Nullable
    Band of(Arms forWorse, Arms forNotWorse) {
        if (limit instanceof Limit.Bound bound) {
            return band(what, unit, forWorse.candidate, forNotWorse.candidate, bound.value(), worse, size(forWorse));
        }
        if (limit instanceof Limit.Absolute absolute) {
            double size = Math.max(absolute.points(), size(forWorse));
            Interval one = difference(forWorse);
            Interval other = difference(forNotWorse);
            return worse == Worse.EITHER
                    ? distance(what + ", distance from stable's", unit, one, other, absolute.points(), size)
                    : band(
                            what + ", minus stable's",
                            unit,
                            one,
                            other,
                            worse == Worse.HIGHER ? absolute.points() : -absolute.points(),
                            worse,
                            size);
        }
        double share = ((Limit.Relative) limit).share();
        if (negative) {
            return beyond(forWorse, forNotWorse);
        }
        Interval one = ratio(forWorse);
        Interval other = ratio(forNotWorse);
        return worse == Worse.EITHER
                ? distance(
                        what + ", distance from stable's as a share of it",
                        Band.Unit.SHARE,
                        new Interval(one.low() - 1, one.high() - 1),
                        new Interval(other.low() - 1, other.high() - 1),
                        share,
                        1 + share)
                : band(
                        what + ", times stable's",
                        Band.Unit.RATIO,
                        one,
                        other,
                        worse == Worse.HIGHER ? 1 + share : 1 - share,
                        worse,
                        1 + share);
    }

    private static Interval difference(Arms arms) {
        return new Interval(arms.candidate.low() - arms.stable.high(), arms.candidate.high() - arms.stable.low());
    }

    private static Interval ratio(Arms arms) {
        double least = Math.max(arms.candidate.low(), 0);
        double most = arms.candidate.high();
        double ofLeast = Math.max(arms.stable.low(), 0);
        double ofMost = arms.stable.high();
        double low = least == 0 || Double.isInfinite(ofMost) ? 0 : least / ofMost;
        double high = ofLeast == 0 || Double.isInfinite(most) ? Double.POSITIVE_INFINITY : most / ofLeast;
        return new Interval(low, high);
    }

    /** By how much the candidate's is beyond what is allowed. */
    private @Nullable Band beyond(Arms forWorse, Arms forNotWorse) {
        Interval ofWorse = beyond(forWorse);
        Interval ofNotWorse = beyond(forNotWorse);
        Worse side = worse == Worse.LOWER ? Worse.LOWER : Worse.HIGHER;
        return band(what + ", beyond what is allowed", unit, ofWorse, ofNotWorse, 0, side, size(forWorse));
    }

    private Interval beyond(Arms arms) {
        Interval candidate = arms.candidate;
        Interval up = arms.stable.shifted(limit, 1);
        Interval down = arms.stable.shifted(limit, -1);
        Interval above = new Interval(candidate.low() - up.high(), candidate.high() - up.low());
        Interval below = new Interval(candidate.low() - down.high(), candidate.high() - down.low());
        return switch (worse) {
            case HIGHER -> above;
            case LOWER -> below;
            case EITHER -> new Interval(Math.max(above.low(), -below.high()), Math.max(above.high(), -below.low()));
        };
    }

    /** The band of a distance, out of the intervals of what may be on either side of 0. */
    private static @Nullable Band distance(
            String quantity, Band.Unit unit, Interval ofWorse, Interval ofNotWorse, double limit, double size) {
        double low = Math.max(0, Math.max(ofWorse.low(), -ofWorse.high()));
        double high = Math.max(ofNotWorse.high(), -ofNotWorse.low());
        return of(quantity, unit, low, high, limit, Worse.HIGHER, size);
    }

    private static @Nullable Band band(
            String quantity,
            Band.Unit unit,
            Interval ofWorse,
            Interval ofNotWorse,
            double limit,
            Worse worse,
            double size) {
        return worse == Worse.HIGHER
                ? of(quantity, unit, ofWorse.low(), ofNotWorse.high(), limit, worse, size)
                : of(quantity, unit, ofNotWorse.low(), ofWorse.high(), limit, worse, size);
    }

    /**
     * The band between two ends, or null if it has neither.
     *
     * @param size how large the number may be in earnest; ends are cut at {@value #REACH} times that
     */
    static @Nullable Band of(
            String quantity, Band.Unit unit, double low, double high, double limit, Worse worse, double size) {
        boolean nothing = high == Double.POSITIVE_INFINITY && (low == 0 || low == Double.NEGATIVE_INFINITY);
        if (nothing || Double.isNaN(low) || Double.isNaN(high)) {
            return null;
        }
        double reach = REACH * Math.max(size, Math.abs(limit));
        double from = Math.min(Math.max(low, -reach), reach);
        double to = Math.min(Math.max(high, -reach), reach);
        return new Band(quantity, unit, Math.min(from, to), Math.max(from, to), limit, worse);
    }

    private static double size(Arms arms) {
        double size = 0;
        for (double each :
                new double[] {arms.candidate.low(), arms.candidate.high(), arms.stable.low(), arms.stable.high()}) {
            size = Double.isFinite(each) ? Math.max(size, Math.abs(each)) : size;
        }
        return size;
    }
}
