package io.modelgate;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the control log says of one gate: a fold over its entries. Total: entries that make no sense change nothing. Guarded by
 * the lock of {@link Control}.
 */
final class GateFold {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** What a version declared of itself; absent values are empty strings. */
    record Declared(String backend, String digest) {
        /** Whether a version with this digest may be the one declared; a digest nobody gave fits any. */
        boolean sameArtefact(String other) {
            return digest.isEmpty() || other.isEmpty() || digest.equals(other);
        }
    }

    final Map<String, Declared> versions = new LinkedHashMap<>();
    final Set<String> attributes = new LinkedHashSet<>();

    /** Engaged kills of this gate and its versions, by id. */
    final Map<String, Kill> kills = new LinkedHashMap<>();

    /** The versions that were ever stable, each once, in the order in which they last became so; the last one is stable now. */
    private final List<String> stables = new ArrayList<>();

    private final Set<String> rolledBack = new LinkedHashSet<>();

    /** Entries that a router or a later build may want, kept until the gate is built in this process. */
    private @Nullable List<Entry> pending = new ArrayList<>();

    private Router.@Nullable Routing routing;

    void apply(Entry entry) {
        switch (entry.type()) {
            case EntryTypes.DECLARE -> declare(entry);
            case EntryTypes.KILL -> kill(entry).ifPresent(kill -> kills.put(kill.id(), kill));
            case EntryTypes.REVIVE -> entry.texts("kills").forEach(kills::remove);
            case EntryTypes.PROMOTE -> stable(entry.text("version"));
            case EntryTypes.ROLLBACK -> rollback(entry.text("from"), entry.text("to"));
            default -> {}
        }
        route(entry);
    }

    private void declare(Entry entry) {
        if (entry.decision().data().get("versions") instanceof Map<?, ?> declared) {
            declared.forEach((id, about) -> versions.putIfAbsent(
                    String.valueOf(id),
                    about instanceof Map<?, ?> map
                            ? new Declared(text(map, "backend"), text(map, "digest"))
                            : new Declared("", "")));
        }
        attributes.addAll(entry.texts("attributes"));
        String stable = entry.text("stable");
        if (stables.isEmpty() && stable != null) {
            stables.add(stable);
        }
    }

    private static String text(Map<?, ?> map, String name) {
        return map.get(name) instanceof String text ? text : "";
    }

    /** The kill that a decision is, for one that is no entry yet. */
    static Optional<Kill> kill(Decision decision) {
        return decision.type().equals(EntryTypes.KILL) ? kill(new Entry(0, decision, "", "")) : Optional.empty();
    }

    /** The kill of an entry; empty if it names a gate that cannot exist. */
    static Optional<Kill> kill(Entry entry) {
        var decision = entry.decision();
        Actor actor = new Actor(readable(decision.actor(), 200), readable(decision.authentication(), 100));
        return scope(entry).map(scope -> new Kill(decision.id(), scope, actor, decision.reason(), decision.at()));
    }

    /**
     * What a kill turns off. Other programs write to a log too: a part that makes no sense is left out, so that too much is off and
     * never too little.
     */
    private static Optional<Scope> scope(Entry entry) {
        String gate = entry.gate();
        try {
            return Optional.of(new Scope(gate, entry.text("version"), entry.text("attribute"), entry.text("value")));
        } catch (IllegalArgumentException malformed) {
            boolean possible = gate.equals(Scope.FLEET) || Names.isName(gate);
            return possible ? Optional.of(new Scope(gate, null, null, null)) : Optional.empty();
        }
    }

    private static String readable(String text, int max) {
        String plain = Names.plain(text);
        return plain.length() <= max ? plain : plain.substring(0, max);
    }

    /**
     * Takes stable back, if it is still what the decision was about: another one may have come between. Where stable is what it is to be,
     * it is a candidate that is taken back.
     */
    private void rollback(@Nullable String from, @Nullable String to) {
        if (from == null || to == null || from.equals(to)) {
            return;
        }
        if (from.equals(stable())) {
            stable(to);
            rolledBack.add(from);
        } else if (to.equals(stable())) {
            rolledBack.add(from);
        }
    }

    private void stable(@Nullable String version) {
        if (version != null) {
            stables.remove(version);
            stables.add(version);
            rolledBack.remove(version);
        }
    }

    /** Lets the gate's routing see an entry, or keeps the entry until the gate is built and has one; returns whether the routing is another now. */
    @SuppressWarnings("ReferenceEquality") // what an entry does not concern is the same object after it
    boolean route(Entry entry) {
        Router.Routing before = routing;
        if (entry.type().equals(EntryTypes.DECLARE)) {
            return false;
        }
        if (routing != null) {
            try {
                routing = routing.apply(entry);
            } catch (Throwable e) { // what comes after may be a kill, and has to arrive
                LOG.error(
                        "the routing of gate {} threw {} on entry {}, which it does not take in",
                        entry.gate(),
                        e.getClass().getName(),
                        entry.seq());
            }
        } else if (pending != null) {
            pending.add(entry);
        }
        return routing != before;
    }

    /** The entries kept until now, in order. */
    List<Entry> pending() {
        return pending == null ? List.of() : pending;
    }

    /** Starts the routing, or does without, and lets it see the given history; no entries are kept any more. */
    void start(Router.@Nullable Routing initial, List<Entry> history) {
        pending = null;
        routing = initial;
        if (initial != null) {
            history.forEach(this::route);
        }
    }

    Router.@Nullable Routing routing() {
        return routing;
    }

    /** The version under rollout; none where there is no routing, or where it throws: a kill that asks must not fail on it. */
    Optional<String> candidate() {
        try {
            return Optional.ofNullable(routing).map(Router.Routing::candidate);
        } catch (Throwable e) {
            return Optional.empty();
        }
    }

    /** The id of the stable version, or null if nobody declared one yet. */
    @Nullable
    String stable() {
        return stables.isEmpty() ? null : stables.get(stables.size() - 1);
    }

    /** Earlier stable versions that were not rolled back, latest first. */
    List<String> earlierStables() {
        List<String> earlier = new ArrayList<>();
        for (int i = stables.size() - 2; i >= 0; i--) {
            if (!rolledBack.contains(stables.get(i))) {
                earlier.add(stables.get(i));
            }
        }
        return earlier;
    }

    /** All versions that are or were stable, latest first, those that were rolled back too. */
    List<String> everStable() {
        List<String> ever = new ArrayList<>(stables);
        Collections.reverse(ever);
        return ever;
    }

    boolean rolledBack(String version) {
        return rolledBack.contains(version);
    }
}
