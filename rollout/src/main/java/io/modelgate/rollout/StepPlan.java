package io.modelgate.rollout;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Steps by a rule, up to a weight or to everything that the holdback leaves. Immutable. */
sealed interface StepPlan {

    /** What each step takes. */
    record Pace(Duration time, long callers) {}

    static StepPlan linear(Weight start, Weight by) {
        positive("steps.start", start);
        positive("steps.by", by);
        return new StepPlan.Linear(start, by);
    }

    static StepPlan exponential(Weight start, double factor) {
        positive("steps.start", start);
        if (!(factor > 1 && factor <= 1_000)) {
            throw new IllegalArgumentException(
                    "steps.factor is " + PolicyText.decimal(factor) + ": expected above 1 and at most 1000");
        }
        return new StepPlan.Exponential(start, factor);
    }

    private static void positive(String path, Weight weight) {
        if (weight.parts() == 0) {
            throw new IllegalArgumentException(path + " is " + weight + ": expected above 0 %");
        }
    }

    /** The steps, of which there may be too many: one more than allowed, and no more than that. */
    default List<Step> steps(Weight full, Pace pace, @Nullable Weight upTo) {
        List<Step> steps = new ArrayList<>();
        for (int i = 0; steps.size() <= PolicyRules.MOST_STEPS; i++) {
            long parts = parts(i);
            if (parts >= full.parts() || (upTo != null && parts > upTo.parts())) {
                break;
            }
            steps.add(new Step(Weight.of((int) parts), pace.time(), pace.callers(), false));
        }
        return steps;
    }

    /** The weight of a step in 1/100,000, or more than all. */
    long parts(int step);

    /** Each weight the one before and as much again. */
    record Linear(Weight start, Weight by) implements StepPlan {
        @Override
        public long parts(int step) {
            return start.parts() + (long) step * by.parts();
        }
    }

    /** Each weight a multiple of the one before; rounded to the nearest weight, from the exact value, so that errors do not add up. */
    record Exponential(Weight start, double factor) implements StepPlan {
        @Override
        public long parts(int step) {
            BigDecimal exact = BigDecimal.valueOf(factor).pow(step).multiply(BigDecimal.valueOf(start.parts()));
            return exact.min(BigDecimal.valueOf(Integer.MAX_VALUE))
                    .setScale(0, RoundingMode.HALF_UP)
                    .longValueExact();
        }
    }
}
