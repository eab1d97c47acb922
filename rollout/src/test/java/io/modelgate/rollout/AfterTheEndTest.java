package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.start;
import static io.modelgate.rollout.ExposureRig.written;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a version answers once its rollout was taken back is on its list, and what it answers as something else is not. */
class AfterTheEndTest extends ExposureScene {

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
}
