package io.modelgate.console;

import io.modelgate.Confirmation;
import io.modelgate.GateDescription;
import io.modelgate.Kill;
import io.modelgate.KillReceipt;
import io.modelgate.Scope;
import io.modelgate.control.Entry;
import io.modelgate.control.Instance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the command says of a control log in JSON: in the shapes of {@code openapi.yaml}, where it has one. */
final class CommandJson {

    private CommandJson() {}

    /** An object of names and values in turn; what has no value is left out. */
    static Map<String, Object> object(@Nullable Object... namesAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null) {
                object.put(String.valueOf(namesAndValues[i]), value);
            }
        }
        return object;
    }

    static Map<String, Object> scope(Scope scope) {
        return object(
                "gate", scope.gate(),
                "version", scope.version(),
                "attribute", scope.attribute(),
                "value", scope.value());
    }

    static Map<String, Object> kill(Kill kill) {
        return object(
                "id", kill.id(),
                "scope", scope(kill.scope()),
                "on", kill.scope().toString(),
                "actor", kill.actor().name(),
                "authentication", kill.actor().authentication(),
                "reason", kill.reason(),
                "at", kill.at().toString());
    }

    static List<Map<String, Object>> kills(List<Kill> kills) {
        return kills.stream().map(CommandJson::kill).toList();
    }

    static Map<String, Object> recent(KillReceipt.Recent recent) {
        return object("matching", recent.matching(), "lacking", recent.lacking(), "sampled", recent.sampled());
    }

    static Map<String, Object> instance(Instance instance) {
        return object(
                "name", instance.name(),
                "applied", instance.applied().seq(),
                "silentForMillis", instance.silentFor().toMillis(),
                "live", instance.live(),
                "self", false);
    }

    static List<Map<String, Object>> instances(List<Instance> instances) {
        return instances.stream().map(CommandJson::instance).toList();
    }

    static Map<String, Object> confirmation(Confirmation confirmation) {
        return object(
                "seq", confirmation.seq(),
                "complete", confirmation.complete(),
                "confirmed", instances(confirmation.confirmed()),
                "pending", instances(confirmation.pending()),
                "silent", instances(confirmation.silent()));
    }

    static Map<String, Object> entry(Entry entry) {
        var decision = entry.decision();
        return object(
                "seq", entry.seq(),
                "at", decision.at().toString(),
                "type", decision.type(),
                "gate", decision.gate(),
                "actor", decision.actor(),
                "authentication", decision.authentication(),
                "reason", decision.reason(),
                "id", decision.id(),
                "data", decision.data(),
                "hash", entry.hash());
    }

    static Map<String, Object> gateSummary(GateDescription gate, ServingHistory.@Nullable Running rollout) {
        boolean killed = gate.kills().stream()
                .anyMatch(
                        kill -> kill.scope().version() == null && !kill.scope().narrowed());
        return object(
                "name",
                gate.name(),
                "state",
                killed ? "KILLED" : gate.kills().isEmpty() ? "LIVE" : "PARTLY_KILLED",
                "here",
                false,
                "stable",
                gate.stable().orElse(null),
                "candidate",
                rollout == null ? null : rollout.version(),
                "weight",
                rollout == null ? null : rollout.weight() / 100_000.0);
    }

    static Map<String, Object> gate(GateDescription gate, ServingHistory.@Nullable Running rollout) {
        return object(
                "summary", gateSummary(gate, rollout),
                "versions",
                        gate.versions().stream()
                                .map(version -> object(
                                        "id",
                                        version,
                                        "registered",
                                        false,
                                        "live",
                                        gate.kills().stream()
                                                .noneMatch(kill -> kill.scope().version() == null
                                                        || version.equals(
                                                                kill.scope().version())),
                                        "inFlight",
                                        0,
                                        "overdue",
                                        0))
                                .toList(),
                "attributes", gate.attributes(),
                "rungs", List.of(),
                "kills", kills(gate.kills()));
    }
}
