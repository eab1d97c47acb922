package io.modelgate.console;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who has served one gate's callers, as its control entries tell it to the command, which runs without the gate and so without its router.
 * The types and names of a rollout's entries are those of the module for rollouts. Total: entries that make no sense change nothing.
 */
final class ServingHistory {

    /** The type of the entry that engages a kill. */
    static final String KILL = "kill";

    /** The type of the entry that takes a version back. */
    static final String ROLLBACK = "rollback";

    private static final Set<String> OF_A_ROLLOUT = Set.of("rollout", "rollout-weight", "rollout-end", "rollout-abort");
    private static final int BATCH = 1_000;
    private static final long FULL = 100_000;

    /**
     * A rollout that runs.
     *
     * @param weight in 1/100,000 of the callers; 0 once a kill has halted it
     * @param draft whether a policy has never given it a caller: it has changed nothing for anyone
     */
    record Running(String id, String version, long weight, boolean halted, boolean draft, Entry start) {}

    /**
     * The latest change of who serves.
     *
     * @param version the version that began to serve, or was taken back
     * @param back whether it was taken back
     * @param entry what did it
     * @param rollout the start of the rollout by which a promoted version came, if it was one
     */
    record Change(
            String version,
            boolean back,
            Entry entry,
            @Nullable Entry rollout) {}

    private final Map<String, String> kills = new HashMap<>();
    /** The versions that were ever stable, each once, in the order in which they last became so; the last one is stable now. */
    private final List<String> stables = new ArrayList<>();

    private final Set<String> rolledBack = new HashSet<>();
    private @Nullable Entry lastOfRollout;
    private @Nullable Running running;
    private @Nullable Change last;

    /** The rollout that goes on although its candidate was promoted, because the policy watches it for a while; no other starts then. */
    private @Nullable String soaking;

    /** Folds the log up to an entry, gate by gate. */
    static Map<String, ServingHistory> of(ControlLog log, long end) {
        Map<String, ServingHistory> histories = new HashMap<>();
        long after = 0;
        while (after < end) {
            List<Entry> batch = log.read(after, (int) Math.min(BATCH, end - after));
            if (batch.isEmpty()) {
                break;
            }
            for (Entry entry : batch) {
                histories
                        .computeIfAbsent(entry.gate(), gate -> new ServingHistory())
                        .apply(entry);
            }
            after += batch.size();
        }
        return histories;
    }

    /** The rollout that runs, or null. */
    @Nullable
    Running running() {
        return running;
    }

    /** The latest change, a start that is still running aside; null if there was none. */
    @Nullable
    Change last() {
        return last;
    }

    /** The version that is stable, or null if nobody declared one. */
    @Nullable
    String stable() {
        return stables.isEmpty() ? null : stables.get(stables.size() - 1);
    }

    /** All versions that are or were stable, the latest first, those that were rolled back too. */
    List<String> everStable() {
        List<String> ever = new ArrayList<>(stables);
        Collections.reverse(ever);
        return ever;
    }

    /** The versions that were stable before and were not rolled back, the latest first. */
    List<String> earlierStables() {
        return everStable().stream()
                .skip(1)
                .filter(version -> !rolledBack.contains(version))
                .toList();
    }

    /** The latest entry about a rollout, or null. */
    @Nullable
    Entry lastOfRollout() {
        return lastOfRollout;
    }

    private void declared(@Nullable String version) {
        if (stables.isEmpty() && version != null) {
            stables.add(version);
        }
    }

    private void stable(String version) {
        stables.remove(version);
        stables.add(version);
        rolledBack.remove(version);
    }

    private void apply(Entry entry) {
        if (OF_A_ROLLOUT.contains(entry.type())) {
            lastOfRollout = entry;
        }
        switch (entry.type()) {
            case "declare" -> declared(entry.text("stable"));
            case KILL -> killed(entry);
            case "revive" -> kills.keySet().removeAll(entry.texts("kills"));
            case "promote" -> promoted(entry, entry.text("version"));
            case ROLLBACK -> rolledBack(entry, entry.text("from"), entry.text("to"));
            case "rollout" -> started(entry);
            case "rollout-weight" -> reweighted(entry);
            case "rollout-end" -> ended(entry);
            case "rollout-abort" -> {
                if (running != null && underPolicy(running.start())) {
                    ended(entry);
                }
            }
            default -> {}
        }
    }

    private static boolean underPolicy(Entry start) {
        return start.decision().data().containsKey("policy");
    }

    private void ended(Entry entry) {
        String id = entry.text("rollout");
        if (running != null && running.id().equals(id)) {
            takenBack(entry, running.version());
        } else if (id != null && id.equals(soaking)) {
            soaking = null;
        }
    }

    private void started(Entry entry) {
        String id = entry.text("rollout");
        String version = entry.text("version");
        long weight = entry.number("weight", -1);
        if (running == null && soaking == null && id != null && version != null && weight >= 0 && weight <= FULL) {
            boolean killed = kills.containsValue(version);
            running = new Running(id, version, killed ? 0 : weight, killed, weight == 0 && underPolicy(entry), entry);
        }
    }

    private void reweighted(Entry entry) {
        Running now = running;
        long weight = entry.number("weight", -1);
        if (now == null || !now.id().equals(entry.text("rollout")) || weight < 0 || weight > FULL) {
            return;
        }
        if (!now.halted() || (weight > 0 && !kills.containsValue(now.version()))) {
            running = new Running(now.id(), now.version(), weight, false, now.draft() && weight == 0, now.start());
        }
    }

    private void killed(Entry entry) {
        String version = entry.text("version");
        if (version == null || entry.text("attribute") != null) {
            return;
        }
        kills.put(entry.decision().id(), version);
        Running now = running;
        if (now != null && now.version().equals(version)) {
            running = new Running(now.id(), version, 0, true, now.draft(), now.start());
        }
    }

    private void promoted(Entry entry, @Nullable String version) {
        Running before = running;
        if (version == null) {
            return;
        }
        if (!version.equals(stable())) {
            Entry rollout = before != null && before.version().equals(version) ? before.start() : null;
            last = new Change(version, false, entry, rollout);
        } else if (before != null) {
            takenBack(entry, before.version());
        }
        stable(version);
        running = null;
        soaking = before != null && underPolicy(before.start()) && before.id().equals(entry.text("rollout"))
                ? before.id()
                : null;
    }

    private void rolledBack(Entry entry, @Nullable String from, @Nullable String to) {
        if (to == null) {
            return;
        }
        boolean stableGoes = from != null && from.equals(stable());
        if (from != null && !from.equals(to) && (stableGoes || to.equals(stable()))) {
            if (stableGoes) {
                stable(to);
            }
            rolledBack.add(from);
        }
        if (stableGoes) {
            soaking = null;
            takenBack(entry, String.valueOf(from));
        } else if (running != null) {
            takenBack(entry, running.version());
        }
    }

    private void takenBack(Entry entry, String version) {
        if (running == null || !running.draft() || !running.version().equals(version)) {
            last = new Change(version, true, entry, null);
        }
        running = null;
    }
}
