package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a module writes about the fleet for the record costs the gates nothing; what bears on them reaches each of them. */
class FleetEntryTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Gates gates = Gates.open(g -> {});
    private final ModelGate<String, String> gate =
            gates.gate("credit", g -> g.stable("v1", input -> "v1").router(new WeightRouter()));

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void anEntryForTheRecordMakesNoNewSnapshot() {
        assertThat(gates.kill(Scope.gate("credit"), ALICE, "so that the declaration is applied")
                        .stored(SOON))
                .isTrue();
        GateState<String, String> before = gate.state();

        Receipt receipt = gates.append(gates.decision("note-1", "note", Scope.FLEET, ALICE, "", Map.of()));

        assertThat(receipt.stored(SOON)).isTrue();
        assertThat(gate.state()).isSameAs(before);
    }

    @Test
    void aKillOfTheFleetAfterItReachesEachGate() {
        gates.append(gates.decision("note-1", "note", Scope.FLEET, ALICE, "", Map.of()));

        KillReceipt kill = gates.kill(Scope.fleet(), ALICE, "all");
        assertThat(kill.stored(SOON)).isTrue();
        assertThat(gate.live()).isFalse();
        assertThat(gates.revive(kill.id(), ALICE, "fixed").stored(SOON)).isTrue();
        assertThat(gate.live()).isTrue();
    }
}
