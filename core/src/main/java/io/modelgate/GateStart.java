package io.modelgate;

import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a gate checks and takes over from the control log when it starts. Called under the lock of the control side. */
final class GateStart {

    private GateStart() {}

    /** Refuses to start a gate whose log holds what this process does not understand, or other artefacts under the same ids. */
    static <I, O> void check(
            GateConfig<I, O> config, GateFold fold, List<Entry> fleet, Collection<RegisteredVersion<I, O>> registered) {
        Set<String> routing =
                config.router() == null ? Set.of() : config.router().entryTypes();
        for (Entry entry : history(fold.pending(), fleet)) {
            if (entry.decision().critical()
                    && !EntryTypes.ALL.contains(entry.type())
                    && !routing.contains(entry.type())) {
                throw new IllegalStateException(
                        "gate \"" + config.name() + "\": entry " + entry.seq() + " of the control log has the type \""
                                + entry.type()
                                + "\", which is critical and unknown to this process; upgrade ModelGate or add the module that knows it");
            }
        }
        registered.forEach(version -> checkDigest(config.name(), fold, version));
        String stable = fold.stable();
        if (stable != null
                && !config.startWithoutStable()
                && registered.stream().noneMatch(version -> version.id.equals(stable))) {
            throw new IllegalStateException("gate \"" + config.name() + "\": stable version \"" + stable
                    + "\" of the control log is not registered in this process; register that version, promote another one, or set"
                    + " startWithoutStable() to start all the same");
        }
    }

    static void checkDigest(String gate, GateFold fold, RegisteredVersion<?, ?> version) {
        GateFold.Declared declared = fold.versions.get(version.id);
        if (declared != null && !declared.sameArtefact(version.digest)) {
            throw new IllegalStateException("gate \"" + gate + "\": version \"" + version.id + "\" has the digest "
                    + version.digest + " here and " + declared.digest()
                    + " in the control log; a version is immutable, give the new artefact a new id");
        }
    }

    /** Gives the gate its routing, with the entries that concern it so far. */
    static <I, O> void fold(
            GateConfig<I, O> config, GateFold fold, List<Entry> fleet, Identities identities, List<Metric<O>> metrics) {
        Router router = config.router();
        Router.Routing initial = router == null ? null : router.initial(config.name(), identities, metrics);
        fold.start(initial, history(fold.pending(), fleet));
    }

    /** What the log does not hold of a gate yet, as the data of a declaration; empty when it holds everything. */
    static <I, O> Map<String, Object> undeclared(
            GateConfig<I, O> config, GateFold fold, Collection<RegisteredVersion<I, O>> registered) {
        Map<String, Object> missing = new HashMap<>();
        Map<String, Object> versions = new LinkedHashMap<>();
        for (RegisteredVersion<I, O> version : registered) {
            if (!fold.versions.containsKey(version.id)) {
                versions.put(version.id, Map.of("backend", version.backend, "digest", version.digest));
            }
        }
        if (!versions.isEmpty()) {
            missing.put("versions", versions);
        }
        List<String> attributes = config.attributes().stream()
                .filter(attribute -> !fold.attributes.contains(attribute))
                .sorted()
                .toList();
        if (!attributes.isEmpty()) {
            missing.put("attributes", attributes);
        }
        if (fold.stable() == null) {
            missing.put("stable", config.stable());
        }
        return missing;
    }

    private static List<Entry> history(List<Entry> gate, List<Entry> fleet) {
        List<Entry> history = new ArrayList<>(gate);
        history.addAll(fleet);
        history.sort(Comparator.comparingLong(Entry::seq));
        return history;
    }
}
