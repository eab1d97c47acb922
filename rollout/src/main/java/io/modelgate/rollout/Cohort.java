package io.modelgate.rollout;

import io.modelgate.Metric;
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
 * @param counting what counts its calls, if a policy runs it
 */
record Cohort(
        @Nullable RolloutStart start,
        @Nullable CohortRules rules,
        int weight,
        boolean halted,
        @Nullable RolloutRun run,
        @Nullable Counting counting) {

    static final Cohort NONE = new Cohort(null, null, 0, false, null, null);

    /**
     * What counts a rollout's calls in this process.
     *
     * @param units what lasts as long as the rollout
     * @param watch of the present weight, null while nobody goes to the candidate
     */
    record Counting(RolloutUnits units, @Nullable RolloutWatch watch) {}

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
        return new Cohort(
                        start,
                        rules,
                        halted ? 0 : run.weight(),
                        halted,
                        run,
                        new Counting(new RolloutUnits(Spots.salt(start.id())), null))
                .watched(metrics);
    }

    /** The version that the callers in it get, or null. After a promotion that is the version before, even if nobody is held back. */
    @Nullable
    String candidate() {
        if (start == null) {
            return null;
        }
        return run != null && run.promoted() ? run.plan().baseline() : start.version();
    }

    boolean draft() {
        return run != null && run.stage().unserved();
    }

    boolean heldBack() {
        return run != null && run.promoted();
    }

    /** Whether it is outside its windows: nobody goes to the candidate, and nothing is counted. */
    boolean shut() {
        return run != null && run.conditions().shut();
    }

    Cohort weighted(int to, boolean nowHalted) {
        return new Cohort(start, rules, to, nowHalted, run, counting);
    }

    Cohort became(RolloutRun next, List<? extends Metric<?>> metrics) {
        boolean stillHalted = halted && !next.promoted();
        int inForce = stillHalted || next.conditions().shut() ? 0 : next.weight();
        Cohort moved = new Cohort(start, rules, inForce, stillHalted, next, counting);
        return run != null && run.epoch() == next.epoch() ? moved : moved.watched(metrics);
    }

    /** Its version was killed. */
    Cohort halted(Entry kill, List<? extends Metric<?>> metrics) {
        if (run != null && run.promoted()) {
            return became(run.withoutHoldback(kill), metrics);
        }
        Counting stopped = counting == null ? null : new Counting(counting.units(), null);
        return new Cohort(start, rules, 0, true, run, stopped);
    }

    private Cohort watched(List<? extends Metric<?>> metrics) {
        if (start == null || run == null || counting == null || halted || draft()) {
            return this;
        }
        RolloutWatch watch = new RolloutWatch(
                counting.units(),
                start.salt(),
                start.bucketing(),
                start.dependencies(),
                run.promoted() ? start.dependencies().share() - run.weight() : run.weight(),
                rules,
                metrics,
                Wanted.by(run.plan().policy()),
                run.promoted());
        return new Cohort(start, rules, weight, false, run, new Counting(counting.units(), watch));
    }
}
