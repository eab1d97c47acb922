package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.FileControlLog;
import io.modelgate.control.Instance;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Gates that stand in for others are known and killed as those are, and confirm nothing. */
class StandInTest {

    private static final Actor ALICE = Actor.of("alice");

    @TempDir
    Path directory;

    private static void gate(Gates gates) {
        gates.<String, String>gate("credit-risk", g -> g.stable("v1", input -> "v1"));
    }

    @Test
    @Timeout(60)
    void aKillIsConfirmedByWhoServesAndNotByWhoStandsIn() {
        Path file = directory.resolve("modelgate.log");
        try (Gates serving = Gates.open(g -> g.controlLog(FileControlLog.open(file)));
                Gates console =
                        Gates.open(g -> g.controlLog(FileControlLog.open(file)).standIn())) {
            gate(serving);
            gate(console);
            while (console.log().instances().isEmpty()) { // what serves is listed soon after it does
                Thread.onSpinWait();
            }
            KillReceipt kill = console.kill(Scope.gate("credit-risk"), ALICE, "fell");

            Confirmation confirmation = kill.confirmed(Duration.ofSeconds(10));
            while (!confirmation.complete()) { // it was silent, where the machine stood still for seconds
                confirmation = kill.confirmed(Duration.ofSeconds(10));
            }
            assertThat(confirmation.confirmed())
                    .extracting(Instance::name)
                    .containsExactly(serving.log().instance());
            assertThat(serving.gate("credit-risk").live()).isFalse();
        }
    }

    @Test
    void withoutAnybodyWhoServesNothingIsConfirmed() {
        try (Gates console = Gates.open(g -> g.standIn())) {
            gate(console);
            KillReceipt kill = console.kill(Scope.gate("credit-risk"), ALICE, "fell");

            assertThat(kill.stored(Duration.ofSeconds(5))).isTrue();
            assertThat(kill.confirmed(Duration.ZERO).complete()).isFalse();
            assertThat(console.gate("credit-risk").live()).isFalse();
        }
    }

    @Test
    void aGateIsDescribedAloneAsItIsAmongAll() {
        try (Gates gates = Gates.open(g -> {})) {
            gate(gates);
            gates.kill(Scope.fleet(), ALICE, "all");

            assertThat(gates.describe("credit-risk").map(List::of)).contains(gates.describe());
            assertThat(gates.describe("credit")).isEmpty();
            assertThat(gates.describe("*")).isEmpty();
        }
    }
}
