package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Decision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a log's store did not take before a process ended is in force in the next one, and on its way again. */
class OwedTest {

    private static final Caller CALLER = Caller.of("user-42");

    private final ScriptedLog log = new ScriptedLog();
    private final HandDrivenTime time = new HandDrivenTime();

    private static Decision decision(String id, String type, Map<String, Object> data) {
        return new Decision(id, Instant.EPOCH, type, false, "credit", "bob", "asserted", "bad", data);
    }

    private static Decision kill(String id) {
        return decision(id, EntryTypes.KILL, Map.of());
    }

    private Gates open() {
        return Gates.open(g -> g.controlLog(log).scheduler(time).ticker(time));
    }

    private static ModelGate<String, String> gate(Gates gates) {
        return gates.gate("credit", g -> g.stable("v1", x -> "v1").fallback(Rungs.constant("safe")));
    }

    @Test
    void anOwedKillIsInForceFromTheStartThoughTheLogTakesNothing() {
        log.owes(kill("owed"));
        log.fail(true);
        try (Gates gates = open()) {
            assertThat(gate(gates).call("x", CALLER)).isEqualTo("safe");
            assertThat(gates.kills()).extracting(Kill::id).containsExactly("owed");
            assertThat(gates.unstoredKills()).isEqualTo(1);
            log.fail(false);
        }
        assertThat(log.ids()).contains("owed");
    }

    @Test
    void allThatIsOwedIsAppendedOnce() {
        log.owes(kill("owed"), decision("report", "fork", Map.of()));
        for (int start = 0; start < 2; start++) {
            try (Gates gates = open()) {
                assertThat(gate(gates).live()).isFalse();
            }
        }
        assertThat(log.ids()).startsWith("owed", "report").doesNotHaveDuplicates();
    }

    @Test
    void anOwedKillThatTheLogHoldsAndHasReleasedStaysReleased() {
        log.append(List.of(kill("owed"), decision("revive", EntryTypes.REVIVE, Map.of("kills", List.of("owed")))));
        log.owes(kill("owed"));
        try (Gates gates = open()) {
            assertThat(gate(gates).call("x", CALLER)).isEqualTo("v1");
        }
        assertThat(log.ids()).filteredOn("owed"::equals).hasSize(1);
    }

    @Test
    void whatIsOwedOnceTheLogIsReplacedIsEngagedAndAppended() {
        try (Gates gates = open()) {
            ModelGate<String, String> gate = gate(gates);
            log.owes(kill("of-a-fork-not-seen-here"));
            log.forkAt(log.head().seq());
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
            assertThat(log.ids()).contains("of-a-fork-not-seen-here");
        }
    }
}
