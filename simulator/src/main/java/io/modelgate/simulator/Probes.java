package io.modelgate.simulator;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A few hundred callers of whom it is asked, at the gate itself, which version each would get: what a scenario draws stands for that. Not
 * thread-safe.
 */
final class Probes {

    private static final int MANY = 400;

    private static final List<Caller> CALLERS =
            IntStream.range(0, MANY).mapToObj(i -> Caller.of("probe-" + i)).toList();

    private final ModelGate<?, ?> gate;
    private BitSet cohort = new BitSet();
    private double share;

    Probes(ModelGate<?, ?> gate) {
        this.gate = gate;
    }

    /**
     * Makes sure that nobody gets the candidate who is not to, and that a share that does not fall takes nobody out of the cohort.
     *
     * @param now the share of the callers that goes to the candidate; 0 for nobody, and the cohort comes back after it
     * @throws IllegalStateException if it is not so
     */
    void require(double now) {
        BitSet asked = asked();
        if (now == 0) {
            if (!asked.isEmpty()) {
                throw new IllegalStateException(asked.cardinality() + " callers get the candidate, and nobody is to");
            }
            return;
        }
        BitSet left = (BitSet) cohort.clone();
        left.andNot(asked);
        if (now >= share && !left.isEmpty()) {
            throw new IllegalStateException(left.cardinality() + " callers left the cohort, which did not shrink");
        }
        cohort = asked;
        share = now;
    }

    /** Who of them would get the candidate. */
    BitSet asked() {
        BitSet asked = new BitSet(MANY);
        for (int i = 0; i < MANY; i++) {
            if (gate.versionFor(CALLERS.get(i)).filter("candidate"::equals).isPresent()) {
                asked.set(i);
            }
        }
        return asked;
    }
}
