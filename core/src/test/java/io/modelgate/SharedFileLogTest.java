package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.FileControlLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gates on a control log in a file: what a restart, another process and a disk that fails leave of a kill. */
class SharedFileLogTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42");
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private Gates open() {
        Path file = directory.resolve("modelgate.log");
        return Gates.open(g -> g.controlLog(FileControlLog.open(file)));
    }

    private static ModelGate<String, String> gate(Gates gates) {
        return gates.gate(
                "credit",
                g -> g.stable("v1", input -> "v1").version("v2", input -> "v2").fallback(Rungs.constant("safe")));
    }

    @Test
    void killedGateStartsKilledBeforeTheFirstCall() {
        try (Gates gates = open()) {
            assertThat(gate(gates).kill(ALICE, "bad").stored(SOON)).isTrue();
        }
        try (Gates gates = open()) {
            ModelGate<String, String> gate = gate(gates);
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
            assertThat(gate.version("v1").invocations()).isZero();
        }
    }

    @Test
    void killStoredOnlyAtCloseSurvivesARestart() {
        try (Gates gates = open()) {
            gate(gates).kill(ALICE, "nobody waits for this one");
        }
        try (Gates gates = open()) {
            assertThat(gate(gates).live()).isFalse();
        }
    }

    @Test
    void killAndReviveReachTheOthersOnTheSameFile() throws InterruptedException {
        try (Gates here = open();
                Gates there = open()) {
            ModelGate<String, String> gate = gate(here);
            ModelGate<String, String> other = gate(there);
            CountDownLatch killed = new CountDownLatch(1);
            CountDownLatch revived = new CountDownLatch(1);
            there.onEvent(event -> {
                if (event instanceof GateEvent.Applied applied) {
                    (applied.entry().type().equals(EntryTypes.KILL) ? killed : revived).countDown();
                }
            });

            KillReceipt kill = gate.kill(ALICE, "bad");
            assertThat(killed.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(other.call("x", CALLER)).isEqualTo("safe");

            CountDownLatch released = new CountDownLatch(1);
            there.onEvent(event -> {
                if (event instanceof GateEvent.Applied applied
                        && applied.entry().type().equals(EntryTypes.REVIVE)) {
                    released.countDown();
                }
            });
            assertThat(here.revive(kill.id(), ALICE, "fixed").stored(SOON)).isTrue();
            assertThat(released.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(other.call("x", CALLER)).isEqualTo("v1");
        }
    }

    @Test
    void killWhileTheDiskFailsHoldsAndIsStoredWhenItComesBack() throws IOException, InterruptedException {
        Path obstacle = directory.resolve("modelgate.log.head.tmp");
        try (Gates gates = open()) {
            ModelGate<String, String> gate = gate(gates);
            assertThat(gate.version("v2").kill(ALICE, "the log works").stored(SOON))
                    .isTrue();
            Files.createDirectories(obstacle.resolve("in the way"));
            CountDownLatch failed = new CountDownLatch(1);
            gates.onEvent(event -> {
                if (event instanceof GateEvent.NotStored) {
                    failed.countDown();
                }
            });

            KillReceipt kill = gate.kill(ALICE, "disk trouble");

            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
            assertThat(failed.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(kill.stored(Duration.ZERO)).isFalse();
            assertThat(gates.unstoredKills()).isEqualTo(1);

            Files.delete(obstacle.resolve("in the way"));
            Files.delete(obstacle);
            assertThat(kill.stored(SOON)).isTrue();
            assertThat(gates.unstoredKills()).isZero();
        }
        try (Gates gates = open()) {
            assertThat(gate(gates).live()).isFalse();
        }
    }

    @Test
    void damagedLogFailsTheStartOrStartsKilled() throws IOException {
        try (Gates gates = open()) {
            assertThat(gate(gates).kill(ALICE, "bad").stored(SOON)).isTrue();
        }
        Path file = directory.resolve("modelgate.log");
        List<String> lines = Files.readAllLines(file);
        Files.write(file, List.of(lines.get(0), lines.get(1).replace("bad", "BAD")));

        assertThatThrownBy(this::open).isInstanceOf(ControlLogException.class).hasMessageContaining("2");
        try (Gates gates =
                Gates.open(g -> g.controlLog(() -> FileControlLog.open(file)).startKilledIfLogRefuses())) {
            assertThat(gate(gates).call("x", CALLER)).isEqualTo("safe");
        }
    }
}
