package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;

/** What the control log knows of a gate's versions beside their names. Thread-safe. */
final class Registry {

    private final Gates gates;
    private final Decided decided;
    private final Conditional conditional;

    Registry(Gates gates, Decided decided) {
        this.gates = gates;
        this.decided = decided;
        conditional = new Conditional(gates);
    }

    Receipt register(ModelGate<?, ?> gate, String version, Consumer<VersionRecordBuilder> about, Actor actor) {
        VersionRecordBuilder builder = new VersionRecordBuilder(version);
        about.accept(builder);
        VersionRecord record = builder.build();
        Entry entry = conditional.make(gate, () -> registration(gate, record, actor));
        return gates.append(entry.decision()); // it is there: this only makes its receipt
    }

    /** The registration, or the one that is there already: to append that once more changes nothing. */
    private Decision registration(ModelGate<?, ?> gate, VersionRecord record, Actor actor) {
        requireDeclared(gate, record);
        GateMemory.Registered known = Routings.of(gate).memory().records().get(record.version());
        if (known != null) {
            requireSame(gate, known.record(), record);
            return known.entry().decision();
        }
        return decided.of(
                UUID.randomUUID().toString(),
                EntryTypes.VERSION_REGISTERED,
                gate.name(),
                actor,
                "",
                Map.of(EntryTypes.VERSION, record.version(), EntryTypes.RECORD, record.data()));
    }

    private static void requireSame(ModelGate<?, ?> gate, VersionRecord known, VersionRecord record) {
        if (!known.digest().equals(record.digest())) {
            throw new IllegalStateException(named(gate, record.version()) + " is registered with the digest "
                    + known.digest() + " (" + known.artefact() + "), and this one has " + record.digest() + " ("
                    + record.artefact() + "): a version is immutable, give the new artefact a new id");
        }
        VersionRecord moved = new VersionRecord(
                record.version(),
                record.digest(),
                known.artefact(), // the same artefact may lie elsewhere
                record.schema(),
                record.commit(),
                record.dataSnapshot(),
                record.sideEffects(),
                record.emergency());
        if (!moved.equals(known)) {
            throw new IllegalStateException(named(gate, record.version()) + " is registered as " + known
                    + ", and this says " + record + ": a version is immutable, give the changed one a new id");
        }
    }

    /** Core may know a digest from the code that serves the version; it is of the same artefact. */
    private static void requireDeclared(ModelGate<?, ?> gate, VersionRecord record) {
        Optional<String> declared = gate.describe().versions().contains(record.version())
                ? gate.version(record.version()).digest()
                : Optional.empty();
        if (declared.isPresent() && !plain(declared.get()).equals(plain(record.digest()))) {
            throw new IllegalStateException(named(gate, record.version()) + " has the digest " + record.digest()
                    + " (" + record.artefact() + ") here, and is served with the digest " + declared.get()
                    + ": two artefacts under one id");
        }
    }

    /** The digits alone: core takes a digest in any form. */
    private static String plain(String digest) {
        String lower = digest.toLowerCase(Locale.ROOT);
        return lower.startsWith("sha256:") ? lower.substring("sha256:".length()) : lower;
    }

    static Map<String, VersionRecord> records(ModelGate<?, ?> gate) {
        Map<String, VersionRecord> records = new TreeMap<>();
        Routings.of(gate).memory().records().forEach((version, known) -> records.put(version, known.record()));
        return records;
    }

    /** Refuses a candidate that is not the artefact registered, or does not take what callers send to stable. */
    static void requireCompatible(ModelGate<?, ?> gate, GateMemory memory, String stable, String candidate) {
        GateMemory.Registered known = memory.records().get(candidate);
        if (known == null) {
            return;
        }
        requireDeclared(gate, known.record());
        GateMemory.Registered now = memory.records().get(stable);
        List<String> problems = now == null
                ? List.of()
                : known.record().schema().problemsFor(now.record().schema());
        if (!problems.isEmpty()) {
            throw new IllegalStateException(named(gate, candidate) + " cannot take the place of \"" + stable + "\": "
                    + String.join("; ", problems));
        }
    }

    /** What a version's declared side effects ask for once it is taken back. */
    static List<String> remedies(GateMemory memory, String version) {
        GateMemory.Registered known = memory.records().get(version);
        if (known == null) {
            return List.of(
                    "version \"" + version + "\" is not in the registry: nobody declared what its calls leave behind");
        }
        return switch (known.record().sideEffects()) {
            case UNDECLARED ->
                List.of("find out what the calls of \"" + version
                        + "\" left behind: it was registered without sideEffects(…)");
            case NONE -> List.of();
            case IDEMPOTENT ->
                List.of("run the restored version again for the callers that \"" + version
                        + "\" reached: that overwrites what its calls left behind");
            case REMEDIATE ->
                List.of("put right by hand what the calls of \"" + version
                        + "\" left behind: it stays after a rollback");
        };
    }

    /** Whether a version is known to leave something behind that stays after it was taken back. */
    static boolean asksForRemedy(GateMemory memory, String version) {
        GateMemory.Registered known = memory.records().get(version);
        return known != null && known.record().sideEffects() == SideEffects.REMEDIATE;
    }

    private static String named(ModelGate<?, ?> gate, String version) {
        return "version \"" + version + "\" of gate \"" + gate.name() + "\"";
    }
}
