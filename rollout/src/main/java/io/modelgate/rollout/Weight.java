package io.modelgate.rollout;

import java.math.BigDecimal;

/**
 * How many callers a rollout sends to the candidate, in 1/100,000 of them. Immutable.
 *
 * @param parts 0 to 100,000; 1,000 is one percent
 */
public record Weight(int parts) implements Comparable<Weight> {

    private static final int ALL = 100_000;

    /** No caller, except those whom the rollout's lists and segments send. */
    public static final Weight NONE = new Weight(0);

    /** Every caller. */
    public static final Weight FULL = new Weight(ALL);

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if {@code parts} is not in 0 to 100,000
     */
    public Weight {
        if (!inRange(parts)) {
            throw new IllegalArgumentException(
                    "weight is " + parts + ": expected 0 to 100,000, in 1/100,000 of the callers");
        }
    }

    /**
     * Returns the weight of so many 1/100,000.
     *
     * @throws IllegalArgumentException if {@code parts} is not in 0 to 100,000
     */
    public static Weight of(int parts) {
        return new Weight(parts);
    }

    /**
     * Returns the weight of a percentage, never rounded.
     *
     * @param percent 0 to 100, with at most three decimals: {@code percent(0.5)} is half a percent
     * @throws IllegalArgumentException if the percentage is out of range, or lies between two weights; the message names both
     */
    public static Weight percent(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("percent is " + percent + ": expected 0 to 100");
        }
        // The decimal that the double stands for: 0.1 is 100 parts, though no double is exactly 0.1.
        BigDecimal parts = BigDecimal.valueOf(percent).movePointRight(3);
        Weight below = new Weight(parts.intValue());
        if (parts.compareTo(BigDecimal.valueOf(below.parts)) != 0) {
            throw new IllegalArgumentException("percent is "
                    + BigDecimal.valueOf(percent).toPlainString() + ", between the weights " + below + " and "
                    + new Weight(below.parts + 1) + ": a weight is a whole number of 1/100,000, three decimals");
        }
        return below;
    }

    static boolean inRange(long parts) {
        return parts >= 0 && parts <= ALL;
    }

    @Override
    public int compareTo(Weight other) {
        return Integer.compare(parts, other.parts);
    }

    /** The percentage as a person writes it: {@code 0.5 %}. */
    @Override
    public String toString() {
        return BigDecimal.valueOf(parts, 3).stripTrailingZeros().toPlainString() + " %";
    }
}
