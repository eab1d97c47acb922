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
