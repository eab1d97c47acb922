package io.modelgate;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The kills that are in force in this process beside those of the log. Guarded by the lock of {@link Control}. */
final class KillsHere {

    /** Decisions that the fold does not hold: they are on their way to the log. */
    private final Map<String, Kill> unstored = new LinkedHashMap<>();

    /** Those of {@link #unstored} that others made, and whose entries are folded in a moment. */
    private final Map<String, Decision> arrived = new LinkedHashMap<>();

    /** Those of {@link #arrived} that were there when they were looked at last. */
    private Set<String> looked = Set.of();

    /** No decisions: they stand for what this process does not know of the log. */
    private final Map<String, Kill> local = new LinkedHashMap<>();

    void engage(Kill kill) {
        unstored.put(kill.id(), kill);
    }

    /** Engages a kill that another process made; false if it is engaged here already. */
    boolean arrived(Kill kill, Decision decision) {
        if (unstored.putIfAbsent(kill.id(), kill) != null) {
            return false;
        }
        arrived.put(kill.id(), decision);
        return true;
    }

    /** What arrived and was not folded since this was asked last; it is not waited for any longer. */
    List<Decision> missing() {
        List<Decision> missing = new ArrayList<>();
        for (String id : looked) {
            Decision decision = arrived.remove(id);
            if (decision != null) {
                missing.add(decision);
            }
        }
        looked = Set.copyOf(arrived.keySet());
        return missing;
    }

    /** The fold holds it now, and says itself what has become of it. */
    void stored(Entry entry) {
        unstored.remove(entry.decision().id());
        arrived.remove(entry.decision().id());
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
                unstored.putIfAbsent(kill.id(), kill);
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
        unstored.values().removeIf(kill -> now.killEntry(kill.id()).isPresent());
        arrived.keySet().retainAll(unstored.keySet());
        return owe(kept, now);
    }

    void addTo(List<Kill> kills, String gate) {
        kills.addAll(local.values());
        for (Kill kill : unstored.values()) {
            if (kill.scope().isFleet() || kill.scope().gate().equals(gate)) {
                kills.add(kill);
            }
        }
    }

    void addTo(Map<String, Kill> kills) {
        kills.putAll(unstored);
        kills.putAll(local);
    }
}
