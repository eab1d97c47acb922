package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** While nothing is known of the log, every gate of the process is killed, and no longer. */
class UnknownLogTest {

    private static final Caller CALLER = Caller.of("user-42");
    private static final Duration ROUND = Duration.ofMillis(100);

    private final ScriptedLog log = new ScriptedLog();
    private final HandDrivenTime time = new HandDrivenTime();
    private final List<GateEvent> events = new ArrayList<>();

    private Gates open() {
        Gates gates =
                Gates.open(g -> g.controlLog(log).scheduler(time).ticker(time).eventExecutor(Runnable::run));
        gates.onEvent(events::add);
        return gates;
    }

    private static ModelGate<String, String> gate(Gates gates) {
        return gates.gate("credit", g -> g.stable("v1", x -> "v1").fallback(Rungs.constant("safe")));
    }

    @Test
    void gatesAreKilledUntilTheLogIsKnownAndNoLonger() {
        log.known(false);
        log.fail(true);
        try (Gates gates = open()) {
            ModelGate<String, String> gate = gate(gates);
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
            assertThat(gates.kills()).extracting(Kill::id).containsExactly("log-unknown");
            time.advance(ROUND.multipliedBy(10));
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");

            log.fail(false);
            log.known(true);
            time.advance(ROUND);

            assertThat(gate.call("x", CALLER)).isEqualTo("v1");
            assertThat(gates.kills()).isEmpty();
            assertThat(events)
                    .anyMatch(event -> event instanceof GateEvent.Released released
                            && released.kill().id().equals("log-unknown"));
        }
        assertThat(log.ids()).doesNotContain("log-unknown");
        try (Gates again = open()) {
            assertThat(again.kills()).isEmpty();
        }
    }

    @Test
    void anEntryThatArrivesMakesItLookAtOnce() {
        log.known(false);
        try (Gates gates = open()) {
            ModelGate<String, String> gate = gate(gates);
            log.known(true);
            log.append(List.of(new Decision("n", Instant.EPOCH, "note", false, "*", "bob", "asserted", "", Map.of())));
            assertThat(gate.call("x", CALLER)).isEqualTo("v1");
        }
    }

    @Test
    void whatTheLogHasKilledIsNeverServedInBetween() {
        log.known(false);
        try (Gates gates = open()) {
            ModelGate<String, String> gate = gate(gates);
            log.silence();
            log.append(List.of(new Decision(
                    "killed", Instant.EPOCH, EntryTypes.KILL, false, "credit", "bob", "asserted", "bad", Map.of())));
            log.unreadable(true);
            log.known(true);
            time.advance(ROUND);
            assertThat(gates.kills())
                    .as("it is known and not folded")
                    .extracting(Kill::id)
                    .containsExactly("log-unknown");

            log.unreadable(false);
            time.advance(ROUND);

            assertThat(gates.kills()).extracting(Kill::id).containsExactly("killed");
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
        }
    }

    @Test
    void noReviveReleasesIt() {
        log.known(false);
        try (Gates gates = open()) {
            gate(gates);
            assertThatThrownBy(() -> gates.revive("log-unknown", Actor.of("alice"), "go on"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("this process's own");
        }
    }

    @Test
    void aKillWorksMeanwhileAndStays() {
        log.known(false);
        log.fail(true);
        try (Gates gates = open()) {
            ModelGate<String, String> gate = gate(gates);
            KillReceipt kill = gate.kill(Actor.of("alice"), "bad");
            log.known(true);
            time.advance(ROUND);
            assertThat(gates.kills()).extracting(Kill::id).containsExactly(kill.id());
            assertThat(gate.call("x", CALLER)).isEqualTo("safe");
            log.fail(false);
            assertThat(kill.stored(Duration.ofSeconds(10))).isTrue();
        }
    }
}
