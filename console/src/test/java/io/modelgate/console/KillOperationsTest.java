package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.Scope;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.fallback.Ladder;
import io.modelgate.testkit.ForwardingControlLog;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The switch, as operators use it. */
class KillOperationsTest {

    private final ConsoleRig rig = new ConsoleRig();
    private ModelGate<String, String> credit;

    @BeforeEach
    void gates() {
        credit = rig.gates.gate(
                "credit-risk",
                g -> g.stable("v1", input -> "v1")
                        .version("v2", input -> "v2")
                        .attributes("region")
                        .fallback(Ladder.of(
                                l -> l.rule("debt-ratio", input -> "rule").degrade("refer"))));
        rig.gates.<String, String>gate("fraud", g -> g.stable("v1", input -> "v1"));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private static Map<String, Object> order(String gate, String reason, String... more) {
        Map<String, Object> order = new HashMap<>(Map.of("gate", gate, "reason", reason));
        for (int i = 0; i < more.length; i += 2) {
            order.put(more[i], more[i + 1]);
        }
        return order;
    }

    @Test
    void ofKillsOfOneInstantTheLastThatWasEngagedComesFirst() {
        for (int i = 0; i < 9; i++) {
            rig.gates.kill(Scope.gate("credit-risk"), Actor.of("alice"), "again " + i);
        }

        assertThat(rig.viewer().get("/api/v1/kills").json().findValuesAsText("reason"))
                .containsExactly(
                        "again 8", "again 7", "again 6", "again 5", "again 4", "again 3", "again 2", "again 1",
                        "again 0");
    }

    @Test
    void aKillIsInForceAndStoredWhenTheAnswerComes() {
        Client.Answer answer = rig.as(Role.OPERATOR).post("/api/v1/kills", order("credit-risk", "approval rate fell"));

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.at("/stored").booleanValue()).isTrue();
        assertThat(answer.at("/kill/on").textValue()).isEqualTo("credit-risk");
        assertThat(credit.live()).isFalse();
        assertThat(credit.decide("a", Caller.of("user")).cause()).contains(Cause.KILLED);
    }

    @Test
    void theLatestKillComesFirstWhateverItIsOn() {
        rig.as(Role.OPERATOR).post("/api/v1/kills", order("*", "first"));
        rig.time.advance(Duration.ofSeconds(1));
        rig.as(Role.OPERATOR).post("/api/v1/kills", order("fraud", "second"));
        rig.time.advance(Duration.ofSeconds(1));
        rig.as(Role.OPERATOR).post("/api/v1/kills", order("credit-risk", "third"));

        JsonNode kills = rig.as(Role.VIEWER).get("/api/v1/kills").at("/kills");
        assertThat(kills)
                .extracting(kill -> kill.get("reason").textValue())
                .containsExactly("third", "second", "first");
    }

    @Test
    void theActorIsWhoAuthenticatedAndNotWhatTheBodySays() {
        Client.Answer refused = rig.as(Role.OPERATOR)
                .post("/api/v1/kills", order("credit-risk", "approval rate fell", "actor", "somebody else"));
        assertThat(refused.status()).isEqualTo(400);

        rig.as(Role.OPERATOR).post("/api/v1/kills", order("credit-risk", "approval rate fell"));
        Entry last = rig.gates.log().read(rig.gates.log().head().seq() - 1, 1).get(0);
        assertThat(last.decision().actor()).isEqualTo("operator");
        assertThat(last.decision().authentication()).isEqualTo("console-token");
    }

    @Test
    void aViewerCannotKill() {
        Client.Answer answer = rig.viewer().post("/api/v1/kills", order("credit-risk", "curious"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(rig.gates.kills()).isEmpty();
    }

    @Test
    void aKillIsVisibleInTheNextAnswer() {
        Client operator = rig.as(Role.OPERATOR);
        assertThat(operator.get("/api/v1/gates").at("/gates/0/state").textValue())
                .isEqualTo("LIVE");

        for (int i = 0; i < 10; i++) { // the answer before is so fresh that it would do, if nothing had been decided
            operator.post("/api/v1/kills", order("fraud", "chargebacks"));
            JsonNode first = operator.get("/api/v1/gates").at("/gates/0");
            assertThat(first.at("/name").textValue()).isEqualTo("fraud");
            assertThat(first.at("/state").textValue()).isEqualTo("KILLED");
            assertThat(operator.get("/api/v1/state").at("/killed").intValue()).isEqualTo(1);

            rig.as(Role.APPROVER)
                    .post(
                            "/api/v1/kills/" + rig.gates.kills().get(0).id() + "/revive",
                            Map.of("confirm", "fraud", "reason", "fixed"));
            assertThat(operator.get("/api/v1/state").at("/killed").intValue()).isZero();
        }
    }

    @Test
    void aKillThatCodeMakesIsVisibleBeforeItIsStored() {
        Client viewer = rig.viewer();
        viewer.get("/api/v1/state");
        rig.gates.kill(Scope.fleet(), Actor.of("alice"), "in code");
        Client.Answer state =
                viewer.until("/api/v1/state", each -> each.at("/killed").asInt() == 2);
        assertThat(state.at("/kills").asInt()).isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsNotFoundAndWhatIsWrongIsSaidInTheLibrarysWords() {
        Client operator = rig.as(Role.OPERATOR);

        assertThat(operator.post("/api/v1/kills", order("credit-rsk", "typo")).status())
                .isEqualTo(404);
        assertThat(operator.post("/api/v1/kills", order("credit-risk", "typo", "version", "v3"))
                        .status())
                .isEqualTo(404);
        Client.Answer attribute =
                operator.post("/api/v1/kills", order("credit-risk", "typo", "attribute", "regoin", "value", "eu"));
        assertThat(attribute.status()).isEqualTo(400);
        assertThat(attribute.detail()).contains("regoin").contains("region");
        assertThat(operator.post("/api/v1/kills", order("credit-risk", "half", "attribute", "region"))
                        .status())
                .isEqualTo(400);
        assertThat(operator.post("/api/v1/kills", order("credit-risk", " ")).status())
                .isEqualTo(400);
        assertThat(operator.post("/api/v1/kills", order("credit-risk", "x".repeat(2_001)))
                        .status())
                .isEqualTo(400);
        assertThat(operator.post("/api/v1/kills", Map.of("reason", "which?")).detail())
                .contains("gate");
        assertThat(operator.post("/api/v1/kills", Map.of("gate", "fraud")).detail())
                .contains("reason");
        assertThat(operator.get("/api/v1/kills/kill-0/confirmation").status()).isEqualTo(404);
        assertThat(operator.get("/api/v1/kills/kill-0").status()).isEqualTo(404);
        assertThat(rig.gates.kills()).isEmpty();
    }

    @Test
    void aPreviewSaysWhatAnswersInsteadAndChangesNothing() {
        credit.call("a", Caller.of("user").with("region", "eu"));
        credit.call("a", Caller.of("other").with("region", "us"));

        Client.Answer fleet = rig.viewer().post("/api/v1/kills/preview", Map.of("gate", "*"));
        assertThat(fleet.at("/on").textValue()).isEqualTo("*");
        assertThat(fleet.at("/totalGates").intValue()).isEqualTo(2);
        assertThat(fleet.at("/gates/0/gate").textValue()).isEqualTo("credit-risk");
        assertThat(fleet.at("/gates/0/answers/0").textValue()).isEqualTo("debt-ratio");
        assertThat(fleet.at("/gates/1/answers")).isEmpty();

        assertThat(fleet.at("/gates/0/known").booleanValue()).isTrue();
        assertThat(fleet.at("/recent").isMissingNode()).isTrue();

        Client.Answer eu = rig.viewer()
                .post("/api/v1/kills/preview", Map.of("gate", "credit-risk", "attribute", "region", "value", "eu"));
        assertThat(eu.at("/on").textValue()).isEqualTo("credit-risk[region=eu]");
        assertThat(eu.at("/recent/matching").intValue()).isEqualTo(1);
        assertThat(eu.at("/recent/sampled").intValue()).isEqualTo(2);
        assertThat(rig.gates.kills()).isEmpty();
    }

    @Test
    void aKillOfAVersionPartlyKillsItsGateAndOneOfAllVersionsKillsIt() {
        Client operator = rig.as(Role.OPERATOR);
        operator.post("/api/v1/kills", order("credit-risk", "slow", "version", "v2"));
        assertThat(operator.get("/api/v1/gates?q=credit").at("/gates/0/state").textValue())
                .isEqualTo("PARTLY_KILLED");

        operator.post("/api/v1/kills", order("credit-risk", "slow", "version", "v1"));
        assertThat(operator.get("/api/v1/gates?state=KILLED")
                        .at("/gates/0/name")
                        .textValue())
                .isEqualTo("credit-risk");
    }

    @Test
    void theProcessConfirmsAndAnyKillCanBeAskedAbout() {
        KillReceipt kill = rig.gates.kill(Scope.gate("fraud"), Actor.of("alice"), "in code");

        Client.Answer answer = rig.viewer().get("/api/v1/kills/" + kill.id() + "/confirmation?wait=2000");
        assertThat(answer.at("/complete").booleanValue()).isTrue();
        assertThat(answer.at("/confirmed/0/self").booleanValue()).isTrue();
        assertThat(answer.at("/confirmed/0/name").textValue())
                .isEqualTo(rig.viewer().get("/api/v1/state").at("/process").textValue());
        assertThat(rig.viewer()
                        .get("/api/v1/kills/" + kill.id() + "/confirmation?wait=6000")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aKillThatWasRevivedIsConfirmedByNobody() {
        KillReceipt kill = rig.gates.kill(Scope.gate("fraud"), Actor.of("alice"), "in code");
        rig.viewer().get("/api/v1/kills/" + kill.id() + "/confirmation?wait=2000");
        rig.gates.revive(kill.id(), Actor.of("alice"), "fixed").stored(java.time.Duration.ofSeconds(5));

        Client.Answer answer = rig.viewer().get("/api/v1/kills/" + kill.id() + "/confirmation");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.detail()).contains("revived");
    }

    @Test
    void whatTheLogRefusesIsNotDecidedAndAKillThatItRefusesSaysWhy() {
        Refusing log = new Refusing(new MemoryControlLog());
        try (ConsoleRig refused = new ConsoleRig(g -> g.controlLog(log))) {
            refused.gates.<String, String>gate("fraud", g -> g.stable("v1", input -> "v1"));
            String kill = refused.gates
                    .kill(Scope.gate("fraud"), ConsoleRig.ALICE, "chargebacks")
                    .id();
            Client admin = refused.as(Role.ADMIN);
            log.down = true;

            Client.Answer revive =
                    admin.post("/api/v1/kills/" + kill + "/revive", Map.of("confirm", "fraud", "reason", "fixed"));
            assertThat(revive.status()).isEqualTo(503);
            assertThat(revive.detail()).contains("the disk is full");
            Client.Answer again = admin.post("/api/v1/kills", order("fraud", "again"));
            assertThat(again.status()).isEqualTo(201);
            assertThat(again.at("/stored").booleanValue()).isFalse();
            assertThat(again.at("/serving").booleanValue()).isTrue();
            assertThat(again.at("/problem").isMissingNode()).isTrue(); // it is tried until it is stored
            log.down = false;
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
    void killsAreListedTheLatestFirst() {
        rig.gates.kill(Scope.fleet().where("region", "eu"), ConsoleRig.ALICE, "first");
        rig.time.advance(java.time.Duration.ofSeconds(1));
        rig.gates.kill(Scope.version("credit-risk", "v2"), ConsoleRig.ALICE, "second");

        Client.Answer kills = rig.viewer().get("/api/v1/kills");
        assertThat(kills.at("/kills/0/on").textValue()).isEqualTo("credit-risk/v2");
        assertThat(kills.at("/kills/1/scope/attribute").textValue()).isEqualTo("region");
    }

    @Test
    void aReviveAsksForTheWordsOfTheKillAndSaysWhatStaysKilled() {
        String kill = rig.gates
                .kill(Scope.gate("credit-risk"), ConsoleRig.ALICE, "all")
                .id();
        rig.gates.kill(Scope.version("credit-risk", "v2"), ConsoleRig.ALICE, "slow");
        Client approver = rig.as(Role.APPROVER);

        Client.Answer preview = approver.get("/api/v1/kills/" + kill);
        assertThat(preview.at("/role").textValue()).isEqualTo("APPROVER");
        assertThat(preview.at("/stillEngaged/0/on").textValue()).isEqualTo("credit-risk/v2");

        Map<String, String> wrong = Map.of("confirm", "Credit-risk", "reason", "fixed");
        assertThat(approver.post("/api/v1/kills/" + kill + "/revive", wrong).status())
                .isEqualTo(400);
        assertThat(rig.gates.kills()).hasSize(2);

        Map<String, String> right = Map.of("confirm", "credit-risk", "reason", "fixed");
        assertThat(rig.as(Role.OPERATOR)
                        .post("/api/v1/kills/" + kill + "/revive", right)
                        .status())
                .isEqualTo(403);
        Client.Answer revived = approver.post("/api/v1/kills/" + kill + "/revive", right);
        assertThat(revived.status()).isEqualTo(200);
        assertThat(revived.at("/released/0/id").textValue()).isEqualTo(kill);
        assertThat(revived.at("/stillEngaged/0/on").textValue()).isEqualTo("credit-risk/v2");
        assertThat(rig.gates.kills()).hasSize(1);
        assertThat(approver.post("/api/v1/kills/" + kill + "/revive", right).status())
                .isEqualTo(404);
    }

    @Test
    void onlyAnAdminRevivesAKillOfTheFleet() {
        String kill = rig.gates
                .kill(Scope.fleet().where("region", "eu"), ConsoleRig.ALICE, "law")
                .id();
        Map<String, String> order = Map.of("confirm", "*[region=eu]", "reason", "allowed again");

        Client.Answer refused = rig.as(Role.APPROVER).post("/api/v1/kills/" + kill + "/revive", order);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(rig.gates.kills()).hasSize(1);
        assertThat(rig.viewer().get("/api/v1/kills/" + kill).at("/role").textValue())
                .isEqualTo("ADMIN");

        assertThat(rig.as(Role.ADMIN)
                        .post("/api/v1/kills/" + kill + "/revive", order)
                        .status())
                .isEqualTo(200);
    }

    @Test
    void closedGatesDecideNothingAndSaySo() {
        Client operator = rig.as(Role.OPERATOR);
        rig.gates.close();

        Client.Answer answer = operator.post("/api/v1/kills", order("fraud", "late"));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.detail()).contains("closed");
        assertThat(operator.until("/api/v1/state", state -> state.at("/closed").booleanValue())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aKilledCallFallsBackAsThePreviewSaid() {
        rig.as(Role.OPERATOR).post("/api/v1/kills", order("credit-risk", "drill"));

        Outcome<String> outcome = credit.decide("a", Caller.of("user"));
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.FellBack.class, fell -> assertThat(fell.rung()).isEqualTo("debt-ratio"));
    }
}
