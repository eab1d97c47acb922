package io.modelgate;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kills that are in force in this process beside those that were folded. Guarded by the lock of {@link Control}. */
final class KillsHere {

    /** Kills that the fold does not hold yet: they are on their way to the log, or have just arrived from it. */
    private final Map<String, Kill> unfolded = new LinkedHashMap<>();

    /** Those of {@link #unfolded} that have just arrived. */
    private final Map<String, Arrived> arrived = new LinkedHashMap<>();

    /** No decisions: they stand for what this process does not know of the log. */
    private final Map<String, Kill> local = new LinkedHashMap<>();

    /** A kill that another process made, the tick at which it arrived, and whether it is being appended again. */
    private record Arrived(Decision decision, long nanos, boolean again) {}

    void engage(Kill kill) {
        unfolded.put(kill.id(), kill);
    }

    /** Engages a kill whose entry has arrived and is folded in a moment; false if it is engaged here already. */
    boolean engageArrived(Kill kill, Decision decision, long nanos) {
        if (unfolded.putIfAbsent(kill.id(), kill) != null) {
            return false;
        }
        arrived.put(kill.id(), new Arrived(decision, nanos, false));
        return true;
    }

    /** Whether any has arrived and is not folded yet. */
    boolean awaitsFold() {
        return !arrived.isEmpty();
    }

    /** The decisions that arrived before a tick and are not folded, each once: they are to be appended again. */
    List<Decision> overdue(long nanos) {
        List<Decision> overdue = new ArrayList<>();
        arrived.replaceAll((id, each) -> {
            if (each.again() || each.nanos() - nanos >= 0) {
                return each;
            }
            overdue.add(each.decision());
            return new Arrived(each.decision(), each.nanos(), true);
        });
        return overdue;
    }

    /** The fold holds an entry now, and says itself what has become of it. */
    void folded(Entry entry) {
        drop(entry.decision().id());
        if (entry.type().equals(EntryTypes.REVIVE)) {
            // One that gave way to other entries is revived all the same.
            entry.texts("kills").stream()
                    .filter(id -> arrived.containsKey(id) && isOf(entry.gate(), id))
                    .forEach(this::drop);
        }
    }

    /** A revive releases the kills of its own gate only. */
    private boolean isOf(String gate, String id) {
        Kill kill = unfolded.get(id);
        return kill != null && kill.scope().gate().equals(gate);
    }

    private void drop(String id) {
        unfolded.remove(id);
        arrived.remove(id);
    }

    void engageLocal(Kill kill) {
        local.put(kill.id(), kill);
    }

    @Nullable
    Kill releaseLocal(String id) {
        return local.remove(id);
    }

    boolean isLocal(String id) {
        return local.containsKey(id);
    }

    /** Engages the kills among decisions that a log owes, unless it decides about them; returns what has to be appended to it. */
    List<Decision> owe(List<Decision> owed, Folds folds) {
        List<Decision> missing = new ArrayList<>();
        for (Decision decision : owed) {
            Kill kill = GateFold.kill(decision).orElse(null);
            if (kill == null) {
                missing.add(decision);
            } else if (!folds.decides(kill)) {
                unfolded.putIfAbsent(kill.id(), kill);
                missing.add(decision);
            }
        }
        return missing;
    }

    /** Goes over to what a replaced log comes to: what was killed stays so, unless that decides about it. Returns what it is owed for that. */
    List<Decision> keep(Folds before, Folds now) {
        List<Decision> kept = before.kills().keySet().stream()
                .flatMap(id -> before.killEntry(id).stream())
                .map(Entry::decision)
                .toList();
        unfolded.values()
                .removeIf(kill ->
                        now.killEntry(kill.id()).isPresent() || (arrived.containsKey(kill.id()) && now.decides(kill)));
        arrived.keySet().retainAll(unfolded.keySet());
        return owe(kept, now);
    }

    void addTo(List<Kill> kills, String gate) {
        kills.addAll(local.values());
        for (Kill kill : unfolded.values()) {
            if (kill.scope().isFleet() || kill.scope().gate().equals(gate)) {
                kills.add(kill);
            }
        }
    }

    void addTo(Map<String, Kill> kills) {
        kills.putAll(unfolded);
        kills.putAll(local);
    }
}
