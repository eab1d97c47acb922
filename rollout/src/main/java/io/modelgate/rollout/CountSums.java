package io.modelgate.rollout;

import io.modelgate.CallCounts;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** Compares and adds up what was counted. */
final class CountSums {

    private CountSums() {}

    /** Whether no count became fewer. */
    static boolean grown(StepCounts from, StepCounts to) {
        return grown(from.stable(), to.stable())
                && grown(from.candidate(), to.candidate())
                && grown(from.byRule(), to.byRule());
    }

    private static boolean grown(ArmCounts from, ArmCounts to) {
        if (from.units() > to.units()
                || !grown(from.calls(), to.calls())
                || !grown(from.firstCalls(), to.firstCalls())) {
            return false;
        }
        for (Map.Entry<Rate, Long> each : from.missed().entrySet()) {
            if (each.getValue() > to.missed().getOrDefault(each.getKey(), 0L)) {
                return false;
            }
        }
        return true;
    }

    private static boolean grown(CallCounts from, CallCounts to) {
        if (from.answered() > to.answered() || Misses.of(from) > Misses.of(to)) {
            return false;
        }
        for (int i = 0; i < from.metrics(); i++) {
            if (from.values(i).count() > to.values(i).count()) { // labels come without calls
                return false;
            }
        }
        return true;
    }

    /** How many values of metrics and labels were counted, of callers' first calls and labels too. */
    static long values(StepCounts counts) {
        return values(counts.stable().calls())
                + values(counts.stable().firstCalls())
                + values(counts.candidate().calls())
                + values(counts.candidate().firstCalls())
                + values(counts.byRule());
    }

    private static long values(CallCounts counts) {
        long values = 0;
        for (int i = 0; i < counts.metrics(); i++) {
            values += counts.values(i).count();
        }
        return values;
    }

    static long calls(StepCounts counts) {
        return Misses.calls(counts.stable().calls())
                + Misses.calls(counts.candidate().calls())
                + Misses.calls(counts.byRule());
    }

    static StepCounts plus(StepCounts one, StepCounts other) {
        return merge(one, other, 1);
    }

    static StepCounts minus(StepCounts one, StepCounts earlier) {
        return merge(one, earlier, -1);
    }

    private static StepCounts merge(StepCounts one, StepCounts other, int sign) {
        return new StepCounts(
                merge(one.stable(), other.stable(), sign),
                merge(one.candidate(), other.candidate(), sign),
                merge(one.byRule(), other.byRule(), sign),
                one.reached() + sign * other.reached(),
                groups(one.groups(), other.groups(), sign));
    }

    private static Map<Group, StepCounts> groups(Map<Group, StepCounts> one, Map<Group, StepCounts> other, int sign) {
        if (other.isEmpty()) {
            return one;
        }
        Map<Group, StepCounts> merged = new HashMap<>(one);
        other.forEach((group, counts) ->
                merged.put(group, merge(one.getOrDefault(group, StepCounts.NONE), counts, sign)));
        return merged;
    }

    private static ArmCounts merge(ArmCounts one, ArmCounts other, int sign) {
        Map<Rate, Long> missed = new EnumMap<>(Rate.class);
        missed.putAll(one.missed());
        other.missed().forEach((rate, count) -> missed.merge(rate, sign * count, Long::sum));
        return new ArmCounts(
                merge(one.calls(), other.calls(), sign),
                merge(one.firstCalls(), other.firstCalls(), sign),
                one.callers() + sign * other.callers(),
                one.units() + sign * other.units(),
                missed);
    }

    private static CallCounts merge(CallCounts one, CallCounts other, int sign) {
        return sign > 0 ? one.plus(other) : one.minus(other);
    }
}
