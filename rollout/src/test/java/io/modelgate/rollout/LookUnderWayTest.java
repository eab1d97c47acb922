package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That users' code hangs, and nothing is judged, is told. */
@Timeout(120)
class LookUnderWayTest {

    private final ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
    private final Hang hang = new Hang();
    private final BlockingQueue<RolloutEvent> hindered = new LinkedBlockingQueue<>();

    private Gates gates;
    private Rollouts rollouts;

    @BeforeEach
    void startWithASourceThatHangs() throws InterruptedException {
        gates = Gates.open(g -> g.ticker(time).instants(time).scheduler(time));
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.stable("v1", input -> "v1").version("v2", input -> "v2").router(Cohorts.router()));
        rollouts = Rollouts.open(
                gates,
                r -> r.guardrailTest("quality", (counts, share, alpha) -> Finding.INCONCLUSIVE)
                        .observations((of, rollout, since) -> {
                            hang.here();
                            return StepCounts.NONE;
                        }));
        rollouts.onEvent(event -> {
            if (event instanceof RolloutEvent.Hindered) {
                hindered.add(event);
            }
        });
        assertThat(rollouts.start(gate, "v2", Rig.read(Rig.policy()), Rig.ALICE, "canary")
                        .stored(Duration.ofSeconds(5)))
                .isTrue();
        time.advance(Duration.ofSeconds(1));
        hang.reached();
    }

    @AfterEach
    void close() {
        hang.close();
        rollouts.close();
        gates.close();
    }

    private void seconds(int many) {
        for (int i = 0; i < many; i++) {
            time.advance(Duration.ofSeconds(1));
        }
    }

    @Test
    void aLookThatDoesNotEndIsToldOfOnceWithWhereItIs() throws Exception {
        seconds(29);
        assertThat(hindered.poll(50, TimeUnit.MILLISECONDS)).isNull();
        seconds(1);
        RolloutEvent event = hindered.poll(20, TimeUnit.SECONDS);
        assertThat(event).isNotNull();
        assertThat(event.gate()).isEqualTo("credit");
        assertThat(event.reason())
                .contains(
                        "has not ended for 30 s",
                        "in io.modelgate.rollout.Hang.here (Hang.java:",
                        "no rollout of this process is judged");
        seconds(120);
        assertThat(hindered.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void aListenerThatHangsTooKeepsNothingFromItsTime() throws Exception {
        Hang listener = new Hang();
        rollouts.onEvent(event -> listener.here());
        seconds(30); // on this thread, as on that of the scheduler
        listener.reached();
        seconds(30);
        listener.close();
    }

    @Test
    void aSourceThatComesBackIsAskedAgain() throws Exception {
        seconds(31);
        assertThat(hindered.poll(20, TimeUnit.SECONDS)).isNotNull();
        hang.close();
        rollouts.tick(); // waits for the one that hung
        seconds(120);
        assertThat(hindered.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }
}
