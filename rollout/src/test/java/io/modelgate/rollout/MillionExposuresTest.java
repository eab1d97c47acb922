package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A million callers: what their list takes on the disk, and that it is whole. */
class MillionExposuresTest {

    private static final long MOST_BYTES_EACH = 100;

    @TempDir
    Path folder;

    private Exposures reached(int callers) {
        ExposureLedger ledger = ExposureLedger.in(folder);
        try (Rig rig = new Rig(new Rig.World(), r -> r.exposures(ledger))) {
            Rollout rollout = Rollout.start(rig.gate, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
            assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
            ModelGate<String, String> gate = rig.gate;
            for (int i = 0; i < callers; i++) {
                gate.call("input", Caller.of("user-" + i));
                if (i % 8_000 == 7_999) {
                    ledger.flush(); // so that what is measured is all of them
                }
            }
            Exposures reached = ledger.of(rollout.id()).orElseThrow();
            System.out.println(reached.callers() + " callers take " + reached.bytes() + " bytes");
            assertThat(rig.gates.servedDropped()).isZero();
            assertThat(ledger.notTaken()).isZero();
            return reached;
        }
    }

    @Test
    void anExposureTakesLessThanAHundredBytes() {
        Exposures reached = reached(10_000);
        assertThat(reached.callers()).isEqualTo(10_000);
        assertThat(reached.bytes()).isLessThan(10_000 * MOST_BYTES_EACH);
    }

    @Test
    @Tag("soak")
    void aMillionExposuresTakeLessThanAHundredMegabytes() {
        Exposures reached = reached(1_000_000);
        assertThat(reached.callers()).isEqualTo(1_000_000);
        assertThat(reached.calls()).isEqualTo(1_000_000);
        assertThat(reached.bytes()).isLessThan(1_000_000 * MOST_BYTES_EACH);
    }
}
