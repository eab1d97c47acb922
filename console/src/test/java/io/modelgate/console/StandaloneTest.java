package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Guardrail;
import io.modelgate.rollout.Rate;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Stage;
import io.modelgate.rollout.Weight;
import io.modelgate.testkit.ForwardingControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A console on a control log that another process serves from. */
class StandaloneTest {

    private static final RolloutPolicy POLICY = RolloutPolicy.of(p -> p.name("careful")
            .step(Weight.percent(10), Duration.ofMinutes(10), 100)
            .guardrail(Guardrail.rate(Rate.ERRORS).atMost(0.5).requiredForPromotion())
            .soak(Duration.ofHours(1)));

    @TempDir
    Path directory;

    private final ConsoleRig people = new ConsoleRig();
    private Gates serving;
    private Rollouts rollouts;
    private ModelGate<String, String> credit;
    private Console console;

    @BeforeEach
    void open() {
        Path file = directory.resolve("modelgate.log");
        serving = Gates.open(g -> g.controlLog(FileControlLog.open(file)));
        rollouts = Rollouts.open(serving);
        credit = gate("credit-risk");
        Await.required(() -> !serving.log().instances().isEmpty()); // the gate is declared, and this process listed
        console = Console.standalone(() -> FileControlLog.open(file), people.people());
    }

    private ModelGate<String, String> gate(String name) {
        return serving.gate(
                name,
                g -> g.stable("v1", input -> "v1")
                        .version("v2", input -> "v2")
                        .attributes("region")
                        .router(Cohorts.router()));
    }

    @AfterEach
    void close() {
        console.close();
        rollouts.close();
        serving.close();
        people.close();
    }

    private Client as(Role role) {
        return new Client(console, people.token(role));
    }

    @Test
    void itShowsWhatTheLogKnowsAndLeavesOutWhatItDoesNot() {
        credit.call("a", Caller.of("user"));

        JsonNode gate = as(Role.VIEWER).get("/api/v1/gates/credit-risk").json();
        assertThat(gate.at("/summary/here").asBoolean()).isFalse();
        assertThat(gate.at("/summary/stable").asText()).isEqualTo("v1");
        assertThat(gate.at("/summary/traffic").isMissingNode()).isTrue();
        assertThat(gate.at("/totals").isMissingNode()).isTrue();
        assertThat(gate.at("/shares").isMissingNode()).isTrue();
        assertThat(gate.at("/versions/0/registered").asBoolean()).isFalse();
        assertThat(gate.at("/attributes/0").asText()).isEqualTo("region");
        JsonNode state = as(Role.VIEWER).get("/api/v1/state").json();
        assertThat(state.at("/standalone").asBoolean()).isTrue();
        assertThat(state.at("/gates").asInt()).isEqualTo(1);
    }

    @Test
    void nothingIsAppendedByLooking() {
        gate("fraud");
        as(Role.VIEWER).until("/api/v1/gates/fraud", gate -> gate.status() == 200);
        as(Role.VIEWER).get("/api/v1/rollouts");
        console.close();
        assertThat(serving.log().head().seq()).isEqualTo(2);
    }

    @Test
    void aKillIsConfirmedByTheProcessThatServesAndNotByTheConsole() {
        Client.Answer killed = as(Role.OPERATOR).post("/api/v1/kills", Map.of("gate", "credit-risk", "reason", "fell"));
        assertThat(killed.status()).isEqualTo(201);
        String id = killed.at("/kill/id").asText();

        JsonNode confirmation = as(Role.VIEWER)
                .get("/api/v1/kills/" + id + "/confirmation?wait=5000")
                .json();
        assertThat(confirmation.get("complete").asBoolean()).isTrue();
        assertThat(confirmation.get("confirmed")).hasSize(1);
        assertThat(confirmation.at("/confirmed/0/self").asBoolean()).isFalse();
        assertThat(confirmation.at("/confirmed/0/name").asText())
                .isEqualTo(serving.log().instance());
        assertThat(credit.live()).isFalse();

        assertThat(as(Role.APPROVER)
                        .post("/api/v1/kills/" + id + "/revive", Map.of("confirm", "credit-risk", "reason", "fixed"))
                        .status())
                .isEqualTo(200);
        Await.required(credit::live);
    }

    @Test
    void aKillThatIsNotStoredKillsNothingYet() {
        console.close();
        Path file = directory.resolve("modelgate.log");
        Refusing[] log = new Refusing[1];
        try (Console cut =
                Console.standalone(() -> log[0] = new Refusing(FileControlLog.open(file)), people.people())) {
            Client operator = new Client(cut, people.token(Role.OPERATOR));
            log[0].down = true;

            Client.Answer killed = operator.post("/api/v1/kills", Map.of("gate", "credit-risk", "reason", "fell"));
            assertThat(killed.at("/stored").booleanValue()).isFalse();
            assertThat(killed.at("/serving").booleanValue()).isFalse();
            JsonNode state = operator.get("/api/v1/state").json();
            assertThat(state.at("/killed").asInt()).isZero();
            assertThat(state.at("/unstoredKills").asInt()).isEqualTo(1);
            assertThat(operator.get("/api/v1/gates/credit-risk")
                            .at("/versions/0/live")
                            .booleanValue())
                    .isTrue();

            log[0].down = false;
            operator.until("/api/v1/state", each -> each.at("/killed").asInt() == 1);
        }
    }

    private static final class Refusing extends ForwardingControlLog {
        private volatile boolean down;

        Refusing(ControlLog log) {
            super(log);
        }

        @Override
        public List<Entry> append(List<Decision> decisions) {
            if (down) {
                throw new ControlLogException("the disk is full");
            }
            return super.append(decisions);
        }
    }

    @Test
    void aPreviewSaysThatWhatAnswersIsNotKnown() {
        Client.Answer preview = as(Role.VIEWER).post("/api/v1/kills/preview", Map.of("gate", "credit-risk"));
        assertThat(preview.at("/gates/0/known").booleanValue()).isFalse();
        assertThat(preview.at("/totalGates").asInt()).isEqualTo(1);
        assertThat(preview.at("/recent").isMissingNode()).isTrue();
    }

    @Test
    void aKillThatNobodyServesIsConfirmedByNobody() {
        serving.close();
        Client.Answer killed = as(Role.OPERATOR).post("/api/v1/kills", Map.of("gate", "credit-risk", "reason", "fell"));
        JsonNode confirmation = as(Role.VIEWER)
                .get("/api/v1/kills/" + killed.at("/kill/id").asText() + "/confirmation")
                .json();
        assertThat(confirmation.get("complete").asBoolean()).isFalse();
        assertThat(confirmation.get("confirmed")).isEmpty();
    }

    @Test
    void aKillMadeWhereItServesIsSeen() {
        serving.kill(Scope.version("credit-risk", "v2"), ConsoleRig.ALICE, "slow");
        as(Role.VIEWER)
                .until(
                        "/api/v1/gates",
                        gates -> gates.at("/gates/0/state").asText().equals("PARTLY_KILLED"));
    }

    @Test
    void newGatesAndNewVersionsAreFollowed() {
        gate("fraud");
        as(Role.VIEWER).until("/api/v1/gates", gates -> gates.at("/total").asInt() == 2);
        credit.register("v3", input -> "v3");
        as(Role.VIEWER)
                .until("/api/v1/gates/credit-risk", gate -> gate.at("/versions").size() == 3);
        ConsoleRig.stored(rollouts.start(credit, "v3", POLICY, ConsoleRig.ALICE, "new"));
        as(Role.VIEWER).until("/api/v1/gates/credit-risk/rollout", rollout -> rollout.status() == 200);
    }

    @Test
    void rolloutsAreSeenAndSteered() {
        ConsoleRig.stored(rollouts.start(credit, "v2", POLICY, ConsoleRig.ALICE, "canary"));
        JsonNode seen = as(Role.VIEWER)
                .until("/api/v1/gates/credit-risk/rollout", rollout -> rollout.status() == 200)
                .json();
        assertThat(seen.at("/summary/weight").asDouble()).isEqualTo(0.1);

        assertThat(as(Role.OPERATOR)
                        .post("/api/v1/gates/credit-risk/rollout/pause", Map.of("reason", "wait"))
                        .status())
                .isEqualTo(200);
        Await.required(() -> rollouts.status(credit).orElseThrow().paused());
        assertThat(as(Role.OPERATOR)
                        .post("/api/v1/gates/credit-risk/rollout/abort", Map.of("reason", "enough"))
                        .status())
                .isEqualTo(200);
        Await.required(() -> rollouts.status(credit).orElseThrow().stage() == Stage.ABORTED);
    }

    @Test
    void nobodyPromotesWhereTheEvidenceWasNotLookedAt() {
        ConsoleRig.stored(rollouts.start(credit, "v2", POLICY, ConsoleRig.ALICE, "canary"));
        JsonNode seen = as(Role.VIEWER)
                .until("/api/v1/gates/credit-risk/rollout", rollout -> rollout.status() == 200)
                .json();
        assertThat(seen.at("/evidenceKnown").booleanValue()).isFalse();
        Client.Answer refused =
                as(Role.APPROVER).post("/api/v1/gates/credit-risk/rollout/promote", Map.of("reason", "good"));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.detail()).contains("evidence");
        assertThat(credit.describe().stable()).contains("v1");
    }

    @Test
    void aRollbackSaysThatNobodyHereKnowsWhoHasTheRestoredVersion() {
        credit.version("v2").promote(ConsoleRig.ALICE, "good");
        as(Role.VIEWER)
                .until(
                        "/api/v1/gates/credit-risk",
                        gate -> gate.at("/summary/stable").asText().equals("v2"));
        Client.Answer back =
                as(Role.OPERATOR).post("/api/v1/gates/credit-risk/rollback", Map.of("reason", "not so good"));
        assertThat(back.at("/restored").asText()).isEqualTo("v1");
        assertThat(back.at("/reached").isMissingNode()).isTrue();
        assertThat(back.at("/remedies").toString())
                .contains("does not know whether any process has version \\\"v1\\\"");
        Await.required(() -> credit.describe().stable().orElseThrow().equals("v1"));
    }

    @Test
    void rolloutsOfGatesThatServeAreRefused() {
        assertThatThrownBy(() -> Console.standalone(
                        () -> FileControlLog.open(directory.resolve("other.log")),
                        people.people().andThen(c -> c.rollouts(rollouts))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("rollouts");
    }
}
