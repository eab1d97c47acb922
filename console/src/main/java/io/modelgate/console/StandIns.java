package io.modelgate.console;

import io.modelgate.GateDescription;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Cohorts;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gates for what other processes serve: one for each gate that the control log declares, with its versions, none of which answers. So rollouts
 * can be seen and steered where there is no model, and nothing is appended to the log. Guarded by whoever calls {@link #follow}.
 */
final class StandIns {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate.console");

    private final Gates gates;
    private final boolean any;
    private final Map<String, ModelGate<Object, Object>> byName = new HashMap<>();
    private final Set<String> refused = new HashSet<>();

    /** {@code any} is false for gates that serve: then there is nothing to stand in for. */
    StandIns(Gates gates, boolean any) {
        this.gates = gates;
        this.any = any;
    }

    /** Whether the gates of this process are stand-ins. */
    boolean any() {
        return any;
    }

    /** Makes stand-ins for what the log says of these gates; of all of them for null. */
    void follow(@Nullable Set<String> names) {
        if (!any || gates.closed()) {
            return;
        }
        Collection<GateDescription> described = names == null
                ? gates.describe()
                : names.stream().map(gates::describe).flatMap(Optional::stream).toList();
        described.forEach(this::follow);
    }

    private void follow(GateDescription gate) {
        if (gate.versions().isEmpty() || gate.stable().isEmpty()) {
            return; // not declared yet
        }
        try {
            ModelGate<Object, Object> known = byName.get(gate.name());
            if (known == null) {
                byName.put(gate.name(), make(gate));
            } else {
                gate.versions().stream()
                        .filter(version -> !known.registered(version))
                        .forEach(version -> known.register(version, input -> unanswered(gate.name())));
            }
            refused.remove(gate.name());
        } catch (IllegalStateException | IllegalArgumentException e) {
            if (refused.add(gate.name())) {
                LOG.warn("gate \"{}\" of the control log can be looked at only: {}", gate.name(), e.getMessage());
            }
        }
    }

    private ModelGate<Object, Object> make(GateDescription gate) {
        String logged = gate.stable().orElseThrow();
        String stable = gate.versions().contains(logged)
                ? logged
                : gate.versions().iterator().next();
        return gates.gate(gate.name(), g -> {
            g.stable(stable, input -> unanswered(gate.name()))
                    .attributes(List.copyOf(gate.attributes()).toArray(String[]::new))
                    .router(Cohorts.router())
                    .startWithoutStable();
            gate.versions().stream()
                    .filter(version -> !version.equals(stable))
                    .forEach(version -> g.version(version, input -> unanswered(gate.name())));
        });
    }

    private static Object unanswered(String gate) {
        throw new IllegalStateException("gate \"" + gate + "\" is not served by this process, which is a console");
    }
}
