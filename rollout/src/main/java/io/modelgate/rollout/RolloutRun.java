package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One rollout under a policy, folded from the control log. Immutable. Its transitions are total: an entry that makes no sense where it
 * stands returns the same run.
 *
 * @param plan what does not change
 * @param stage how far it has come
 * @param step the step it is at, -1 before the first
 * @param weight of the cohort: what the candidate has before its promotion, what is held back after it
 * @param epoch the entry that began this weight
 * @param hold what holds it up
 * @param approved the steps that a person has approved
 * @param resumed the entry with which it last went on, or 0
 * @param served when the candidate first had callers, null while it has had none
 * @param last the entry that last changed its stage, step or hold
 * @param displaced whether it ended because another version became stable, which says nothing about the candidate
 * @param checkpoints what processes have counted, by their names
 */
record RolloutRun(
        Plan plan,
        Stage stage,
        int step,
        int weight,
        long epoch,
        Hold hold,
        Set<Integer> approved,
        long resumed,
        @Nullable Instant served,
        Entry last,
        boolean displaced,
        Map<String, Checkpoint> checkpoints) {

    /**
     * What a run is about.
     *
     * @param id the rollout
     * @param candidate the version under rollout
     * @param baseline the version that was stable when it started
     * @param policy its rules
     */
    record Plan(String id, String candidate, String baseline, RolloutPolicy policy) {}

    /** The run that an entry starts. */
    static RolloutRun started(Plan plan, int weight, Entry entry) {
        return new RolloutRun(
                plan,
                weight > 0 ? Stage.CANARY : plan.policy().shadow() == null ? Stage.DRAFT : Stage.SHADOW,
                weight > 0 ? 0 : -1,
                weight,
                entry.seq(),
                Hold.NONE,
                Set.of(),
                0,
                weight > 0 ? entry.decision().at() : null,
                entry,
                false,
                Map.of());
    }

    boolean promoted() {
        return stage.promoted();
    }

    /** The step that comes next, or null at the last. */
    @Nullable
    Step next() {
        return step + 1 < plan.policy().steps().size() ? plan.policy().steps().get(step + 1) : null;
    }

    boolean mayEnterNext() {
        Step next = next();
        return next != null && (!next.manual() || approved.contains(step + 1));
    }

    /** The run after an entry that moves it on without ending or promoting it. */
    RolloutRun apply(Entry entry) {
        return switch (entry.type()) {
            case EntryTypes.ROLLOUT_WEIGHT -> stepped(entry);
            case EntryTypes.ROLLOUT_PAUSE -> paused(entry);
            case EntryTypes.ROLLOUT_RESUME -> resumed(entry);
            case EntryTypes.ROLLOUT_WAIT -> waiting(entry);
            case EntryTypes.ROLLOUT_APPROVE -> approved(entry);
            case EntryTypes.ROLLOUT_ALERT -> alerted(entry);
            case EntryTypes.ROLLOUT_SOAK -> soaking(entry);
            case EntryTypes.ROLLOUT_CHECKPOINT -> checked(entry);
            default -> this;
        };
    }

    private RolloutRun stepped(Entry entry) {
        Step next = next();
        boolean fits = next != null
                && !promoted()
                && !hold.paused()
                && mayEnterNext()
                && entry.number(EntryTypes.STEP, -1) == step + 1
                && entry.number(EntryTypes.WEIGHT, -1) == next.weight().parts();
        if (next == null || !fits) {
            return this;
        }
        return new RolloutRun(
                plan,
                Stage.CANARY,
                step + 1,
                next.weight().parts(),
                entry.seq(),
                Hold.NONE,
                approved,
                resumed,
                served == null ? entry.decision().at() : served,
                entry,
                false,
                checkpoints);
    }

    /** The run once its candidate is stable; nobody is held back at a version that is killed. */
    RolloutRun promotedBy(Entry entry, boolean baselineKilled) {
        long asked = baselineKilled ? 0 : entry.number(EntryTypes.HOLDBACK, 0);
        // Who has the candidate keeps it: only the others can be held back.
        int others = Weight.FULL.parts() - weight;
        int holdback = Weight.inRange(asked) ? (int) Math.min(asked, others) : 0;
        return new RolloutRun(
                plan,
                Stage.FULL,
                step,
                holdback,
                entry.seq(),
                Hold.NONE,
                approved,
                resumed,
                served == null ? entry.decision().at() : served,
                entry,
                false,
                checkpoints);
    }

    /** The version held back was killed: nothing is left to compare with. */
    RolloutRun withoutHoldback(Entry entry) {
        return new RolloutRun(
                plan, stage, step, 0, entry.seq(), hold, approved, resumed, served, last, displaced, checkpoints);
    }

    private RolloutRun soaking(Entry entry) {
        return stage == Stage.FULL ? moved(Stage.SOAK, hold.held() ? hold : Hold.NONE, resumed, entry) : this;
    }

    private RolloutRun paused(Entry entry) {
        boolean byEvidence = Boolean.TRUE.equals(entry.decision().data().get(EntryTypes.INCONCLUSIVE));
        return hold.paused() ? this : moved(stage, hold.pausedAt(entry.seq(), byEvidence), resumed, entry);
    }

    private RolloutRun resumed(Entry entry) {
        return hold.paused() ? moved(stage, hold.resumed(), entry.seq(), entry) : this;
    }

    private RolloutRun waiting(Entry entry) {
        Step next = next();
        boolean fits = next != null
                && next.manual()
                && !promoted()
                && hold.waiting() < 0
                && !approved.contains(step + 1)
                && entry.number(EntryTypes.STEP, -1) == step + 1;
        return fits ? moved(stage, hold.waitingAt(entry.seq(), step + 1), resumed, entry) : this;
    }

    private RolloutRun approved(Entry entry) {
        Step next = next();
        boolean fits = next != null
                && next.manual()
                && !promoted()
                && !approved.contains(step + 1)
                && entry.number(EntryTypes.STEP, -1) == step + 1;
        if (!fits) {
            return this;
        }
        Set<Integer> more = new HashSet<>(approved);
        more.add(step + 1);
        return new RolloutRun(
                plan,
                stage,
                step,
                weight,
                epoch,
                hold.approved(),
                Set.copyOf(more),
                resumed,
                served,
                entry,
                displaced,
                checkpoints);
    }

    private RolloutRun alerted(Entry entry) {
        boolean fits = entry.number(EntryTypes.HOLD, -1) == unmovedSince()
                && entry.number(EntryTypes.ALERT, -1) == hold.alerts() + 1
                && hold.alerts() < 2;
        return fits ? moved(stage, hold.alerted(), resumed, last) : this;
    }

    /** The entry since which something holds it up, or, if nothing does, the last that moved it. */
    long unmovedSince() {
        return hold.held() ? hold.seq() : last.seq();
    }

    RolloutRun ended(Stage end, boolean displacedBy, Entry entry) {
        return new RolloutRun(
                plan, end, step, 0, epoch, Hold.NONE, approved, resumed, served, entry, displacedBy, checkpoints);
    }

    private RolloutRun checked(Entry entry) {
        Checkpoint checkpoint = Checkpoint.of(entry);
        String instance = entry.text(Checkpoint.INSTANCE);
        if (checkpoint == null || instance == null) {
            return this;
        }
        Map<String, Checkpoint> more = new HashMap<>(checkpoints);
        more.put(instance, checkpoint);
        return checkedBy(Map.copyOf(more));
    }

    /** The same run, as if it were under another plan. */
    RolloutRun under(Plan other) {
        return new RolloutRun(
                other, stage, step, weight, epoch, hold, approved, resumed, served, last, displaced, checkpoints);
    }

    /** The run without what it counted: who asks later wants to know how it ended. */
    RolloutRun forgotten() {
        return checkedBy(Map.of());
    }

    private RolloutRun checkedBy(Map<String, Checkpoint> counted) {
        return new RolloutRun(
                plan, stage, step, weight, epoch, hold, approved, resumed, served, last, displaced, counted);
    }

    private RolloutRun moved(Stage to, Hold held, long wentOn, Entry entry) {
        return new RolloutRun(
                plan, to, step, weight, epoch, held, approved, wentOn, served, entry, displaced, checkpoints);
    }
}
