package io.modelgate.rollout;

import io.modelgate.Caller;
import io.modelgate.Identities;
import io.modelgate.Metric;
import io.modelgate.Router;
import io.modelgate.Watch;
import io.modelgate.control.Entry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One gate's cohort, folded from the control log. Immutable but for what {@link Listed} remembers and what its watch counts.
 *
 * <p>The fold is total: an entry that makes no sense where it stands changes nothing. A second rollout does not displace the one that
 * runs.
 */
final class CohortRouting implements Router.Routing {

    private final Shared shared;

    /** Un-narrowed kills of the gate's versions that no revive has released: kill id to version. */
    private final Map<String, String> kills;

    private final Cohort cohort;
    private final GateMemory memory;

    // The hot path's copies of what the cohort says.
    private final @Nullable CohortRules rules;
    private final long salt;
    private final Bucketing bucketing;
    private final int from;
    private final int share;
    private final int weight;
    private final boolean off;
    private final boolean heldBack;

    /** Whether ModelGate's own bucket decides and nothing else. */
    private final boolean byBucket;

    /**
     * What never changes.
     *
     * @param gate the gate
     * @param identities how the log names callers
     * @param metrics the gate's metrics
     */
    record Shared(String gate, Identities identities, List<? extends Metric<?>> metrics) {}

    private CohortRouting(Shared shared, Map<String, String> kills, Cohort cohort, GateMemory memory) {
        this.shared = shared;
        this.kills = kills;
        this.cohort = cohort;
        this.memory = memory;
        rules = cohort.rules();
        salt = cohort.start() == null ? 0 : cohort.start().salt();
        bucketing =
                cohort.start() == null ? Bucketing.modelgate() : cohort.start().bucketing();
        from = cohort.start() == null ? 0 : cohort.start().dependencies().from();
        share = cohort.start() == null
                ? Spots.BUCKETS
                : cohort.start().dependencies().share();
        weight = cohort.weight();
        off = cohort.halted() || cohort.draft() || cohort.shut();
        heldBack = cohort.heldBack();
        byBucket = !heldBack && rules == null && weight > 0 && bucketing.own();
    }

    static CohortRouting initial(String gate, Identities identities, List<? extends Metric<?>> metrics) {
        return new CohortRouting(new Shared(gate, identities, metrics), Map.of(), Cohort.NONE, GateMemory.NONE);
    }

    @Override
    public @Nullable String candidate() {
        return cohort.candidate();
    }

    @Override
    public boolean toCandidate(Caller caller) {
        // Small, for it is inlined into every call: what it takes of the compiled code is no longer there for the rest.
        return byBucket
                ? caller.hasKey() && within(Spots.bucket(caller.keyHash(), salt) - from, weight)
                : byMoreThanBucket(caller);
    }

    /** Whether a place in the range is one of the first: one before the range, below 0, is none. */
    private static boolean within(int place, int first) {
        return Integer.compareUnsigned(place, first) < 0;
    }

    private boolean byMoreThanBucket(Caller caller) {
        if (heldBack) {
            return holdsBack(caller);
        }
        if (rules != null) {
            if (off) {
                return false;
            }
            CohortRules.Verdict verdict = rules.of(caller);
            if (verdict != CohortRules.Verdict.BY_WEIGHT) {
                return verdict == CohortRules.Verdict.CANDIDATE;
            }
        }
        return weight > 0 && caller.hasKey() && within(placeOf(caller), weight);
    }

    /** The caller's bucket, counted from the first of the range. */
    private int placeOf(Caller caller) {
        return Spots.bucketOf(bucketing.spot(caller, salt)) - from;
    }

    /** The last buckets are held back: the callers that would have come to the candidate last. */
    private boolean holdsBack(Caller caller) {
        return weight > 0
                && caller.hasKey()
                && within(placeOf(caller) - (share - weight), weight)
                && (rules == null || rules.of(caller) == CohortRules.Verdict.BY_WEIGHT);
    }

    @Override
    public boolean holdsBack() {
        return heldBack;
    }

    @Override
    public @Nullable Watch watch() {
        return cohort.counting() == null || cohort.shut()
                ? null
                : cohort.counting().watch();
    }

    /** A label came of a call that was counted when it was served: at what hour it comes says nothing about the version. */
    @Override
    public @Nullable Watch labels() {
        return cohort.counting() == null ? null : cohort.counting().watch();
    }

    @Override
    public CohortRouting apply(Entry entry) {
        if (!entry.gate().equals(shared.gate())) {
            return this;
        }
        return switch (entry.type()) {
            case EntryTypes.ROLLOUT -> started(entry);
            case EntryTypes.ROLLOUT_WEIGHT -> runs(entry.text(EntryTypes.ID)) ? reweighted(entry) : this;
            case EntryTypes.ROLLOUT_END, EntryTypes.ROLLOUT_ABORT -> taken(entry);
            case EntryTypes.KILL -> killed(entry);
            case EntryTypes.REVIVE -> revived(entry);
            case EntryTypes.PROMOTE -> promoted(entry);
            case EntryTypes.ROLLBACK -> rolledBack(entry);
            case EntryTypes.VERSION_REGISTERED -> with(memory.registered(entry));
            case EntryTypes.ROLLBACK_REHEARSED -> with(memory.rehearsed(entry.text(EntryTypes.VERSION)));
            case EntryTypes.DRIFT_REFERENCE -> with(memory.frozen(entry));
            default -> run() != null && runs(entry.text(EntryTypes.ID)) ? moved(entry) : this;
        };
    }

    private CohortRouting started(Entry entry) {
        RolloutStart start = RolloutStart.of(entry);
        if (cohort.start() != null || start == null) {
            return this;
        }
        boolean killed = kills.containsValue(start.version());
        CohortRules own = CohortRules.of(start, shared.identities());
        if (!entry.decision().data().containsKey(EntryTypes.POLICY)) {
            return with(Cohort.byHand(start, own, killed ? 0 : start.weight(), killed), memory.begun(start, entry));
        }
        String baseline = entry.text(EntryTypes.BASELINE);
        Optional<RolloutPolicy> policy = policy(entry);
        if (baseline == null || baseline.equals(start.version()) || policy.isEmpty()) {
            return this;
        }
        RolloutRun.Plan plan =
                new RolloutRun.Plan(start.id(), start.version(), baseline, policy.get(), start.dependencies());
        if (start.weight() > 0 && plan.policy().shadow() != null) {
            return this; // nobody gets the candidate before its shadow has been compared
        }
        boolean fits = start.weight() == 0
                || start.weight() == plan.policy().steps().get(0).weight().parts();
        if (!fits || !start.dependencies().fit(plan.policy())) {
            return this;
        }
        RolloutRun run = RolloutRun.started(plan, start.weight(), entry);
        return with(
                Cohort.under(start, own, run, killed, shared.metrics()),
                memory.stable(baseline)
                        .happened(entry.seq(), RunEvents.started(run, entry))
                        .begun(start, entry));
    }

    private static Optional<RolloutPolicy> policy(Entry entry) {
        if (!(entry.decision().data().get(EntryTypes.POLICY) instanceof Map<?, ?> data)) {
            return Optional.empty();
        }
        Map<String, Object> named = new HashMap<>();
        data.forEach((name, value) -> named.put(String.valueOf(name), value));
        return RolloutPolicy.of(named);
    }

    private CohortRouting reweighted(Entry entry) {
        if (run() != null) {
            return cohort.halted() ? this : moved(entry);
        }
        long to = entry.number(EntryTypes.WEIGHT, -1);
        if (!Weight.inRange(to) || to > share || (cohort.halted() && (to == 0 || kills.containsValue(candidate())))) {
            return this; // whoever wrote the weight had not seen the kill
        }
        return with(cohort.weighted((int) to, false), memory);
    }

    private CohortRouting moved(Entry entry) {
        RolloutRun run = run();
        if (run == null) {
            return this;
        }
        RolloutRun next = run.apply(entry);
        return next.equals(run) ? this : became(next, entry, memory);
    }

    /** The rollout that an entry names is over: taken back, or complete. */
    private CohortRouting taken(Entry entry) {
        RolloutRun run = run();
        RolloutStart start = cohort.start();
        if (start == null
                || !runs(entry.text(EntryTypes.ID))
                || (run == null && entry.type().equals(EntryTypes.ROLLOUT_ABORT))) {
            return this;
        }
        String version = start.version();
        GateMemory taken = memory.changed(ServingChange.Kind.TAKEN_BACK, version, entry);
        if (run == null) {
            return withNone(taken, entry);
        }
        if (run.promoted()) {
            return entry.type().equals(EntryTypes.ROLLOUT_END)
                    ? became(run.ended(Stage.COMPLETE, false, entry), entry, memory)
                    : this;
        }
        return became(run.ended(Stage.ABORTED, false, entry), entry, run.served() == null ? memory : taken);
    }

    private CohortRouting killed(Entry entry) {
        String version = entry.text("version");
        if (version == null || entry.text("attribute") != null) {
            return this;
        }
        Map<String, String> more = new HashMap<>(kills);
        more.put(entry.decision().id(), version);
        Cohort halted = version.equals(candidate()) ? cohort.halted(entry, shared.metrics()) : cohort;
        return new CohortRouting(shared, Map.copyOf(more), halted, memory);
    }

    private CohortRouting revived(Entry entry) {
        Map<String, String> left = new HashMap<>(kills);
        return left.keySet().removeAll(entry.texts("kills"))
                ? new CohortRouting(shared, Map.copyOf(left), cohort, memory)
                : this;
    }

    /**
     * Stable is another version now. If its own rollout promoted it, that goes on; otherwise the rollout is over: its candidate is
     * stable, or it has lost its control arm.
     */
    private CohortRouting promoted(Entry entry) {
        String version = entry.text("version");
        if (version == null) {
            return this;
        }
        GateMemory changed =
                memory.changed(ServingChange.Kind.PROMOTED, version, entry).stable(version);
        RolloutRun run = run();
        if (run == null) {
            return withNone(changed, entry);
        }
        boolean own = run.plan().candidate().equals(version);
        if (own && run.stage() == Stage.CANARY && !cohort.halted() && runs(entry.text(EntryTypes.ID))) {
            return became(run.promotedBy(entry, killed(run.plan().baseline())), entry, changed);
        }
        return became(run.ended(own ? Stage.COMPLETE : Stage.ABORTED, !own, entry), entry, changed);
    }

    private CohortRouting rolledBack(Entry entry) {
        String from = entry.text(EntryTypes.FROM);
        String to = entry.text(EntryTypes.TO);
        RolloutRun run = run();
        if (to == null) {
            return this;
        }
        if (from != null
                && run != null
                && !run.promoted()
                && run.plan().candidate().equals(from)) {
            // Whoever wrote it, the command for instance, took the candidate back.
            return became(
                    run.ended(Stage.ABORTED, false, entry),
                    entry,
                    run.served() == null ? memory : memory.changed(ServingChange.Kind.TAKEN_BACK, from, entry));
        }
        if (from == null || (memory.stable() != null && !from.equals(memory.stable()))) {
            // Core passes it over: what it was about has changed. A rollout by hand ends all the same, as it always
            // did.
            return run == null && cohort.start() != null ? withNone(memory, entry) : this;
        }
        GateMemory changed = memory.changed(ServingChange.Kind.ROLLED_BACK, from, entry)
                .stable(to)
                .rehearsed(to);
        if (run == null) {
            return withNone(changed, entry);
        }
        return became(
                run.ended(run.promoted() ? Stage.ROLLED_BACK : Stage.ABORTED, !run.promoted(), entry), entry, changed);
    }

    private CohortRouting became(RolloutRun next, Entry entry, GateMemory remembered) {
        RolloutRun before = run();
        GateMemory told =
                before == null ? remembered : remembered.happened(entry.seq(), RunEvents.of(before, next, entry));
        return next.stage().end()
                ? with(Cohort.NONE, told.ended(next))
                : with(cohort.became(next, shared.metrics()), told);
    }

    /** No rollout under a policy runs; if one by hand did, it is over. */
    private CohortRouting withNone(GateMemory remembered, Entry entry) {
        RolloutStart start = cohort.start();
        return with(Cohort.NONE, start == null ? remembered : remembered.over(start, entry));
    }

    private CohortRouting with(Cohort next, GateMemory remembered) {
        return new CohortRouting(shared, kills, next, remembered);
    }

    private CohortRouting with(GateMemory remembered) {
        return remembered.equals(memory) ? this : new CohortRouting(shared, kills, cohort, remembered);
    }

    boolean runs(@Nullable String rollout) {
        return cohort.start() != null && cohort.start().id().equals(rollout);
    }

    @Nullable
    RolloutStart running() {
        return cohort.start();
    }

    /** The rollout under a policy that runs, or null. */
    @Nullable
    RolloutRun run() {
        return cohort.run();
    }

    /** Whether lists or segments of its rollout pick who is stable's: then its callers are others than they were. */
    boolean picks() {
        return rules != null && !cohort.halted() && !cohort.draft() && (!heldBack || weight > 0);
    }

    /** What decides about a caller ahead of the bucket, or null. */
    @Nullable
    CohortRules rules() {
        return rules;
    }

    /** What this process knows of the callers of the rollout that runs, or null. */
    @Nullable
    RolloutUnits units() {
        return cohort.counting() == null ? null : cohort.counting().units();
    }

    /** What this process has counted at the present weight. */
    StepCounts counts() {
        Cohort.Counting counting = cohort.counting();
        if (counting == null) {
            return StepCounts.NONE;
        }
        return counting.watch() == null
                ? new StepCounts(
                        ArmCounts.NONE,
                        ArmCounts.NONE,
                        StepCounts.NONE.byRule(),
                        counting.units().reached())
                : counting.watch().counts();
    }

    GateMemory memory() {
        return memory;
    }

    /** Whether an un-narrowed kill of the version stands. */
    boolean killed(String version) {
        return kills.containsValue(version);
    }

    Weight weight() {
        return new Weight(weight);
    }

    boolean halted() {
        return cohort.halted();
    }
}
