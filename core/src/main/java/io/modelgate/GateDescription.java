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
 * @param attributes the attributes by which its switches may be narrowed
 * @param stable the version that everyone gets, if one was declared
 * @param candidate the version under rollout; known only where the gate runs
 * @param kills the kills that bear on it: the fleet's, its own, its versions'
 */
public record GateDescription(
        String name,
        Set<String> versions,
        Set<String> attributes,
        Optional<String> stable,
        Optional<String> candidate,
        List<Kill> kills) {

    /** Copies the collections. */
    public GateDescription {
        versions = Collections.unmodifiableSet(new TreeSet<>(versions));
        attributes = Collections.unmodifiableSet(new TreeSet<>(attributes));
        kills = List.copyOf(kills);
    }

    /** The caller holds the lock of the control side. */
    static GateDescription of(String name, Control control) {
        Set<String> versions = new TreeSet<>();
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
            versions.addAll(here.registered());
            attributes.addAll(here.attributes());
            stable = stable.or(() -> Optional.of(here.configuredStable()));
        }
        return new GateDescription(name, versions, attributes, stable, candidate, control.killsOf(name));
    }
}
