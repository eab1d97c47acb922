package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A candidate that takes longer to answer than stable does: its calls under way are callers that came to it. */
class SlowCandidateTest {

    @Test
    void callsUnderWayAreNoSampleRatioMismatch() {
        ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
        try (Gates gates = Gates.open(
                        g -> g.ticker(time).instants(time).scheduler(time).eventExecutor(Runnable::run));
                Rollouts rollouts = Rollouts.open(gates, r -> r.manual())) {
            ModelGate<String, String> gate = gates.gate("summary", g -> {
                g.asyncStable("v1", (input, call) -> CompletableFuture.completedFuture("v1"))
                        .router(Cohorts.router());
                g.asyncVersion("v2", (input, call) -> new CompletableFuture<String>());
            });
            rollouts.start(
                    gate,
                    "v2",
                    RolloutPolicy.of(p -> p.name("even")
                            .step(Weight.percent(50), Duration.ofMinutes(10), 100)
                            .guardrail(Guardrail.rate(Rate.ERRORS).requiredForPromotion())),
                    Actor.of("alice"),
                    "");
            rollouts.tick();
            for (int i = 0; i < 400; i++) {
                var unused = gate.callAsync("", Caller.of("user-" + i));
            }
            time.advance(Duration.ofSeconds(1));
            rollouts.tick();
            assertThat(rollouts.status(gate).orElseThrow().stage())
                    .as(rollouts.status(gate).orElseThrow().reason())
                    .isEqualTo(Stage.CANARY);
        }
    }
}
