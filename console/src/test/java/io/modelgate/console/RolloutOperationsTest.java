package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Weight;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rollouts, as operators see and steer them. */
class RolloutOperationsTest {

    private static final RolloutPolicy POLICY = RolloutPolicy.of(p -> p.name("careful")
            .step(Weight.percent(50), Duration.ofMinutes(10), 100)
            .manualStep(Weight.percent(75), Duration.ofMinutes(10), 100)
            .guardrail(Guardrail.rate(Rate.ERRORS).atMost(0.5).requiredForPromotion())
            .sampleRatio(false)
            .holdback(Weight.percent(5))
            .soak(Duration.ofHours(1)));

    private final AtomicReference<Optional<String>> objection = new AtomicReference<>(Optional.empty());
    private final ConsoleRig rig = new ConsoleRig(g -> {}, r -> r.promotionGate(rollout -> objection.get()));
    private ModelGate<String, String> credit;

    @BeforeEach
    void gates() {
        credit = rig.gates.gate(
                "credit-risk",
                g -> g.stable("v1", input -> "v1").version("v2", input -> "v2").router(Cohorts.router()));
        rig.gates.<String, String>gate("plain", g -> g.stable("v1", input -> "v1"));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private void start() {
        ConsoleRig.stored(rig.rollouts.start(credit, "v2", POLICY, ConsoleRig.ALICE, "trained on 2026"));
        tick();
    }

    private void tick() {
        rig.time.advance(Duration.ofSeconds(2));
        rig.rollouts.tick();
    }

    private void call(int times) {
        for (int i = 0; i < times; i++) {
            credit.call("a", Caller.of("user-" + i));
        }
    }

    private Client.Answer steer(Role role, String action) {
        return rig.as(role).post("/api/v1/gates/credit-risk/rollout/" + action, Map.of("reason", "to see"));
    }

    private JsonNode seen() {
        return rig.viewer().get("/api/v1/gates/credit-risk/rollout").json();
    }

    private static List<String> types(JsonNode rollout) {
        return StreamSupport.stream(rollout.get("history").spliterator(), false)
                .map(entry -> entry.get("type").asText())
                .toList();
    }

    @Test
    void aRolloutIsShownWithItsStepsItsEvidenceAndItsHistory() {
        start();
        call(400);
        tick();

        JsonNode rollout = seen();
        assertThat(rollout.at("/summary/stage").asText()).isEqualTo("CANARY");
        assertThat(rollout.at("/summary/weight").asDouble()).isEqualTo(0.5);
        assertThat(rollout.at("/summary/running").asBoolean()).isTrue();
        assertThat(rollout.at("/policy").asText()).isEqualTo("careful");
        assertThat(rollout.at("/steps/0/weight").asDouble()).isEqualTo(0.5);
        assertThat(rollout.at("/steps/0/leastSeconds").asDouble()).isEqualTo(600);
        assertThat(rollout.at("/steps/1/manual").asBoolean()).isTrue();
        assertThat(rollout.at("/reached").asLong()).isBetween(150L, 250L);
        assertThat(rollout.at("/evidence/0/guardrail").asText()).isEqualTo("errors");
        assertThat(rollout.at("/evidenceKnown").booleanValue()).isTrue();
        assertThat(rollout.at("/evidence/0/band/unit").asText()).isEqualTo("SHARE");
        assertThat(rollout.at("/evidence/0/band/limit").asDouble()).isEqualTo(0.5);
        assertThat(rollout.at("/evidence/0/band/worse").asText()).isEqualTo("HIGHER");
        assertThat(types(rollout)).containsExactly("rollout");
        assertThat(rollout.at("/history/0/weight").asDouble()).isEqualTo(0.5);
        assertThat(rollout.at("/history/0/actor").asText()).isEqualTo("alice");
    }

    @Test
    void theBandsAreKeptAsTheyWere() {
        start();
        rig.console();
        for (int i = 1; i <= 3; i++) {
            call(100 * i);
            tick();
            int samples = i;
            rig.viewer()
                    .until(
                            "/api/v1/gates/credit-risk/rollout",
                            rollout -> rollout.at("/evidence/0/samples").size() >= samples);
        }
        JsonNode samples = seen().at("/evidence/0/samples");
        assertThat(samples.get(0).get("high").asDouble())
                .isGreaterThan(samples.get(samples.size() - 1).get("high").asDouble());
    }

    @Test
    void theGateSaysWhichRolloutRuns() {
        start();
        JsonNode gate = rig.viewer().get("/api/v1/gates").at("/gates/0");
        assertThat(gate.at("/name").asText()).isEqualTo("credit-risk");
        assertThat(gate.at("/candidate").asText()).isEqualTo("v2");
        assertThat(gate.at("/weight").asDouble()).isEqualTo(0.5);
        assertThat(gate.at("/rollout/stage").asText()).isEqualTo("CANARY");
        assertThat(rig.viewer().get("/api/v1/state").at("/rollouts").asInt()).isEqualTo(1);
        assertThat(rig.viewer().get("/api/v1/rollouts").at("/rollouts/0/gate").asText())
                .isEqualTo("credit-risk");
    }

    @Test
    void whatNeverHadARolloutIsNotFound() {
        assertThat(rig.viewer().get("/api/v1/gates/credit-risk/rollout").status())
                .isEqualTo(404);
        assertThat(rig.viewer().get("/api/v1/gates/plain/rollout").status()).isEqualTo(404);
        assertThat(rig.viewer().get("/api/v1/gates/nothing/rollout").status()).isEqualTo(404);
        assertThat(steer(Role.APPROVER, "pause").status()).isEqualTo(409);
        assertThat(steer(Role.ADMIN, "explode").status()).isEqualTo(404);
    }

    @Test
    void itIsPausedByAnOperatorAndResumedByAnApprover() {
        start();
        Client.Answer paused = steer(Role.OPERATOR, "pause");
        assertThat(paused.status()).isEqualTo(200);
        assertThat(paused.at("/stored").asBoolean()).isTrue();
        assertThat(seen().at("/summary/paused").asBoolean()).isTrue();
        assertThat(rig.viewer().get("/api/v1/rollouts").at("/rollouts/0/paused").asBoolean())
                .isTrue();
        assertThat(steer(Role.OPERATOR, "pause").status()).isEqualTo(409);

        assertThat(steer(Role.OPERATOR, "resume").status()).isEqualTo(403);
        assertThat(seen().at("/summary/paused").asBoolean()).isTrue();
        assertThat(steer(Role.APPROVER, "resume").status()).isEqualTo(200);
        assertThat(seen().at("/summary/paused").asBoolean()).isFalse();
        assertThat(types(seen())).containsExactly("rollout", "rollout-pause", "rollout-resume");
        assertThat(seen().at("/history/1/actor").asText()).isEqualTo("operator");
    }

    @Test
    void aStepIsApproved() {
        start();
        assertThat(steer(Role.OPERATOR, "approve").status()).isEqualTo(403);
        assertThat(steer(Role.APPROVER, "approve").status()).isEqualTo(200);
        assertThat(types(seen())).containsExactly("rollout", "rollout-approve");
    }

    @Test
    void aPromotionThatIsObjectedToIsRefusedWithTheObjection() {
        start();
        objection.set(Optional.of("the model card is missing"));
        Client.Answer refused = steer(Role.APPROVER, "promote");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.detail()).contains("the model card is missing");

        objection.set(Optional.empty());
        assertThat(steer(Role.OPERATOR, "promote").status()).isEqualTo(403);
        assertThat(steer(Role.APPROVER, "promote").status()).isEqualTo(200);
        JsonNode promoted = seen();
        assertThat(promoted.at("/summary/stage").asText()).isEqualTo("FULL");
        assertThat(promoted.at("/summary/weight").asDouble()).isEqualTo(0.95);
        assertThat(promoted.at("/history/1/weight").asDouble()).isEqualTo(0.95);
        JsonNode gate = rig.viewer().get("/api/v1/gates/credit-risk").at("/summary");
        assertThat(gate.at("/stable").asText()).isEqualTo("v2");
        assertThat(gate.at("/candidate").asText()).isEqualTo("v1");
        assertThat(gate.at("/weight").asDouble()).isCloseTo(0.05, org.assertj.core.data.Offset.offset(1e-9));
    }

    @Test
    void anAbortTakesItBack() {
        start();
        assertThat(steer(Role.VIEWER, "abort").status()).isEqualTo(403);
        assertThat(steer(Role.OPERATOR, "abort").status()).isEqualTo(200);
        assertThat(seen().at("/summary/stage").asText()).isEqualTo("ABORTED");
        assertThat(seen().at("/history/1/weight").asDouble()).isZero();
        assertThat(seen().at("/summary/running").asBoolean()).isFalse();
        assertThat(rig.viewer()
                        .get("/api/v1/gates/credit-risk")
                        .at("/summary/candidate")
                        .isMissingNode())
                .isTrue();
    }

    @Test
    void aRollbackUndoesThePromotionAndSaysWhatItCameTo() {
        start();
        call(100);
        tick();
        steer(Role.APPROVER, "promote");
        Client.Answer back =
                rig.as(Role.OPERATOR).post("/api/v1/gates/credit-risk/rollback", Map.of("reason", "approvals fell"));
        assertThat(back.status()).isEqualTo(200);
        assertThat(back.at("/restored").asText()).isEqualTo("v1");
        assertThat(back.at("/bad").asText()).isEqualTo("v2");
        assertThat(back.at("/reached").asLong()).isPositive();
        assertThat(seen().at("/summary/stage").asText()).isEqualTo("ROLLED_BACK");

        Client.Answer again =
                rig.as(Role.OPERATOR).post("/api/v1/gates/credit-risk/rollback", Map.of("reason", "approvals fell"));
        assertThat(again.status()).isEqualTo(409);
        assertThat(rig.as(Role.OPERATOR)
                        .post("/api/v1/gates/nothing/rollback", Map.of("reason", "typo"))
                        .status())
                .isEqualTo(404);
        assertThat(rig.as(Role.OPERATOR)
                        .post("/api/v1/gates/credit-risk/rollback", Map.of("reason", ""))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aKillOfTheCandidateIsPartOfTheHistory() {
        start();
        rig.gates.kill(Scope.version("credit-risk", "v2"), ConsoleRig.ALICE, "wrong");
        assertThat(types(seen())).containsExactly("rollout", "kill");
        assertThat(seen().at("/history/1/weight").asDouble()).isZero();
        assertThat(seen().at("/summary/weight").asDouble()).isZero();
    }

    @Test
    void aConsoleWithoutRolloutsShowsThemAndSteersNone() {
        start();
        try (Console console = rig.start(rig.gates, c -> {}, EventStreams.Rhythm.USUAL)) {
            Client approver = new Client(console, rig.token(Role.APPROVER));
            assertThat(approver.get("/api/v1/gates/credit-risk/rollout")
                            .at("/summary/stage")
                            .asText())
                    .isEqualTo("CANARY");
            assertThat(approver.post("/api/v1/gates/credit-risk/rollout/abort", Map.of("reason", "why"))
                            .status())
                    .isEqualTo(409);
        }
    }

    @Test
    void closedGatesSteerNothing() {
        start();
        Client operator = rig.as(Role.OPERATOR);
        rig.gates.close();
        assertThat(operator.post("/api/v1/gates/credit-risk/rollback", Map.of("reason", "late"))
                        .status())
                .isEqualTo(503);
    }
}
