package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Metric;
import io.modelgate.Watch;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of a rollout's callers while it has one weight: an epoch. A place says which arm a caller is in and where it stands in
 * the hash, and that tells callers apart without keeping any. Takes room from the first call that it hears of on. Thread-safe.
 *
 * <p>Callers below the weight are the candidate's arm, those from it on stable's, as far as chance assigned them: those whom a list or a
 * segment sent to the candidate are counted beside, and those whom one kept at stable, or who have no key, not at all. Not for a halted
 * rollout, in which lists and segments send nobody anywhere.
 *
 * <p>After the promotion the candidate is stable, and those from the weight on are held back at the version before. Everyone else gets the
 * promoted one then, so callers whom a rule kept from it, or who have no key, are counted beside as well.
 */
final class RolloutWatch implements Watch {

    private static final int STABLE = 0;
    private static final int CANDIDATE = 1;
    private static final int BY_RULE = 2;
    private static final int WITHOUT_KEY = 3;

    private static final int ARM_SHIFT = Bucketing.SPOT_BITS;
    private static final int SPOT = (1 << ARM_SHIFT) - 1;

    /** The bits of a spot within its unit. */
    private static final long UNIT_SPOTS = (1 << Bucketing.SPOT_BITS_IN_UNIT) - 1;

    private static final Rate[] ALL_RATES = Rate.values();
    private static final int RATES = ALL_RATES.length;
    private static final Map<Rate, Long> NOBODY_MISSED =
            Stream.of(ALL_RATES).collect(Collectors.toUnmodifiableMap(rate -> rate, rate -> 0L));
    private static final VarHandle SEEN = MethodHandles.arrayElementVarHandle(long[].class);

    private final RolloutUnits shared;
    private final long salt;
    private final int weight;
    private final @Nullable CohortRules rules;
    private final Metric<Object>[] metrics;

    /** How many of them are read off answers; the others are labels, which come later. */
    private final int read;

    private final boolean firstCalls;
    private final boolean promoted;
    private @Nullable Epoch epoch; // a racy read is safe: its fields are final

    /**
     * Makes the watch of an epoch that begins.
     *
     * @param shared what all epochs of the rollout share
     * @param salt the rollout's
     * @param weight callers in a bucket below it get the candidate; 100,000 less the share held back once it is promoted
     * @param rules what decides ahead of the bucket, or null
     * @param metrics the gate's, its labels after them
     * @param firstCalls whether each caller's first call at this weight is counted by itself
     * @param promoted whether the candidate was promoted, so that it is who gets no version by rule or bucket that gets it
     */
    @SuppressWarnings("unchecked") // the metrics are those of the gate whose answers come here
    RolloutWatch(
            RolloutUnits shared,
            long salt,
            int weight,
            @Nullable CohortRules rules,
            List<? extends Metric<?>> metrics,
            boolean firstCalls,
            boolean promoted) {
        this.shared = shared;
        this.salt = salt;
        this.weight = weight;
        this.rules = rules;
        this.metrics = (Metric<Object>[]) metrics.toArray(Metric[]::new);
        read = (int) metrics.stream().takeWhile(metric -> !metric.later()).count();
        this.firstCalls = firstCalls;
        this.promoted = promoted;
    }

    /** What is counted, made when there is something to count. */
    private static final class Epoch {
        final CallTally[] calls = new CallTally[BY_RULE + 1];
        final CallTally[] firstCalls;
        final HyperLogLog[] callers = {new HyperLogLog(), new HyperLogLog()};
        final long[] seen = new long[Bucketing.UNITS / Long.SIZE];
        final AtomicLongArray units = new AtomicLongArray(2);
        final AtomicLongArray missed = new AtomicLongArray(2 * RATES);
        private final AtomicReferenceArray<long @Nullable []> labelled;

        Epoch(int metrics, int labels, boolean countsFirst) {
            labelled = new AtomicReferenceArray<>(2 * labels);
            for (int i = 0; i < calls.length; i++) {
                calls[i] = new CallTally(metrics);
            }
            firstCalls =
                    countsFirst ? new CallTally[] {new CallTally(metrics), new CallTally(metrics)} : new CallTally[0];
        }

        /** Takes note of a unit's label; whether it is the first that came of the arm at this weight. 50 KB for each label and arm. */
        boolean labelled(int arm, int label, int unit) {
            int slot = 2 * label + arm;
            long[] bits = labelled.get(slot);
            if (bits == null) {
                labelled.compareAndSet(slot, null, new long[Bucketing.UNITS / Long.SIZE]);
                bits = Objects.requireNonNull(labelled.get(slot));
            }
            long bit = 1L << unit;
            return ((long) SEEN.getAndBitwiseOr(bits, unit >>> 6, bit) & bit) == 0;
        }

        /** Takes note that a unit has a caller; whether it is the first at this weight. */
        boolean seen(int arm, int unit) {
            int word = unit >>> 6;
            long bit = 1L << unit;
            boolean first = (seen[word] & bit) == 0 && ((long) SEEN.getAndBitwiseOr(seen, word, bit) & bit) == 0;
            if (first) {
                units.incrementAndGet(arm);
            }
            return first;
        }
    }

    @Override
    public long place(Caller caller) {
        if (rules != null) {
            CohortRules.Verdict verdict = rules.of(caller);
            if (verdict == CohortRules.Verdict.CANDIDATE) {
                return byRule(caller);
            }
            if (verdict == CohortRules.Verdict.STABLE) {
                return promoted ? byRule(caller) : NOWHERE;
            }
        }
        if (!caller.hasKey()) {
            return promoted ? WITHOUT_KEY << ARM_SHIFT : NOWHERE;
        }
        int spot = Bucketing.spot(caller.keyHash(), salt);
        return Bucketing.bucketOf(spot) < weight ? CANDIDATE << ARM_SHIFT | spot : spot;
    }

    private int byRule(Caller caller) {
        return caller.hasKey()
                ? BY_RULE << ARM_SHIFT | Bucketing.spot(caller.keyHash(), salt)
                : WITHOUT_KEY << ARM_SHIFT;
    }

    @Override
    public void answered(long place, long nanos, Object answer) {
        Epoch to = epoch();
        int arm = (int) place >>> ARM_SHIFT;
        int spot = (int) place & SPOT;
        CallTally calls = to.calls[Math.min(arm, BY_RULE)];
        CallTally first = arm < BY_RULE ? seen(to, arm, spot) : null;
        calls.answered(nanos, 1);
        if (first != null) {
            first.answered(nanos, 1);
        }
        if (arm == CANDIDATE || arm == BY_RULE) {
            shared.reached(HyperLogLog.hash(spot));
        }
        for (int i = 0; i < read; i++) {
            Metric<Object> metric = metrics[i];
            double scaled = (metric.of().applyAsDouble(answer) - metric.least()) / (metric.most() - metric.least());
            calls.value(i, scaled, 1);
            if (first != null) {
                first.value(i, scaled, 1);
            }
        }
    }

    @Override
    public void missed(long place, Cause cause) {
        Epoch to = epoch();
        int arm = (int) place >>> ARM_SHIFT;
        int spot = (int) place & SPOT;
        to.calls[Math.min(arm, BY_RULE)].missed(cause, 1);
        if (arm >= BY_RULE) {
            return;
        }
        CallTally first = seen(to, arm, spot);
        if (first != null) {
            first.missed(cause, 1);
        }
        int rates = shared.missed(Bucketing.unit(spot), cause);
        for (int rate = 0; rates != 0; rate++, rates >>>= 1) {
            if ((rates & 1) != 0) {
                to.missed.incrementAndGet(arm * RATES + rate);
            }
        }
    }

    @Override
    public long rollout() {
        return salt;
    }

    /** Labels tell callers apart by unit, and an id need not say more. */
    @Override
    public long carried(long place) {
        return place & ~UNIT_SPOTS;
    }

    /**
     * Counts a label in the arm in which its call was answered, whatever the weight was then: what is compared are means, and they do not
     * depend on the arms' shares. A unit that was in one arm before and is in the other now has a first label in each.
     */
    @Override
    public void labelled(long place, int label, double scaled) {
        int arm = (int) place >>> ARM_SHIFT;
        int metric = read + label;
        if (label < 0 || metric >= metrics.length || arm > WITHOUT_KEY) {
            return; // whoever wrote the id had other labels
        }
        Epoch to = epoch();
        to.calls[Math.min(arm, BY_RULE)].value(metric, scaled, 1);
        if (firstCalls && arm < BY_RULE && to.labelled(arm, label, Bucketing.unit((int) place & SPOT))) {
            to.firstCalls[arm].value(metric, scaled, 1);
        }
    }

    /** Takes note of a caller whom chance assigned; the tally of first calls if this is one, else null. */
    private @Nullable CallTally seen(Epoch to, int arm, int spot) {
        boolean first = to.seen(arm, Bucketing.unit(spot));
        to.callers[arm].add(HyperLogLog.hash(spot));
        return first && firstCalls ? to.firstCalls[arm] : null;
    }

    private Epoch epoch() {
        Epoch known = epoch;
        return known == null ? newEpoch() : known;
    }

    private synchronized Epoch newEpoch() {
        Epoch known = epoch;
        if (known == null) {
            known = new Epoch(metrics.length, metrics.length - read, firstCalls);
            epoch = known;
        }
        return known;
    }

    /** What was counted up to now. */
    StepCounts counts() {
        Epoch known;
        synchronized (this) {
            known = epoch;
        }
        return known == null
                ? new StepCounts(ArmCounts.NONE, ArmCounts.NONE, CallCounts.NONE, shared.reached())
                : new StepCounts(
                        arm(known, STABLE), arm(known, CANDIDATE), known.calls[BY_RULE].counts(), shared.reached());
    }

    private ArmCounts arm(Epoch known, int arm) {
        Map<Rate, Long> missed = NOBODY_MISSED;
        boolean anybody = false;
        for (int rate = 0; rate < RATES; rate++) {
            long callers = known.missed.get(arm * RATES + rate);
            if (callers > 0) {
                missed = anybody ? missed : new EnumMap<>(NOBODY_MISSED);
                anybody = true;
                missed.put(ALL_RATES[rate], callers);
            }
        }
        return new ArmCounts(
                known.calls[arm].counts(),
                firstCalls ? known.firstCalls[arm].counts() : CallCounts.NONE,
                known.callers[arm].estimate(),
                known.units.get(arm),
                missed);
    }
}
