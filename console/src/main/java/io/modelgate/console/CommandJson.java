package io.modelgate.console;

import io.modelgate.Confirmation;
import io.modelgate.GateDescription;
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

    static List<Views.InstanceView> instances(List<Instance> instances) {
        return Views.InstanceView.of(instances, "");
    }

    static Map<String, Object> confirmation(Confirmation confirmation) {
        return object(
                "seq", confirmation.seq(),
                "complete", confirmation.complete(),
                "confirmed", instances(confirmation.confirmed()),
                "pending", instances(confirmation.pending()),
                "silent", instances(confirmation.silent()));
    }

    static Views.GateSummary gateSummary(GateDescription gate, ServingHistory.@Nullable Running rollout) {
        boolean killed = gate.kills().stream()
                .anyMatch(
                        kill -> kill.scope().version() == null && !kill.scope().narrowed());
        return new Views.GateSummary(
                gate.name(),
                killed
                        ? Views.GateState.KILLED
                        : gate.kills().isEmpty() ? Views.GateState.LIVE : Views.GateState.PARTLY_KILLED,
                false,
                gate.stable().orElse(null),
                rollout == null ? null : rollout.version(),
                rollout == null ? null : rollout.weight() / 100_000.0,
                null,
                null);
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
                "kills", Views.KillView.of(gate.kills()));
    }
}
