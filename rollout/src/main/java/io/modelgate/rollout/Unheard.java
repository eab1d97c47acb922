package io.modelgate.rollout;

import io.modelgate.ModelGate;
import org.jspecify.annotations.Nullable;

/** Says whether a version may be asked although nobody gets its answer: as a shadow, by a smoke call, to keep it warm. */
final class Unheard {

    private Unheard() {}

    /**
     * What speaks against asking a version that is registered in this process, with the fix; null if nothing does.
     *
     * @param harmless whether the user says that these calls leave nothing behind
     */
    static @Nullable String obstacle(ModelGate<?, ?> gate, GateMemory memory, String version, boolean harmless) {
        GateMemory.Registered known = memory.records().get(version);
        boolean nothing = known != null && known.record().sideEffects() == SideEffects.NONE;
        if (harmless || nothing || gate.version(version).knowsItsCall()) {
            return null;
        }
        return "version \"" + version + "\" of gate \"" + gate.name()
                + "\" cannot be told that nobody gets its answer, and nothing says that its calls leave nothing behind: make it a version"
                + " that asks Call.shadow(), register it with sideEffects(NONE), or say harmless()";
    }
}
