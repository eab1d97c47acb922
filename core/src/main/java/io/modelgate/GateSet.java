package io.modelgate;

import io.modelgate.control.Decision;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gates of a process, and which of them lack something that was folded. Guarded by the lock of {@link Control}. */
final class GateSet {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final Map<String, ModelGate<?, ?>> gates = new HashMap<>();

    /** Gates whose snapshot lacks what was folded, because compiling it failed. */
    private final Set<String> behind = new LinkedHashSet<>();

    void add(ModelGate<?, ?> gate) {
        gates.put(gate.name(), gate);
    }

    @Nullable
    ModelGate<?, ?> get(String name) {
        return gates.get(name);
    }

    Collection<ModelGate<?, ?>> all() {
        return gates.values();
    }

    Set<String> behind() {
        return behind;
    }

    /** Whether there are gates, and what was folded is in force in all of them. */
    boolean upToDate() {
        return behind.isEmpty() && !gates.isEmpty();
    }

    /** Compiles the snapshots of the gates that entries are about, and returns these gates. */
    List<ModelGate<?, ?>> recompile(Set<String> touched) {
        List<ModelGate<?, ?>> concerned = touched.contains(Decision.FLEET)
                ? List.copyOf(gates.values())
                : touched.stream()
                        .<ModelGate<?, ?>>map(gates::get)
                        .filter(Objects::nonNull)
                        .toList();
        concerned.forEach(this::recompile);
        return concerned;
    }

    /** Compiles all snapshots, on another fold than before if there is one; returns all gates. */
    List<ModelGate<?, ?>> recompileAll() {
        return recompile(Set.of(Decision.FLEET));
    }

    /** Compiles one gate's snapshot; whatever goes wrong with that, the other gates get theirs. */
    private void recompile(ModelGate<?, ?> gate) {
        try {
            gate.recompile();
            behind.remove(gate.name());
        } catch (Throwable e) {
            behind.add(gate.name()); // and nothing more is said to be in force here until it is up to date
            LOG.error("gate \"{}\" keeps its last state: it could not be brought up to date", gate.name(), e);
        }
    }

    /** Starts the routings anew, on another fold than before. */
    void restart() {
        for (ModelGate<?, ?> gate : gates.values()) {
            try {
                gate.restart();
            } catch (Throwable e) { // everyone gets stable
                LOG.error("gate \"{}\": its routing cannot be started anew", gate.name(), e);
            }
        }
    }
}
