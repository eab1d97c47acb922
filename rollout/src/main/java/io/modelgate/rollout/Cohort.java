package io.modelgate.rollout;

import io.modelgate.Metric;
import io.modelgate.Watch;
import io.modelgate.control.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who goes where while a rollout runs. Immutable but for what its watch counts.
 *
 * @param start the rollout, or null while none runs
 * @param rules what decides ahead of the bucket
 * @param weight how many buckets there are in it: the first ones, or, held back after a promotion, the last
 * @param halted whether a kill of its version has halted it
 * @param run where it stands, if a policy runs it
 * @param watch what counts its calls, if a policy runs it
 */
record Cohort(
        @Nullable RolloutStart start,
        @Nullable CohortRules rules,
        int weight,
        boolean halted,
        @Nullable RolloutRun run,
        @Nullable Watch watch) {

    static final Cohort NONE = new Cohort(null, null, 0, false, null, null);

    /** A rollout whose weights are set by hand. */
    static Cohort byHand(RolloutStart start, @Nullable CohortRules rules, int weight, boolean halted) {
        return new Cohort(start, rules, weight, halted, null, null);
    }

    /** A rollout under a policy. */
    static Cohort under(
            RolloutStart start,
            @Nullable CohortRules rules,
            RolloutRun run,
            boolean halted,
            List<? extends Metric<?>> metrics) {
        return new Cohort(start, rules, halted ? 0 : run.weight(), halted, run, null);
    }

    /** The version that the callers in it get, or null. */
    @Nullable
    String candidate() {
        if (run == null) {
            return start == null ? null : start.version();
        }
        if (!run.promoted()) {
            return run.plan().candidate();
        }
        return weight > 0 ? run.plan().baseline() : null;
    }

    boolean draft() {
        return run != null && run.stage() == Stage.DRAFT;
    }

    boolean heldBack() {
        return run != null && run.promoted() && weight > 0;
    }

    Cohort weighted(int to, boolean nowHalted) {
        return new Cohort(start, rules, to, nowHalted, run, watch);
    }

    Cohort became(RolloutRun next, List<? extends Metric<?>> metrics) {
        return new Cohort(start, rules, halted && !next.promoted() ? 0 : next.weight(), halted, next, watch);
    }

    /** Its version was killed. */
    Cohort halted(Entry kill, List<? extends Metric<?>> metrics) {
        return run != null && run.promoted()
                ? became(run.withoutHoldback(kill), metrics)
                : new Cohort(start, rules, 0, true, run, watch);
    }
}
