package io.modelgate;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the entries of a control log come to: one fold for each gate, the fleet's kills, and which decisions were among them. Guarded by the
 * lock of {@link Control} once that has taken it over.
 */
final class Folds {

    private final Map<String, GateFold> gates = new TreeMap<>();
    private final Map<String, Kill> fleetKills = new LinkedHashMap<>();
    private final List<Entry> fleetEntries = new ArrayList<>();

    /** Every kill there was, released or not, by id: a log that is replaced may have lost it. */
    private final Map<String, Entry> killEntries = new HashMap<>();

    private final Set<Released> released = new HashSet<>();

    /** All decisions by id, in order; null for a log whose entries never leave it. */
    private final @Nullable Map<String, GateEvent.Lost> decisions;

    private Head head = Head.EMPTY;

    /** A revive releases the kills of its own gate only. */
    private record Released(String gate, String kill) {}

    /** Begins with nothing. */
    Folds(boolean replaceable) {
        decisions = replaceable ? new LinkedHashMap<>() : null;
    }

    /** The last entry that was folded. */
    Head head() {
        return head;
    }

    /** Whether the entry is the next one of the chain. */
    boolean isNext(Entry entry) {
        return entry.continues(head);
    }

    /**
     * Folds the next entry. Total: whatever a routing throws on it, the one after it may be a kill and has to arrive.
     *
     * @return whether a snapshot may look different now, of the gate or of all
     */
    boolean fold(Entry entry) {
        boolean changed = true;
        if (entry.gate().equals(Decision.FLEET)) {
            changed = foldFleet(entry);
        } else {
            of(entry.gate()).apply(entry);
        }
        if (entry.type().equals(EntryTypes.KILL)) {
            killEntries.putIfAbsent(entry.decision().id(), entry);
        } else if (entry.type().equals(EntryTypes.REVIVE)) {
            entry.texts("kills").forEach(kill -> released.add(new Released(entry.gate(), kill)));
        }
        if (decisions != null) {
            decisions.put(entry.decision().id(), GateEvent.Lost.of(entry));
        }
        head = entry.head();
        return changed;
    }

    private boolean foldFleet(Entry entry) {
        fleetEntries.add(entry);
        boolean changed = true;
        if (entry.type().equals(EntryTypes.KILL)) {
            GateFold.kill(entry).ifPresent(kill -> fleetKills.put(kill.id(), kill));
        } else if (entry.type().equals(EntryTypes.REVIVE)) {
            entry.texts("kills").forEach(fleetKills::remove);
        } else {
            changed = false; // a module's, for the record alone unless a routing makes something of it
        }
        for (GateFold fold : gates.values()) {
            changed |= fold.routing() != null && fold.route(entry);
        }
        return changed;
    }

    /** The fold of a gate, made if it is not there. */
    GateFold of(String gate) {
        return gates.computeIfAbsent(gate, name -> new GateFold());
    }

    @Nullable
    GateFold orNull(String gate) {
        return gates.get(gate);
    }

    Set<String> gates() {
        return gates.keySet();
    }

    List<Entry> fleetEntries() {
        return fleetEntries;
    }

    /** The engaged kills that bear on a gate. */
    List<Kill> killsOf(String gate) {
        List<Kill> kills = new ArrayList<>(fleetKills.values());
        GateFold fold = gates.get(gate);
        if (fold != null) {
            kills.addAll(fold.kills.values());
        }
        return kills;
    }

    /** All engaged kills, by id. */
    Map<String, Kill> kills() {
        Map<String, Kill> kills = new LinkedHashMap<>(fleetKills);
        gates.values().forEach(fold -> kills.putAll(fold.kills));
        return kills;
    }

    /** The entry of a kill, released or not. */
    Optional<Entry> killEntry(String id) {
        return Optional.ofNullable(killEntries.get(id));
    }

    /** Whether the log decides about a kill: it holds the kill, or a revive that releases it. */
    boolean decides(Kill kill) {
        return killEntries.containsKey(kill.id())
                || released.contains(new Released(kill.scope().gate(), kill.id()));
    }

    /** Whether an entry was folded in its place, as far as that is kept. */
    boolean holds(Entry entry) {
        if (entry.seq() >= head.seq()) {
            return head.equals(entry.head());
        }
        GateEvent.Lost folded =
                decisions == null ? null : decisions.get(entry.decision().id());
        return decisions == null || (folded != null && folded.seq() == entry.seq());
    }

    /** Whether a decision was folded, in whichever place, as far as that is kept. */
    boolean knows(Entry entry) {
        return decisions == null || decisions.containsKey(entry.decision().id());
    }

    /** What was folded here and not there, in order. */
    List<GateEvent.Lost> lostIn(Folds other) {
        Collection<GateEvent.Lost> all = decisions == null ? List.of() : decisions.values();
        return all.stream()
                .filter(entry -> other.decisions == null || !other.decisions.containsKey(entry.id()))
                .toList();
    }
}
