package io.modelgate.console;

import io.modelgate.Confirmation;
import io.modelgate.GateDescription;
import io.modelgate.control.Instance;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        return new Views.GateSummary(
                gate.name(),
                Views.GateState.of(gate),
                false,
                gate.stable().orElse(null),
                serves(gate, rollout),
                rollout == null ? null : rollout.version(),
                rollout == null ? null : rollout.weight() / 100_000.0,
                null,
                null);
    }

    private static @Nullable String serves(GateDescription gate, ServingHistory.@Nullable Running rollout) {
        double share = rollout == null || rollout.halted() ? 0 : rollout.weight() / 100_000.0;
        Optional<String> candidate = Optional.ofNullable(rollout == null ? null : rollout.version());
        return gate.serves(candidate, share).orElse(null);
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
                                        gate.live(version),
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
