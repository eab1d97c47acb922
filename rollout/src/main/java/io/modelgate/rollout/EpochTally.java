package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Cause;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of one epoch of a rollout, of all its callers or of one group: on the hot path, without locks and without allocating.
 * Thread-safe.
 */
final class EpochTally {

    static final int STABLE = 0;
    static final int CANDIDATE = 1;
    static final int BY_RULE = 2;

    private static final Rate[] ALL_RATES = Rate.values();
    private static final int RATES = ALL_RATES.length;
    private static final Map<Rate, Long> NOBODY_MISSED =
            Stream.of(ALL_RATES).collect(Collectors.toUnmodifiableMap(rate -> rate, rate -> 0L));
    private static final VarHandle SEEN = MethodHandles.arrayElementVarHandle(long[].class);

    private final CallTally[] calls = new CallTally[BY_RULE + 1];
    private final CallTally[] firstCalls;

    /** Of all callers; of a group, how many units had one says it well enough. */
    private final HyperLogLog @Nullable [] callers;

    private final RolloutUnits shared;
    private final long[] seen = new long[Spots.UNITS / Long.SIZE];
    private final AtomicLongArray units = new AtomicLongArray(2);
    private final AtomicLongArray missed = new AtomicLongArray(2 * RATES);

    /** The number of the first label among the metrics, and the units of each label and arm that had one. */
    private final int firstLabel;

    private final AtomicReferenceArray<long @Nullable []> labelled;

    /** The metrics and labels of which each unit's first counts by itself; null for all. */
    private final @Nullable Set<Integer> firstOf;

    private EpochTally(
            RolloutUnits shared,
            int metrics,
            int labels,
            Set<Integer> spread,
            boolean countsFirst,
            boolean latencies,
            @Nullable Set<Integer> firstOf) {
        this.shared = shared;
        this.firstOf = firstOf;
        firstLabel = metrics - labels;
        labelled = new AtomicReferenceArray<>(2 * labels);
        for (int i = 0; i < calls.length; i++) {
            calls[i] = new CallTally(metrics, spread, latencies);
        }
        firstCalls = countsFirst
                ? new CallTally[] {new CallTally(metrics, spread, latencies), new CallTally(metrics, spread, latencies)}
                : new CallTally[0];
        callers = firstOf == null ? new HyperLogLog[] {new HyperLogLog(), new HyperLogLog()} : null;
    }

    /**
     * Of all callers.
     *
     * @param metrics how many metrics there are, labels included, which come last
     */
    static EpochTally all(RolloutUnits shared, int metrics, int labels, Set<Integer> spread, boolean firstCalls) {
        return new EpochTally(shared, metrics, labels, spread, firstCalls, true, null);
    }

    /**
     * Of one group.
     *
     * @param shared what all epochs of the rollout share of this group
     * @param firstOf the metrics and labels of which callers' first are wanted, by number
     */
    static EpochTally group(
            RolloutUnits shared,
            int metrics,
            int labels,
            Set<Integer> firstOf,
            Set<Integer> spread,
            Grouping grouping) {
        return new EpochTally(shared, metrics, labels, spread, grouping.firstCalls(), grouping.latencies(), firstOf);
    }

    /** Counts an answer; whether it is the caller's first call at this weight and is to be counted as that too. */
    boolean answered(int arm, int spot, long nanos) {
        CallTally first = arm < BY_RULE ? seen(arm, spot) : null;
        calls[arm].answered(nanos, 1);
        if (first != null) {
            first.answered(nanos, 1);
        }
        return first != null;
    }

    /** Counts a value of a metric of an answer, about which {@link #answered} said whether it is a first call. */
    void value(int arm, boolean first, int metric, double scaled) {
        calls[arm].value(metric, scaled, 1);
        if (first) {
            firstCalls[arm].value(metric, scaled, 1);
        }
    }

    /**
     * Counts a label, of each unit and arm the first one at this weight by itself: 50 KB for each label and arm of which there is one, of a
     * group only if a guardrail there wants it.
     */
    void labelled(int arm, int spot, int label, double scaled) {
        calls[arm].value(firstLabel + label, scaled, 1);
        if (arm == BY_RULE || firstCalls.length == 0 || (firstOf != null && !firstOf.contains(firstLabel + label))) {
            return;
        }
        int slot = 2 * label + arm;
        long[] had = labelled.get(slot);
        if (had == null) {
            labelled.compareAndSet(slot, null, new long[Spots.UNITS / Long.SIZE]);
            had = Objects.requireNonNull(labelled.get(slot));
        }
        int unit = Spots.unit(spot);
        long bit = 1L << unit;
        if (((long) SEEN.getAndBitwiseOr(had, unit >>> 6, bit) & bit) == 0) {
            firstCalls[arm].value(firstLabel + label, scaled, 1);
        }
    }

    void missed(int arm, int spot, Cause cause) {
        calls[arm].missed(cause, 1);
        if (arm == BY_RULE) {
            return;
        }
        CallTally first = seen(arm, spot);
        if (first != null) {
            first.missed(cause, 1);
        }
        int rates = shared.missed(Spots.unit(spot), cause);
        for (int rate = 0; rates != 0; rate++, rates >>>= 1) {
            if ((rates & 1) != 0) {
                missed.incrementAndGet(arm * RATES + rate);
            }
        }
    }

    /** Takes note of a caller whom chance assigned; the tally of first calls if this is one, else null. */
    private @Nullable CallTally seen(int arm, int spot) {
        int unit = Spots.unit(spot);
        int word = unit >>> 6;
        long bit = 1L << unit;
        boolean first = (seen[word] & bit) == 0 && ((long) SEEN.getAndBitwiseOr(seen, word, bit) & bit) == 0;
        if (first) {
            units.incrementAndGet(arm);
        }
        if (callers != null) {
            callers[arm].add(HyperLogLog.hash(spot));
        }
        return first && firstCalls.length > 0 ? firstCalls[arm] : null;
    }

    /** What was counted up to now, without groups. */
    StepCounts counts(long reached) {
        return new StepCounts(arm(STABLE), arm(CANDIDATE), calls[BY_RULE].counts(), reached);
    }

    private ArmCounts arm(int arm) {
        Map<Rate, Long> misses = NOBODY_MISSED;
        boolean anybody = false;
        for (int rate = 0; rate < RATES; rate++) {
            long each = missed.get(arm * RATES + rate);
            if (each > 0) {
                misses = anybody ? misses : new EnumMap<>(NOBODY_MISSED);
                anybody = true;
                misses.put(ALL_RATES[rate], each);
            }
        }
        return new ArmCounts(
                calls[arm].counts(),
                firstCalls.length > 0 ? firstCalls[arm].counts() : CallCounts.NONE,
                callers == null ? units.get(arm) : callers[arm].estimate(),
                units.get(arm),
                misses);
    }
}
