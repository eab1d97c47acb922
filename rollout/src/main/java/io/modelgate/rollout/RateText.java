package io.modelgate.rollout;

import java.util.Map;

/** How evidence on a rate reads. */
final class RateText {

    private RateText() {}

    /** {@code candidate 12 of 1,040 calls, stable 21 of 19,800}; by caller {@code candidate 12 callers in 1,040 calls, …}. */
    static String compared(Guardrail guardrail, StepCounts totals, long candidate, long stable) {
        String of = guardrail.unit() == Unit.CALL ? " of " : " callers in ";
        return "candidate " + Figures.count(candidate) + of + calls(totals.candidate()) + " calls, stable "
                + Figures.count(stable) + of + calls(totals.stable());
    }

    private static String calls(ArmCounts arm) {
        return Figures.count(Misses.calls(arm.calls()));
    }

    /** {@code errors, times stable's}. */
    static String band(Rate rate, String what) {
        return Words.of(rate).replace('-', ' ') + ", " + what;
    }

    static Map<String, String> numbers(StepCounts totals, long candidate, long stable, double share) {
        return Map.of(
                "candidate", Long.toString(candidate),
                "candidateCalls", Long.toString(Misses.calls(totals.candidate().calls())),
                "stable", Long.toString(stable),
                "stableCalls", Long.toString(Misses.calls(totals.stable().calls())),
                "share", Double.toString(share));
    }
}
