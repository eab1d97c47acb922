package io.modelgate.benchmarks.spring;

import java.util.List;
import java.util.Locale;

/**
 * The middle of some numbers, and how far it may be off.
 *
 * @param median of them
 * @param low where the interval begins that holds the median of all that could be measured, with a confidence of at least 95 %; the least of fewer
 *     than six numbers, which have no such interval
 * @param high where it ends
 */
record Spread(double median, double low, double high) {

    private static final double TAIL = 0.025;

    /**
     * Reads it off the order of the numbers, whatever they are distributed like: how many of them lie below the median is binomial.
     *
     * @param numbers at least one
     */
    static Spread of(List<Double> numbers) {
        List<Double> sorted = numbers.stream().sorted().toList();
        int n = sorted.size();
        int cut = 0; // how many may be left out at either end
        double probability = Math.pow(2, -n);
        double below = probability;
        while (below <= TAIL) {
            cut++;
            probability *= (n - cut + 1.0) / cut;
            below += probability;
        }
        int first = Math.max(0, cut - 1);
        double median = (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
        return new Spread(median, sorted.get(first), sorted.get(n - 1 - first));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.0f (%.0f to %.0f)", median, low, high);
    }
}
