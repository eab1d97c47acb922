package io.modelgate.rollout;

import io.modelgate.control.Entry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the control log says of a gate beside the rollout that runs. Immutable.
 *
 * @param records what was registered of versions, by id, as the log has it
 * @param rehearsed the versions that a rollback, or a rehearsal of one, has restored
 * @param stable the stable version, as far as decisions since the declaration tell; null before the first
 * @param changes of which version callers get
 * @param last the last rollout under a policy that ended
 * @param ended the last run of each candidate, without what it counted
 * @param lockstep the last run in each lockstep group, as in {@code ended}; of the latest 100 groups
 * @param recent the latest events, latest last
 * @param reference how stable's answers were when a person froze them; null if nobody did, or another version is stable since
 * @param begun the latest rollouts that started, latest last
 */
record GateMemory(
        Map<String, Registered> records,
        Set<String> rehearsed,
        @Nullable String stable,
        ServingChanges changes,
        @Nullable RolloutRun last,
        Map<String, RolloutRun> ended,
        Map<String, RolloutRun> lockstep,
        List<Recent> recent,
        @Nullable Reference reference,
        List<Begun> begun) {

    /** As many as a listener may lag behind the fold: entries come in batches. */
    private static final int MOST_RECENT = 256;

    private static final int MOST_GROUPS = 100;

    /**
     * An event and the entry that made it.
     *
     * @param seq the entry
     * @param event the event
     */
    record Recent(long seq, RolloutEvent event) {}

    /**
     * A rollout that started, by hand or under a policy; it may be over.
     *
     * @param seq the entry
     * @param at when
     * @param rollout its id
     * @param version its candidate
     * @param end how it ended, null while it runs
     */
    record Begun(
            long seq,
            Instant at,
            String rollout,
            String version,
            @Nullable End end) {}

    /**
     * The end of a rollout.
     *
     * @param seq the entry
     * @param takenBack whether its version was taken back under its policy, and not because another became stable
     */
    record End(long seq, boolean takenBack) {}

    /**
     * What was registered of a version.
     *
     * @param record what is known of it
     * @param entry the entry that says so
     */
    record Registered(VersionRecord record, Entry entry) {}

    static final GateMemory NONE = new GateMemory(
            Map.of(), Set.of(), null, ServingChanges.NONE, null, Map.of(), Map.of(), List.of(), null, List.of());

    /** The event of an entry, or null if it made none, or is no longer part of the log: another may have its number now. */
    @Nullable
    RolloutEvent event(Entry entry) {
        for (int i = recent.size() - 1; i >= 0; i--) {
            Recent each = recent.get(i);
            if (each.seq() == entry.seq()
                    && each.event().about().entry().equals(entry.decision().id())) {
                return each.event();
            }
        }
        return null;
    }

    GateMemory begun(RolloutStart start, Entry entry) {
        Begun now = new Begun(entry.seq(), entry.decision().at(), start.id(), start.version(), null);
        return new GateMemory(
                records, rehearsed, stable, changes, last, ended, lockstep, recent, reference, latest(begun, now));
    }

    /** A rollout by hand is over. */
    GateMemory over(RolloutStart start, Entry entry) {
        return new GateMemory(
                records,
                rehearsed,
                stable,
                changes,
                last,
                ended,
                lockstep,
                recent,
                reference,
                over(start.id(), new End(entry.seq(), false)));
    }

    private List<Begun> over(String rollout, End end) {
        return begun.stream()
                .map(each -> each.rollout().equals(rollout) && each.end() == null
                        ? new Begun(each.seq(), each.at(), rollout, each.version(), end)
                        : each)
                .toList();
    }

    private static <T> List<T> latest(List<T> before, T now) {
        List<T> more = new ArrayList<>(before.size() < MOST_RECENT ? before : before.subList(1, before.size()));
        more.add(now);
        return List.copyOf(more);
    }

    GateMemory happened(long seq, @Nullable RolloutEvent event) {
        if (event == null) {
            return this;
        }
        return new GateMemory(
                records,
                rehearsed,
                stable,
                changes,
                last,
                ended,
                lockstep,
                latest(recent, new Recent(seq, event)),
                reference,
                begun);
    }

    GateMemory ended(RolloutRun run) {
        Map<String, RolloutRun> more = new HashMap<>(ended);
        more.put(run.plan().candidate(), run.forgotten());
        boolean takenBack = (run.stage() == Stage.ABORTED || run.stage() == Stage.ROLLED_BACK) && !run.displaced();
        return new GateMemory(
                records,
                rehearsed,
                stable,
                changes,
                run,
                Map.copyOf(more),
                inLockstep(run),
                recent,
                reference,
                over(run.plan().id(), new End(run.last().seq(), takenBack)));
    }

    /** A version that is rolled out again, by itself or in another group, leaves what it was to this one as it is. */
    private Map<String, RolloutRun> inLockstep(RolloutRun run) {
        Dependencies.Lockstep group = run.plan().dependencies().lockstep();
        if (group == null) {
            return lockstep;
        }
        Map<String, RolloutRun> more = new HashMap<>(lockstep);
        more.put(group.name(), run.forgotten());
        if (more.size() > MOST_GROUPS) {
            more.values()
                    .remove(Collections.min(
                            more.values(),
                            Comparator.comparingLong(each -> each.last().seq())));
        }
        return Map.copyOf(more);
    }

    /** A version was registered. The first record of an id stands: a version is immutable. */
    GateMemory registered(Entry entry) {
        VersionRecord record = record(entry);
        if (record == null
                || !record.version().equals(entry.text(EntryTypes.VERSION))
                || records.containsKey(record.version())) {
            return this;
        }
        Map<String, Registered> more = new HashMap<>(records);
        more.put(record.version(), new Registered(record, entry));
        return new GateMemory(
                Map.copyOf(more), rehearsed, stable, changes, last, ended, lockstep, recent, reference, begun);
    }

    private static @Nullable VersionRecord record(Entry entry) {
        if (!(entry.decision().data().get(EntryTypes.RECORD) instanceof Map<?, ?> data)) {
            return null;
        }
        Map<String, Object> named = new HashMap<>();
        data.forEach((name, value) -> named.put(String.valueOf(name), value));
        return VersionRecord.of(named).orElse(null);
    }

    GateMemory rehearsed(@Nullable String version) {
        if (version == null || rehearsed.contains(version)) {
            return this;
        }
        Set<String> more = new HashSet<>(rehearsed);
        more.add(version);
        return new GateMemory(
                records, Set.copyOf(more), stable, changes, last, ended, lockstep, recent, reference, begun);
    }

    GateMemory stable(String version) {
        if (version.equals(stable)) {
            return this;
        }
        Reference still = reference != null && reference.version().equals(version) ? reference : null;
        return new GateMemory(records, rehearsed, version, changes, last, ended, lockstep, recent, still, begun);
    }

    /** Stable's answers were frozen as a reference; of a version that is not stable here they are none. */
    GateMemory frozen(Entry entry) {
        Reference frozen = Reference.of(entry);
        return frozen == null || (stable != null && !stable.equals(frozen.version()))
                ? this
                : new GateMemory(records, rehearsed, stable, changes, last, ended, lockstep, recent, frozen, begun);
    }

    GateMemory changed(ServingChange.Kind kind, String version, Entry entry) {
        ServingChanges more = changes.after(new ServingChange(kind, version, entry), stable);
        return new GateMemory(records, rehearsed, stable, more, last, ended, lockstep, recent, reference, begun);
    }
}
