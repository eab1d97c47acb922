package io.modelgate;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is known of one gate, from the control log and from this process. Immutable.
 *
 * @param name the gate
 * @param versions the ids of its versions
 * @param registered those of them that this process has; empty where the gate does not run here
 * @param attributes the attributes by which its switches may be narrowed
 * @param stable the version that everyone gets, if one was declared
 * @param candidate the version under rollout; known only where the gate runs
 * @param kills the kills that bear on it: the fleet's, its own, its versions'
 */
public record GateDescription(
        String name,
        Set<String> versions,
        Set<String> registered,
        Set<String> attributes,
        Optional<String> stable,
        Optional<String> candidate,
        List<Kill> kills) {

    /** How much of a gate is killed. */
    public enum State {
        /** No kill bears on it. */
        LIVE,
        /** Some callers or some versions are killed. */
        PARTLY_KILLED,
        /** No caller gets any version. */
        KILLED
    }

    /** Copies the collections. */
    public GateDescription {
        versions = Collections.unmodifiableSet(new TreeSet<>(versions));
        registered = Collections.unmodifiableSet(new TreeSet<>(registered));
        attributes = Collections.unmodifiableSet(new TreeSet<>(attributes));
        kills = List.copyOf(kills);
    }

    /** The same gate under these kills; those of other gates are left out. */
    public GateDescription under(List<Kill> others) {
        return new GateDescription(
                name,
                versions,
                registered,
                attributes,
                stable,
                candidate,
                others.stream()
                        .filter(kill ->
                                kill.scope().isFleet() || kill.scope().gate().equals(name))
                        .toList());
    }

    /** How much of the gate its kills turn off: all of it if nobody gets any of its versions, of those that are registered where it runs here. */
    public State state() {
        if (kills.isEmpty()) {
            return State.LIVE;
        }
        Set<String> all = registered.isEmpty() ? versions : registered;
        boolean wholly = kills.stream().anyMatch(kill -> kill.scope().version() == null && forEveryone(kill.scope()));
        return wholly || (!all.isEmpty() && all.stream().noneMatch(this::reachable))
                ? State.KILLED
                : State.PARTLY_KILLED;
    }

    /**
     * The version that most callers get of those who get any, as far as kills decide that; empty if nobody gets stable or the challenger.
     *
     * @param challenger the version under rollout, if there is one: a description that is of the log alone does not know it
     * @param share of callers that it gets, 0 to 1
     */
    public Optional<String> serves(Optional<String> challenger, double share) {
        Optional<String> first = share > 0.5 ? challenger : stable;
        Optional<String> second = share > 0.5 ? stable : challenger.filter(any -> share > 0);
        return first.filter(this::answers).or(() -> second.filter(this::answers));
    }

    private boolean answers(String version) {
        return reachable(version) && (registered.isEmpty() || registered.contains(version));
    }

    /** Whether no kill bears on a version, for any caller. */
    public boolean live(String version) {
        return kills.stream().map(kill -> kill.scope().version()).noneMatch(off -> off == null || off.equals(version));
    }

    /** Whether some callers may get a version: no kill bars all of them. */
    private boolean reachable(String version) {
        return kills.stream()
                .filter(kill -> kill.scope().version() == null
                        || version.equals(kill.scope().version()))
                .noneMatch(kill -> forEveryone(kill.scope()));
    }

    /** A caller that lacks the attribute by which a kill is narrowed counts as killed, and of a gate that does not declare it all do. */
    private boolean forEveryone(Scope scope) {
        return scope.attribute() == null || !attributes.contains(scope.attribute());
    }

    /** The caller holds the lock of the control side. */
    static GateDescription of(String name, Control control) {
        Set<String> versions = new TreeSet<>();
        Set<String> registered = Set.of();
        Set<String> attributes = new TreeSet<>();
        Optional<String> stable = Optional.empty();
        Optional<String> candidate = Optional.empty();
        GateFold fold = control.foldOrNull(name);
        if (fold != null) {
            versions.addAll(fold.versions.keySet());
            attributes.addAll(fold.attributes);
            stable = Optional.ofNullable(fold.stable());
            candidate = fold.candidate();
        }
        ModelGate<?, ?> here = control.gate(name);
        if (here != null) {
            registered = here.registered();
            versions.addAll(registered);
            attributes.addAll(here.attributes());
            stable = stable.or(() -> Optional.of(here.configuredStable()));
        }
        return new GateDescription(name, versions, registered, attributes, stable, candidate, control.killsOf(name));
    }
}
