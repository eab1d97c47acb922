package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Holds a blue-green switch back where a rollout would not be started or promoted. Thread-safe. */
final class SwitchRules {

    private final Gates gates;
    private final PromotionGates promotionGates;

    SwitchRules(Gates gates, PromotionGates promotionGates) {
        this.gates = gates;
        this.promotionGates = promotionGates;
    }

    /**
     * Refuses a version that is not the artefact registered, does not take what callers send to stable, is held down, or that a promotion gate objects to.
     *
     * @throws IllegalStateException with what speaks against it
     */
    void require(ModelGate<?, ?> gate, CohortRouting routing, String from, String to) {
        Registry.requireCompatible(gate, routing.memory(), from, to);
        Starting.requireNoHoldDown(gate, routing, to, gates.now(), "in an emergency, promote it by hand");
        List<String> objections = promotionGates.objections(asked(gate.name(), from, to, gates.now()));
        if (!objections.isEmpty()) {
            throw new IllegalStateException("version \"" + to + "\" of gate \"" + gate.name()
                    + "\" cannot be switched to: " + String.join("; ", objections));
        }
    }

    /** What promotion gates are asked about: a rollout that nobody started, and that has no steps and no evidence. */
    private static RolloutStatus asked(String gate, String from, String to, Instant now) {
        return new RolloutStatus(
                gate,
                "",
                noSteps(),
                to,
                from,
                Stage.DRAFT,
                -1,
                Weight.NONE,
                false,
                false,
                now,
                Duration.ZERO,
                0,
                false,
                List.of(),
                List.of(),
                "a blue-green switch");
    }

    private static RolloutPolicy noSteps() {
        Duration day = Duration.ofDays(1);
        return new RolloutPolicy(
                "blue-green",
                List.of(),
                List.of(),
                0.05,
                0.05,
                1,
                new Inconclusive(day, Inconclusive.Then.HOLD),
                Weight.NONE,
                Duration.ZERO,
                new PauseAlert(day, day),
                Calendar.ALWAYS,
                null,
                Duration.ZERO,
                Calendar.ALWAYS,
                Stakes.MEDIUM);
    }
}
