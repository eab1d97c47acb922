package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Metric;
import io.modelgate.Watch;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of a rollout's callers while it has one weight: an epoch. A place says which arm a caller is in and where it stands in
 * the hash, and that tells callers apart without keeping any. Takes room from the first call that it hears of on. Thread-safe.
 *
 * <p>Callers below the weight are the candidate's arm, those from it on stable's, as far as chance assigned them: those whom a list or a
 * segment sent to the candidate are counted beside, and those whom one kept at stable, or who have no key, not at all. Nor are those
 * outside the range of a rollout in an exclusion group. Not for a halted
 * rollout, in which lists and segments send nobody anywhere.
 *
 * <p>After the promotion the candidate is stable, and those from the weight on are held back at the version before. Everyone else gets the
 * promoted one then, so callers whom a rule kept from it, or who have no key, are counted beside as well.
 */
final class RolloutWatch implements Watch {

    private static final int CANDIDATE = EpochTally.CANDIDATE;
    private static final int BY_RULE = EpochTally.BY_RULE;
    private static final int WITHOUT_KEY = 3;

    private static final int ARM_SHIFT = Spots.SPOT_BITS;
    private static final int SPOT = (1 << ARM_SHIFT) - 1;
    private static final int ARM = 3;

    /** The bits of a spot within its unit. */
    private static final long UNIT_SPOTS = (1 << Spots.SPOT_BITS_IN_UNIT) - 1;

    private final RolloutUnits shared;
    private final long salt;
    private final Bucketing bucketing;
    private final int from;
    private final int share;
    private final int weight;
    private final @Nullable CohortRules rules;
    private final Metric<Object>[] metrics;

    /** How many of them are read off answers; the others are labels, which come later. */
    private final int read;

    private final Set<Integer> spread;
    private final boolean firstCalls;
    private final @Nullable GroupTallies groups;
    private final boolean promoted;
    private @Nullable EpochTally epoch; // a racy read is safe: its fields are final

    /**
     * Makes the watch of an epoch that begins.
     *
     * @param shared what all epochs of the rollout share
     * @param salt the rollout's
     * @param bucketing the rollout's
     * @param among whom chance assigns: all callers, or those of the range that the rollout has in its exclusion group
     * @param weight callers in one of so many buckets get the candidate, the first ones; those not held back once it is promoted
     * @param rules what decides ahead of the bucket, or null
     * @param metrics the gate's, its labels after them
     * @param wanted what there is to count beside the calls
     * @param promoted whether the candidate was promoted, so that it is who gets no version by rule or bucket that gets it
     */
    @SuppressWarnings("unchecked") // the metrics are those of the gate whose answers come here
    RolloutWatch(
            RolloutUnits shared,
            long salt,
            Bucketing bucketing,
            Dependencies among,
            int weight,
            @Nullable CohortRules rules,
            List<? extends Metric<?>> metrics,
            Wanted wanted,
            boolean promoted) {
        this.shared = shared;
        this.salt = salt;
        this.bucketing = bucketing;
        from = among.from();
        share = among.share();
        this.weight = weight;
        this.rules = rules;
        this.metrics = (Metric<Object>[]) metrics.toArray(Metric[]::new);
        read = (int) metrics.stream().takeWhile(metric -> !metric.later()).count();
        spread = Set.copyOf(wanted.spread(metrics));
        firstCalls = wanted.firstCalls();
        groups = wanted.groupings().isEmpty()
                ? null
                : new GroupTallies(shared, wanted.groupings(), metrics, metrics.size() - read, spread);
        this.promoted = promoted;
    }

    @Override
    public long place(Caller caller) {
        int place = placeOf(caller);
        return place < 0 ? NOWHERE : groups == null ? place : place | groups.place(caller);
    }

    private int placeOf(Caller caller) {
        if (rules != null) {
            CohortRules.Verdict verdict = rules.of(caller);
            if (verdict == CohortRules.Verdict.CANDIDATE) {
                return byRule(caller);
            }
            if (verdict == CohortRules.Verdict.STABLE) {
                return promoted ? byRule(caller) : (int) NOWHERE;
            }
        }
        if (!caller.hasKey()) {
            return promoted ? WITHOUT_KEY << ARM_SHIFT : (int) NOWHERE;
        }
        int spot = bucketing.spot(caller, salt);
        int at = Spots.bucketOf(spot) - from;
        if (at < 0 || at >= share) {
            return promoted ? byRule(caller) : (int) NOWHERE; // another rollout of the group may have the caller
        }
        return at < weight ? CANDIDATE << ARM_SHIFT | spot : spot;
    }

    private int byRule(Caller caller) {
        return caller.hasKey() ? BY_RULE << ARM_SHIFT | bucketing.spot(caller, salt) : WITHOUT_KEY << ARM_SHIFT;
    }

    @Override
    public void answered(long place, long nanos, Object answer) {
        EpochTally to = epoch();
        int who = (int) place >>> ARM_SHIFT & ARM;
        int arm = Math.min(who, BY_RULE);
        int spot = (int) place & SPOT;
        boolean first = to.answered(arm, spot, nanos);
        int firsts = groups == null ? 0 : groups.answered(place, arm, spot, nanos);
        if (who == CANDIDATE || who == BY_RULE) {
            shared.reached(HyperLogLog.hash(spot));
        }
        for (int i = 0; i < read; i++) {
            Metric<Object> metric = metrics[i];
            double scaled = (metric.of().applyAsDouble(answer) - metric.least()) / (metric.most() - metric.least());
            to.value(arm, first, i, scaled);
            if (groups != null) {
                groups.value(place, arm, firsts, i, scaled);
            }
        }
    }

    @Override
    public void missed(long place, Cause cause) {
        int arm = Math.min((int) place >>> ARM_SHIFT & ARM, BY_RULE);
        int spot = (int) place & SPOT;
        epoch().missed(arm, spot, cause);
        if (groups != null) {
            groups.missed(place, arm, spot, cause);
        }
    }

    @Override
    public long rollout() {
        return shared.rollout(); // not the salt: an exclusion group has one for all its rollouts
    }

    /** Labels tell callers apart by unit, and an id need not say more. */
    @Override
    public long carried(long place) {
        return place & ~UNIT_SPOTS;
    }

    /**
     * Counts a label in the arm and the groups in which its call was answered, whatever the weight was then: what is compared are means
     * and distributions, and they do not depend on the arms' shares. A unit that was in one arm before and is in the other now has a first label in each.
     */
    @Override
    public void labelled(long place, int label, double scaled) {
        if (label < 0 || label >= metrics.length - read) {
            return; // whoever wrote the id had other labels
        }
        int arm = Math.min((int) place >>> ARM_SHIFT & ARM, BY_RULE);
        int spot = (int) place & SPOT;
        epoch().labelled(arm, spot, label, scaled);
        if (groups != null) {
            groups.labelled(place, arm, spot, label, scaled);
        }
    }

    private EpochTally epoch() {
        EpochTally known = epoch;
        return known == null ? newEpoch() : known;
    }

    private synchronized EpochTally newEpoch() {
        EpochTally known = epoch;
        if (known == null) {
            known = EpochTally.all(shared, metrics.length, metrics.length - read, spread, firstCalls);
            epoch = known;
        }
        return known;
    }

    /** What was counted up to now. */
    StepCounts counts() {
        EpochTally known;
        synchronized (this) {
            known = epoch;
        }
        if (known == null) {
            return new StepCounts(ArmCounts.NONE, ArmCounts.NONE, CallCounts.NONE, shared.reached());
        }
        // The groups first: what comes in between is then in none of them, not in more of them than there were calls.
        Map<Group, StepCounts> ofGroups = groups == null ? Map.of() : groups.counts();
        StepCounts all = known.counts(shared.reached());
        return new StepCounts(all.stable(), all.candidate(), all.byRule(), all.reached(), ofGroups);
    }
}
