package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class TestkitTest {

    private static final Caller CALLER = Caller.of("user-42");

    @Test
    void manualTimeDrivesTimeoutsAndTimestamps() {
        ManualTime time = new ManualTime();
        ScriptedModel<String, String> model = ScriptedModel.<String, String>answering("fine")
                .thenTake(time, Duration.ofSeconds(1), "late")
                .thenThrow(new IllegalStateException("down"));
        try (Gates gates = Gates.open(g -> g.ticker(time).instants(time))) {
            ModelGate<String, String> gate =
                    gates.gate("g", g -> g.stable("v1", model).modelTimeout(Duration.ofMillis(500)));

            OutcomeAssert.assertThat(gate.decide("a", CALLER)).answeredBy("v1").with("fine");
            OutcomeAssert.assertThat(gate.decide("b", CALLER))
                    .failed()
                    .because(Cause.TIMEOUT)
                    .routedTo("v1");
            OutcomeAssert.assertThat(gate.decide("c", CALLER)).failed().because(Cause.ERROR);
            OutcomeAssert.assertThat(gate.decide("d", CALLER)).because(Cause.ERROR);
            assertThat(model.inputs()).containsExactly("a", "b", "c", "d");
        }
        assertThat(time.instant()).isEqualTo(Instant.parse("2026-01-01T00:00:01Z"));
    }

    @Test
    void correctedClockLeavesElapsedTimeAlone() {
        ManualTime time = new ManualTime();

        time.setClock(Instant.EPOCH);

        assertThat(time.read()).isZero();
        assertThat(time.instant()).isEqualTo(Instant.EPOCH);
        assertThatThrownBy(() -> time.advance(Duration.ofNanos(-1))).hasMessageContaining("backwards");
    }

    @Test
    void gatesThatAreAlwaysLiveOrKilled() {
        OutcomeAssert.assertThat(TestGates.<String, String>live("yes").decide("x", CALLER))
                .answeredBy("v1")
                .with("yes");
        OutcomeAssert.assertThat(TestGates.<String, String>killed("safe").decide("x", CALLER))
                .fellBackTo("degrade")
                .because(Cause.KILLED)
                .with("safe");
        OutcomeAssert.assertThat(
                        TestGates.<String, String>killedWithoutFallback("never").decide("x", CALLER))
                .refused();
    }

    @Test
    void assertionsFailWithTheOutcome() {
        Outcome<String> answered = new Outcome.Answered<>("yes", "v1");

        assertThatThrownBy(() -> OutcomeAssert.assertThat(answered).fellBackTo("rule"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("v1")
                .hasMessageContaining("<rule>");
        assertThatThrownBy(() -> OutcomeAssert.assertThat(answered).answeredBy("v2"))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> OutcomeAssert.assertThat(answered).because(Cause.ERROR))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> OutcomeAssert.assertThat(answered).with("no")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> OutcomeAssert.assertThat(answered).refused()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> OutcomeAssert.assertThat(answered).failed()).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> OutcomeAssert.assertThat(answered).routedTo("v2"))
                .isInstanceOf(AssertionError.class);
    }
}
