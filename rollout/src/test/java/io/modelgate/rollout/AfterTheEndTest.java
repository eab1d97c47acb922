package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.start;
import static io.modelgate.rollout.ExposureRig.written;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Fallback;
import io.modelgate.Fallen;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a version answers once its rollout was taken back is on its list, and what it answers as something else is not. */
class AfterTheEndTest extends ExposureScene {

    /** The latest earlier stable answers where there is no version to. */
    private static final class Previous implements Fallback<String, String> {
        @Override
        public List<String> rungs() {
            return List.of("previousVersion");
        }

        @Override
        public Optional<Rescue<String>> answer(Fallen<String, String> call) {
            return call.previousVersion("previousVersion");
        }
    }

    /** A rollout of v2 that reached ann, was taken back, and whose end the ledger has seen for a second. */
    private String takenBack(Rig rig) {
        String rollout = start(rig, "v2");
        call(rig, "ann");
        end(rig);
        written(rig);
        world.time.advance(Duration.ofSeconds(1));
        return rollout;
    }

    @Test
    void whomItsVersionAnswersOnceItIsStableIsNotListed() {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = takenBack(rig);
        Rig.stored(rig.gate.version("v2").promote(Rig.ALICE, "good after all"));
        assertThat(rig.gate.call("input", Caller.of("bob"))).isEqualTo("v2");
        assertThat(ledger.of(rollout).map(Exposures::callers)).contains(1L);
    }

    @Test
    void whomItsVersionAnswersOnceItIsRolledOutAgainIsListedThereWhateverTheClockSays() {
        ExposureLedger ledger = ledger(e -> {});
        Rig rig = rig(ledger);
        String rollout = takenBack(rig);
        String again = start(rig, "v2");
        world.time.setClock(world.time.instant().minusSeconds(3_600));
        call(rig, "bob");
        assertThat(ledger.of(rollout).map(Exposures::callers)).contains(1L);
        assertThat(ledger.of(again).map(Exposures::callers)).contains(1L);
    }

    @Test
    void whomItsVersionAnswersInThePlaceOfAnotherIsNotListed() {
        ExposureLedger ledger = ledger(e -> {});
        try (Gates gates = Gates.open(
                        g -> g.ticker(world.time).instants(world.time).scheduler(world.time));
                Rollouts rollouts = Rollouts.open(gates, r -> r.manual().exposures(ledger))) {
            ModelGate<String, String> gate = gates.gate(
                    "limit",
                    g -> g.stable("v1", input -> "v1")
                            .version("v2", input -> "v2")
                            .version("v3", input -> "v3")
                            .router(Cohorts.router())
                            .fallback(new Previous()));
            Rig.stored(gate.version("v2").promote(Rig.ALICE, "it was stable once"));
            Rig.stored(gate.version("v3").promote(Rig.ALICE, "its successor"));
            Rollout again = Rollout.start(gate, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
            assertThat(gate.call("input", Caller.of("ann"))).isEqualTo("v2");
            ledger.flush();
            Rig.stored(again.end(Rig.BOB, "enough"));
            world.time.advance(Duration.ofSeconds(1));
            rollouts.tick();
            world.time.advance(Duration.ofSeconds(1));
            gate.version("v3").kill(Rig.ALICE, "it fails");
            assertThat(gate.call("input", Caller.of("bob"))).as("by the ladder").isEqualTo("v2");
            assertThat(ledger.of(again.id()).map(Exposures::callers)).contains(1L);
        }
    }
}
