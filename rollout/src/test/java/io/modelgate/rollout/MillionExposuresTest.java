package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.testkit.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A million callers: what their list takes on the disk, whatever the ids of their outcomes carry, and that it is whole. */
class MillionExposuresTest {

    private static final long MOST_BYTES_EACH = 100;

    @TempDir
    Path folder;

    private final ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));

    /** What the ids carry. */
    enum Ids {
        SHORT_VERSION("v2"),
        LONG_VERSION("2026-11-30-candidate"),
        LABELS("2026-11-30-candidate"),
        GROUPS("2026-11-30-candidate");

        final String version;

        Ids(String version) {
            this.version = version;
        }

        Guardrail guardrail() {
            Guardrail kept = Guardrail.mean("kept").requiredForPromotion();
            return this == GROUPS ? kept.by("home", "own", "rent") : kept;
        }

        boolean labelled() {
            return this == LABELS || this == GROUPS;
        }
    }

    private Exposures reached(int callers, Ids ids) {
        ExposureLedger ledger = ExposureLedger.in(folder);
        try (Gates gates = Gates.open(g -> g.ticker(time).instants(time).scheduler(time));
                Rollouts rollouts = Rollouts.open(gates, r -> r.manual().exposures(ledger))) {
            ModelGate<String, String> gate = gates.gate("credit-risk", g -> {
                g.stable("v1", input -> input).version(ids.version, input -> input);
                g.router(Cohorts.router()).attributes("home").label("kept", 0, 1);
            });
            String rollout = start(rollouts, gate, ids);
            for (int i = 0, taken = 0; taken < callers; i++) {
                Caller caller = Caller.of("user-" + i).with("home", i % 2 == 0 ? "own" : "rent");
                taken += gate.decide("input", caller).answeredBy().orElseThrow().equals(ids.version) ? 1 : 0;
                if (i % 8_000 == 7_999) {
                    ledger.flush(); // so that what is measured is all of them
                }
                time.advance(Duration.ofMillis(7));
            }
            Exposures reached = ledger.of(rollout).orElseThrow();
            System.out.println(ids + ": " + reached.callers() + " callers take " + reached.bytes() + " bytes");
            assertThat(ledger.mayBeMissing()).isZero();
            assertThat(ledger.notTaken()).isZero();
            return reached;
        }
    }

    private static String start(Rollouts rollouts, ModelGate<String, String> gate, Ids ids) {
        Rollout rollout = ids.labelled()
                ? rollouts.start(
                        gate,
                        ids.version,
                        RolloutPolicy.of(p -> p.name("nearly-everyone")
                                .step(Weight.percent(95), Duration.ofDays(1), 100)
                                .guardrail(ids.guardrail())),
                        Rig.ALICE,
                        "nearly everyone")
                : Rollout.start(gate, ids.version, r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
        assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
        rollouts.tick();
        return rollout.id();
    }

    @ParameterizedTest
    @EnumSource
    void anExposureTakesLessThanAHundredBytes(Ids ids) {
        Exposures reached = reached(10_000, ids);
        assertThat(reached.callers()).isEqualTo(10_000);
        assertThat(reached.bytes()).isLessThan(10_000 * MOST_BYTES_EACH);
    }

    @ParameterizedTest
    @EnumSource
    @Tag("soak")
    void aMillionExposuresTakeLessThanAHundredMegabytes(Ids ids) {
        Exposures reached = reached(1_000_000, ids);
        assertThat(reached.callers()).isEqualTo(1_000_000);
        assertThat(reached.calls()).isEqualTo(1_000_000);
        assertThat(reached.bytes()).isLessThan(1_000_000 * MOST_BYTES_EACH);
    }
}
