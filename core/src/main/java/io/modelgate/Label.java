package io.modelgate;

import java.time.Duration;

/**
 * What a gate hears of an outcome later, by {@linkplain ModelGate#feedback feedback}: whether a loan was paid back, whether a person
 * took the answer. Guardrails find it by its name, as they find a {@link Metric}. Immutable.
 *
 * @param name what feedback and guardrails call it; 1 to 100 letters, digits, '.', '_' or '-'
 * @param least the smallest value
 * @param most the largest value, above {@code least}
 * @param after how old an outcome has to be before this is taken of it; zero or more
 */
public record Label(String name, double least, double most, Duration after) {

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the name is malformed, a bound is not finite, {@code least} is not below {@code most}, or
     *     {@code after} is negative
     */
    public Label {
        Names.name("label", name);
        if (!Double.isFinite(least) || !Double.isFinite(most) || least >= most) {
            throw new IllegalArgumentException("label \"" + name + "\" ranges from " + least + " to " + most
                    + ": expected finite bounds, the first below the second");
        }
        if (after.isNegative()) {
            throw new IllegalArgumentException(
                    "label \"" + name + "\" is taken after " + after + ": expected zero or more");
        }
    }

    /** Returns a value that is one of its own, 0 for the least to 1 for the most. */
    double scaled(double value) {
        if (!(value >= least && value <= most)) { // NaN too
            throw new IllegalArgumentException(
                    "label \"" + name + "\" is given as " + value + ": expected " + least + " to " + most);
        }
        return (value - least) / (most - least);
    }
}
