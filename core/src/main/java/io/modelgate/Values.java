package io.modelgate;

/**
 * What the values of one {@link Metric} sum up to, each scaled to 0 at the metric's least and 1 at its most. Immutable.
 *
 * @param count how many there were
 * @param sum their sum
 * @param squares the sum of their squares
 */
public record Values(long count, double sum, double squares) {

    /** No values. */
    public static final Values NONE = new Values(0, 0, 0);

    /** These and others. */
    public Values plus(Values other) {
        return new Values(count + other.count, sum + other.sum, squares + other.squares);
    }

    /** These without some that were counted before. */
    public Values minus(Values earlier) {
        return new Values(count - earlier.count, sum - earlier.sum, squares - earlier.squares);
    }
}
