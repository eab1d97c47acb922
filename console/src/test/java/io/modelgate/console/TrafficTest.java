package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.testkit.ScriptedModel;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Figures are those of the last minute, whatever came before. */
class TrafficTest {

    private final ConsoleRig rig = new ConsoleRig();
    private final Traffic traffic = new Traffic(rig.gates);

    @AfterEach
    void close() {
        rig.close();
    }

    private ModelGate<String, String> gate(String name) {
        return rig.gates.gate(name, g -> g.stable("v1", ScriptedModel.answering("v1")));
    }

    private void seconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            rig.time.advance(Duration.ofSeconds(1));
            traffic.sampleIfDue();
        }
    }

    private static void call(ModelGate<String, String> gate, int times) {
        for (int i = 0; i < times; i++) {
            gate.call("a", Caller.of("user"));
        }
    }

    private long calls(String gate) {
        return traffic.of(gate).traffic().calls();
    }

    @Test
    void callsAreForgottenAfterAMinute() {
        ModelGate<String, String> credit = gate("credit-risk");
        call(credit, 10);
        seconds(1);
        assertThat(calls("credit-risk")).isEqualTo(10);
        seconds(54);
        assertThat(calls("credit-risk")).isEqualTo(10);
        assertThat(traffic.of("credit-risk").traffic().seconds()).isEqualTo(55);
        call(credit, 5);
        seconds(10);
        assertThat(calls("credit-risk")).isEqualTo(5);
        assertThat(traffic.of("credit-risk").traffic().seconds()).isEqualTo(60);
        assertThat(traffic.of("credit-risk").shares()).containsEntry("v1", 1.0);
        seconds(65);
        assertThat(calls("credit-risk")).isZero();
        assertThat(traffic.of("credit-risk").shares()).isEmpty();
    }

    @Test
    void aGateThatIsNewHadNoCallsBefore() {
        seconds(3);
        ModelGate<String, String> late = gate("late");
        call(late, 4);
        seconds(1);
        assertThat(calls("late")).isEqualTo(4);
    }

    @Test
    void aGateIsLookedAtEverySecondAtFirstAndThenEveryFive() {
        seconds(10);
        rig.time.advance(Duration.ofSeconds(4));
        assertThat(traffic.sampleIfDue()).isFalse();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(traffic.sampleIfDue()).isTrue();
    }

    @Test
    void aPauseOfTheConsoleIsCoveredInFull() {
        ModelGate<String, String> credit = gate("credit-risk");
        seconds(1);
        call(credit, 3);
        rig.time.advance(Duration.ofMinutes(10));
        traffic.sampleIfDue();
        assertThat(calls("credit-risk")).isEqualTo(3);
        assertThat(traffic.of("credit-risk").traffic().seconds()).isEqualTo(600);
    }
}
