package io.modelgate;

import java.util.function.ToDoubleFunction;

/**
 * A number that a gate reads off each answer, for the guardrails of its rollouts: a score, an approval, a cost. Immutable.
 *
 * @param name what guardrails call it; 1 to 100 letters, digits, '.', '_' or '-'
 * @param least the smallest value; a smaller one counts as this
 * @param most the largest value, above {@code least}; a larger one counts as this
 * @param of reads it off an answer, on the serving path and so without locks; {@code NaN} if the answer has none; thread-safe
 * @param <O> the answer
 */
public record Metric<O>(String name, double least, double most, ToDoubleFunction<? super O> of) {

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the name is malformed, or a bound is not finite, or {@code least} is not below {@code most}
     */
    public Metric {
        Names.name("metric", name);
        if (!Double.isFinite(least) || !Double.isFinite(most) || least >= most) {
            throw new IllegalArgumentException("metric \"" + name + "\" ranges from " + least + " to " + most
                    + ": expected finite bounds, the first below the second");
        }
    }

    /** A label, for those who know metrics: no answer has it, and feedback brings it. */
    static <O> Metric<O> of(Label label) {
        return new Metric<>(label.name(), label.least(), label.most(), new Later<>());
    }

    /** Whether no answer has it: it is a {@link Label}, which feedback brings. For a {@link Watch}, which then hears its values by {@link Watch#labelled}. */
    public boolean later() {
        return of instanceof Later;
    }

    private record Later<O>() implements ToDoubleFunction<O> {
        @Override
        public double applyAsDouble(O answer) {
            return Double.NaN;
        }
    }

    /** This one, but whatever it throws is a warning and no value. */
    Metric<O> guarded(String gate, Warnings warnings) {
        String what = "metric \"" + name + "\" of gate \"" + gate + "\"";
        return new Metric<>(name, least, most, answer -> {
            try {
                return of.applyAsDouble(answer);
            } catch (Throwable e) {
                warnings.threw(what, e);
                return Double.NaN;
            }
        });
    }
}
