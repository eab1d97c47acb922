package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.modelgate.Caller;
import io.modelgate.DecisionSink;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version that hurts is taken back whatever hangs. */
class HangingExposuresTest {

    private static final Duration SECONDS = Duration.ofSeconds(10);

    @TempDir
    Path root;

    private final Hang hang = new Hang();

    @AfterEach
    void letGo() {
        hang.close();
    }

    private static ModelGate<String, String> gate(Gates gates) {
        return gates.gate(
                "credit",
                g -> g.stable("v1", input -> "v1").version("v2", input -> "v2").router(Cohorts.router()));
    }

    private static Rollout start(Rollouts rollouts, ModelGate<String, String> gate) {
        Rollout rollout =
                rollouts.start(gate, "v2", Rig.read(Rig.policy()), who -> who.allow("ann", "bob"), Rig.ALICE, "canary");
        assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
        return rollout;
    }

    private Rollouts open(Gates gates) {
        return Rollouts.open(
                gates,
                r -> r.manual()
                        .exposures(ExposureLedger.in(root))
                        .guardrailTest("quality", (counts, share, alpha) -> Finding.INCONCLUSIVE));
    }

    @Test
    void aListenerThatHangsKeepsNoRollbackFromReturning() throws Exception {
        MemoryControlLog log = new MemoryControlLog();
        try (Gates gates = Gates.open(g -> g.controlLog(log))) {
            ModelGate<String, String> gate = gate(gates);
            Rollouts rollouts = open(gates);
            start(rollouts, gate);
            gate.onServed(call -> hang.here());
            gate.call("input", Caller.of("ann"));
            hang.reached();
            gate.call("input", Caller.of("bob"));

            Rollback rollback =
                    assertTimeoutPreemptively(SECONDS, () -> rollouts.rollback(gate, Rig.BOB, "wrong answers"));
            assertThat(rollback.restored()).isEqualTo("v1");
            assertTimeoutPreemptively(Duration.ofSeconds(30), rollouts::close);
            assertThat(log.read(0, 100))
                    .filteredOn(entry -> entry.type().equals(EntryTypes.EXPOSURES_SEALED))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.decision().data())
                            .containsEntry("exposures", 1L)
                            .containsEntry("mayBeMissing", 2L)); // bob's, and ann's that the listener has
            assertTimeoutPreemptively(Duration.ofSeconds(30), gates::close);
            assertThat(gates.servedDropped()).isEqualTo(1); // bob's, which waits for the listener
        }
    }

    @Test
    void aSinkThatHangsKeepsNoRollbackFromReturningAndItsListIsWhole() throws Exception {
        DecisionSink sink = batch -> hang.here();
        try (Gates gates = Gates.open(g -> g.decisionRecords(sink))) {
            ModelGate<String, String> gate = gate(gates);
            Rollouts rollouts = open(gates);
            start(rollouts, gate);
            gate.call("input", Caller.of("ann"));
            hang.reached();
            gate.call("input", Caller.of("bob"));
            assertThat(gates.flushServed(Duration.ofSeconds(30))).isTrue();

            Rollback rollback =
                    assertTimeoutPreemptively(SECONDS, () -> rollouts.rollback(gate, Rig.BOB, "wrong answers"));
            assertThat(rollback.remedies())
                    .anySatisfy(remedy -> assertThat(remedy)
                            .contains("answered 2 callers in 2 calls")
                            .doesNotContain("not up to date"));
            assertTimeoutPreemptively(SECONDS, rollouts::close);
            assertThat(files(ExposureFile.SEALED)).isEqualTo(1);
            assertTimeoutPreemptively(Duration.ofSeconds(30), gates::close);
        }
    }

    @Test
    void aLookThatHangsHoldsUpNeitherTheControllerNorARollback() throws Exception {
        ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
        try (Gates gates = Gates.open(g -> g.ticker(time).instants(time).scheduler(time))) {
            ModelGate<String, String> gate = gate(gates);
            Rollouts rollouts = Rollouts.open(
                    gates,
                    r -> r.executor(Runnable::run)
                            .exposures(ExposureLedger.in(root.resolve("exposures")))
                            .guardrailTest("quality", (counts, share, alpha) -> Finding.INCONCLUSIVE));
            rollouts.onEvent(event -> {
                if (event instanceof RolloutEvent.Hindered hindered
                        && hindered.reason().contains("exposures")) {
                    hang.here(); // in the middle of a look, as a disk would
                }
            });
            Files.createFile(root.resolve("exposures")); // no folder can be made there
            start(rollouts, gate);
            gate.call("input", Caller.of("ann"));
            hang.reached();

            assertTimeoutPreemptively(SECONDS, rollouts::tick);
            Rollback rollback =
                    assertTimeoutPreemptively(SECONDS, () -> rollouts.rollback(gate, Rig.BOB, "wrong answers"));
            assertThat(rollback.restored()).isEqualTo("v1");
            assertTimeoutPreemptively(Duration.ofSeconds(30), rollouts::close);
        }
    }

    private long files(String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.toString().endsWith(suffix)).count();
        }
    }
}
