package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
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
 * @param conditions what the hours and its lockstep group have come to
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
        Map<String, Checkpoint> checkpoints,
        Conditions conditions) {

    /**
     * What a run is about.
     *
     * @param id the rollout
     * @param candidate the version under rollout
     * @param baseline the version that was stable when it started
     * @param policy its rules
     * @param dependencies what it has to do with others
     */
    record Plan(String id, String candidate, String baseline, RolloutPolicy policy, Dependencies dependencies) {}

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
                Map.of(),
                Conditions.at(entry));
    }

    boolean promoted() {
        return stage.promoted();
    }

    /** How far it has come: its step, -1 before the first; their number once it is promoted, and one more once it is complete. */
    int place() {
        int steps = plan.policy().steps().size();
        return stage == Stage.COMPLETE ? steps + 1 : promoted() ? steps : step;
    }

    /** The step that comes next, or null at the last. */
    @Nullable
    Step next() {
        return step + 1 < plan.policy().steps().size() ? plan.policy().steps().get(step + 1) : null;
    }

    /** How long its policy wants to watch it where it is. */
    Duration leastTime() {
        ShadowStage shadow = plan.policy().shadow();
        return promoted()
                ? plan.policy().soak()
                : step >= 0
                        ? plan.policy().steps().get(step).leastTime()
                        : shadow == null ? Duration.ZERO : shadow.leastTime();
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
            case EntryTypes.ROLLOUT_WINDOW -> windowed(entry);
            case EntryTypes.ROLLOUT_READY -> readied(entry);
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
        return changed(run -> {
            run.stage = Stage.CANARY;
            run.step = step + 1;
            run.weight = next.weight().parts();
            run.epoch = entry.seq();
            run.hold = Hold.NONE;
            run.served = served == null ? entry.decision().at() : served;
            run.last = entry;
            run.displaced = false;
            run.conditions = conditions.unready();
        });
    }

    /** The run once its candidate is stable; nobody is held back at a version that is killed. */
    RolloutRun promotedBy(Entry entry, boolean baselineKilled) {
        long asked = baselineKilled ? 0 : entry.number(EntryTypes.HOLDBACK, 0);
        // Who has the candidate keeps it: only the others can be held back.
        int others = plan.dependencies().share() - weight;
        int holdback = Weight.inRange(asked) ? (int) Math.min(asked, others) : 0;
        return changed(run -> {
            run.stage = Stage.FULL;
            run.weight = holdback;
            run.epoch = entry.seq();
            run.hold = Hold.NONE;
            run.served = served == null ? entry.decision().at() : served;
            run.last = entry;
            run.displaced = false;
            run.conditions = conditions.promoted();
        });
    }

    /** The version held back was killed: nothing is left to compare with. */
    RolloutRun withoutHoldback(Entry entry) {
        return changed(run -> {
            run.weight = 0;
            run.epoch = entry.seq();
        });
    }

    private RolloutRun soaking(Entry entry) {
        return stage == Stage.FULL ? moved(Stage.SOAK, hold.held() ? hold : Hold.NONE, resumed, entry) : this;
    }

    private RolloutRun paused(Entry entry) {
        boolean byEvidence = Boolean.TRUE.equals(entry.decision().data().get(EntryTypes.INCONCLUSIVE));
        return hold.paused()
                ? this
                : moved(stage, hold.pausedAt(entry.seq(), byEvidence), resumed, entry)
                        .under(conditions.unready());
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
        return changed(run -> {
            run.hold = hold.approved();
            run.approved = Set.copyOf(more);
            run.last = entry;
        });
    }

    private RolloutRun alerted(Entry entry) {
        boolean fits = entry.number(EntryTypes.HOLD, -1) == unmovedSince()
                && entry.number(EntryTypes.ALERT, -1) == hold.alerts() + 1
                && hold.alerts() < 2;
        return fits ? moved(stage, hold.alerted(), resumed, last) : this;
    }

    /** A window opened or closed: whoever had the candidate has it again at the next one, so the epoch goes on. */
    private RolloutRun windowed(Entry entry) {
        boolean fits = stage == Stage.CANARY
                && entry.decision().data().get(EntryTypes.OPEN) instanceof Boolean open
                && open == conditions.shut();
        return fits ? under(conditions.shut(!conditions.shut(), entry)) : this;
    }

    private RolloutRun readied(Entry entry) {
        boolean fits = plan.dependencies().lockstep() != null
                && !hold.paused()
                && entry.decision().data().get(EntryTypes.READY) instanceof Boolean
                && entry.number(EntryTypes.STEP, -1) == place() + 1;
        boolean ready = Boolean.TRUE.equals(entry.decision().data().get(EntryTypes.READY));
        return fits && ready != (conditions.ready() == place() + 1)
                ? under(conditions.ready(ready ? place() + 1 : Conditions.NOT_READY, entry))
                : this;
    }

    private RolloutRun under(Conditions now) {
        return changed(run -> run.conditions = now);
    }

    /** The entry since which something holds it up, or, if nothing does, the last that moved it. */
    long unmovedSince() {
        return hold.held() ? hold.seq() : last.seq();
    }

    RolloutRun ended(Stage end, boolean displacedBy, Entry entry) {
        return changed(run -> {
            run.stage = end;
            run.weight = 0;
            run.hold = Hold.NONE;
            run.last = entry;
            run.displaced = displacedBy;
        });
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
        return changed(run -> run.plan = other);
    }

    /** The run without what it counted: who asks later wants to know how it ended. */
    RolloutRun forgotten() {
        return checkedBy(Map.of());
    }

    private RolloutRun checkedBy(Map<String, Checkpoint> counted) {
        return changed(run -> run.checkpoints = counted);
    }

    private RolloutRun moved(Stage to, Hold held, long wentOn, Entry entry) {
        return changed(run -> {
            run.stage = to;
            run.hold = held;
            run.resumed = wentOn;
            run.last = entry;
        });
    }

    private RolloutRun changed(Consumer<Copy> change) {
        Copy copy = new Copy(this);
        change.accept(copy);
        return copy.run();
    }

    /** What a change may set anew; what it does not, stays. The one place that copies. */
    private static final class Copy {
        private Plan plan;
        private Stage stage;
        private int step;
        private int weight;
        private long epoch;
        private Hold hold;
        private Set<Integer> approved;
        private long resumed;
        private @Nullable Instant served;
        private Entry last;
        private boolean displaced;
        private Map<String, Checkpoint> checkpoints;
        private Conditions conditions;

        Copy(RolloutRun of) {
            plan = of.plan;
            stage = of.stage;
            step = of.step;
            weight = of.weight;
            epoch = of.epoch;
            hold = of.hold;
            approved = of.approved;
            resumed = of.resumed;
            served = of.served;
            last = of.last;
            displaced = of.displaced;
            checkpoints = of.checkpoints;
            conditions = of.conditions;
        }

        RolloutRun run() {
            return new RolloutRun(
                    plan,
                    stage,
                    step,
                    weight,
                    epoch,
                    hold,
                    approved,
                    resumed,
                    served,
                    last,
                    displaced,
                    checkpoints,
                    conditions);
        }
    }
}
