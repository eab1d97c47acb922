package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Permit;
import org.junit.jupiter.api.Test;

class UnderWayTest {

    private static final long MINUTE = 60_000_000_000L;

    @Test
    void aCallThatNeverComesBackIsACallerWhoIsMissing() {
        try (Gates gates = Gates.open(g -> {})) {
            ModelGate<String, String> gate = gates.gate("credit-risk", g -> g.stable("v1", in -> in));
            UnderWay underWay = new UnderWay(gate.version("v1"), 0);
            assertThat(underWay.calls(0)).isZero();
            try (Permit<String, String> hung = gate.enter(Caller.of("a"))) {
                assertThat(hung.granted()).isTrue();
                assertThat(underWay.calls(1)).isEqualTo(1);
                assertThat(underWay.calls(MINUTE)).isEqualTo(1);
                assertThat(underWay.calls(2 * MINUTE)).as("two minutes on").isZero();
                try (Permit<String, String> fresh = gate.enter(Caller.of("b"))) {
                    assertThat(fresh.granted()).isTrue();
                    assertThat(underWay.calls(2 * MINUTE + 1))
                            .as("the fresh one")
                            .isEqualTo(1);
                }
                assertThat(underWay.calls(2 * MINUTE + 2)).isLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void ofAVersionThatThisProcessDoesNotKnowNothingIsUnderWay() {
        assertThat(new UnderWay(null, 0).calls(MINUTE)).isZero();
    }
}
