package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.fallback.Ladder;
import io.modelgate.testkit.ScriptedModel;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see of gates. */
class GateOperationsTest {

    private final ConsoleRig rig = new ConsoleRig();
    private final ScriptedModel<String, String> model = ScriptedModel.answering("v1");
    private ModelGate<String, String> credit;

    @BeforeEach
    void gates() {
        credit = gate("credit-risk");
        rig.gates.<String, String>gate("fraud", g -> g.stable("v1", input -> "v1"));
        rig.gates.<String, String>gate("churn", g -> g.stable("v1", input -> "v1"));
    }

    private ModelGate<String, String> gate(String name) {
        return rig.gates.gate(
                name,
                g -> g.stable("v1", model)
                        .version("v2", input -> "v2")
                        .attributes("region")
                        .fallback(Ladder.of(l -> l.degrade("refer"))));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private String names(String query) {
        return String.join(
                " ",
                StreamSupport.stream(
                                rig.viewer()
                                        .get("/api/v1/gates" + query)
                                        .at("/gates")
                                        .spliterator(),
                                false)
                        .map(gate -> gate.get("name").textValue())
                        .toList());
    }

    @Test
    void gatesThatNeedAttentionComeFirst() {
        assertThat(names("")).isEqualTo("churn credit-risk fraud");

        rig.gates.kill(Scope.version("credit-risk", "v2"), ConsoleRig.ALICE, "slow");
        assertThat(rig.viewer()
                        .until(
                                "/api/v1/gates",
                                a -> a.at("/gates/0/name").asText().equals("credit-risk"))
                        .at("/gates/0/state")
                        .asText())
                .isEqualTo("PARTLY_KILLED");
        rig.gates.kill(Scope.gate("fraud"), ConsoleRig.ALICE, "chargebacks");
        rig.viewer().until("/api/v1/gates", a -> a.at("/gates/0/name").asText().equals("fraud"));
        assertThat(names("")).isEqualTo("fraud credit-risk churn");
    }

    @Test
    void gatesAreFoundByAPartOfTheirNameAndByTheirState() {
        rig.gates.kill(Scope.gate("fraud"), ConsoleRig.ALICE, "chargebacks");

        assertThat(names("?q=R")).isEqualTo("fraud churn credit-risk");
        assertThat(names("?q=r&state=LIVE")).isEqualTo("churn credit-risk");
        assertThat(names("?offset=1&limit=1")).isEqualTo("churn");
        assertThat(rig.viewer().get("/api/v1/gates?q=r&offset=9").at("/total").intValue())
                .isEqualTo(3);
        assertThat(names("?offset=9")).isEmpty();
        assertThat(rig.viewer().get("/api/v1/gates?state=DEAD").status()).isEqualTo(400);
        assertThat(rig.viewer().get("/api/v1/gates?limit=501").status()).isEqualTo(400);
        assertThat(rig.viewer().get("/api/v1/gates?q=" + "x".repeat(201)).status())
                .isEqualTo(400);
    }

    @Test
    void aGateThatIsDeclaredWhileTheConsoleRunsIsThere() {
        rig.viewer().get("/api/v1/gates");
        gate("late");

        assertThat(rig.viewer().get("/api/v1/gates/late").at("/summary/here").booleanValue())
                .isTrue();
        assertThat(rig.viewer().get("/api/v1/gates/later").status()).isEqualTo(404);
    }

    @Test
    void ratesAreThoseOfTheLastMinute() {
        rig.console();
        model.thenThrow(new IllegalStateException("down")).thenAnswer("v1");
        for (int i = 0; i < 10; i++) {
            credit.call("a", Caller.of("user"));
        }
        rig.time.advance(Duration.ofSeconds(5));

        JsonNode seen = rig.viewer()
                .until(
                        "/api/v1/gates/credit-risk",
                        a -> a.at("/summary/traffic/calls").asInt() == 10)
                .json();
        assertThat(seen.at("/summary/traffic/seconds").asDouble()).isEqualTo(5);
        assertThat(seen.at("/summary/traffic/callsPerSecond").asDouble()).isEqualTo(2);
        assertThat(seen.at("/summary/traffic/errorRate").asDouble()).isEqualTo(0.1);
        assertThat(seen.at("/summary/traffic/fallbackRate").asDouble()).isEqualTo(0.1);
        assertThat(seen.at("/shares/v1").asDouble()).isEqualTo(0.9);
        assertThat(seen.at("/shares/degrade").asDouble()).isEqualTo(0.1);
        assertThat(seen.at("/causes/ERROR").asDouble()).isEqualTo(0.1);
        assertThat(seen.at("/totals/answered/v1").asInt()).isEqualTo(9);
        assertThat(names("").startsWith("credit-risk")).isTrue();
    }

    @Test
    void aGateSaysWhatItsVersionsAndRungsAre() {
        rig.gates.kill(Scope.version("credit-risk", "v2").where("region", "eu"), ConsoleRig.ALICE, "slow");

        JsonNode gate = rig.viewer().get("/api/v1/gates/credit-risk").json();
        assertThat(gate.at("/summary/stable").asText()).isEqualTo("v1");
        assertThat(gate.at("/versions/0/live").booleanValue()).isTrue();
        assertThat(gate.at("/versions/0/breaker").asText()).isEqualTo("CLOSED");
        assertThat(gate.at("/versions/1/live").booleanValue()).isFalse();
        assertThat(gate.at("/attributes/0").asText()).isEqualTo("region");
        assertThat(gate.at("/rungs/0").asText()).isEqualTo("degrade");
        assertThat(gate.at("/kills/0/on").asText()).isEqualTo("credit-risk/v2[region=eu]");
    }

    @Test
    void theStateCounts() {
        rig.gates.kill(Scope.gate("fraud"), ConsoleRig.ALICE, "chargebacks");
        rig.gates.kill(Scope.gate("fraud"), ConsoleRig.ALICE, "again");

        JsonNode state = rig.viewer()
                .until(
                        "/api/v1/state",
                        a -> a.at("/log/verifiedSeq").asLong()
                                == rig.gates.log().head().seq())
                .json();
        assertThat(state.at("/gates").asInt()).isEqualTo(3);
        assertThat(state.at("/killed").asInt()).isEqualTo(1);
        assertThat(state.at("/partlyKilled").asInt()).isZero();
        assertThat(state.at("/kills").asInt()).isEqualTo(2);
        assertThat(state.at("/standalone").booleanValue()).isFalse();
        assertThat(state.at("/log/applied").asLong()).isEqualTo(5);
        assertThat(state.at("/log/hash").asText())
                .isEqualTo(rig.gates.log().head().hash());
        assertThat(state.at("/log/problem").isMissingNode()).isTrue();

        rig.gates.kill(Scope.fleet().where("region", "eu"), ConsoleRig.ALICE, "law");
        JsonNode narrowed = rig.viewer()
                .until("/api/v1/state", a -> a.at("/kills").asInt() == 3)
                .json();
        // Of the gates that do not declare the attribute every caller counts as killed.
        assertThat(narrowed.at("/killed").asInt()).isEqualTo(2);
        assertThat(narrowed.at("/partlyKilled").asInt()).isEqualTo(1);
    }

    @Test
    void aGateSaysWhatMostCallersGet() {
        assertThat(serves()).isEqualTo("v1");
        rig.gates.kill(Scope.version("credit-risk", "v2"), ConsoleRig.ALICE, "slow");
        assertThat(serves()).isEqualTo("v1");
        rig.gates.kill(Scope.version("credit-risk", "v1").where("region", "eu"), ConsoleRig.ALICE, "law");
        assertThat(serves()).isEqualTo("v1");
        rig.gates.kill(Scope.version("credit-risk", "v1"), ConsoleRig.ALICE, "wrong");
        rig.viewer()
                .until(
                        "/api/v1/gates/credit-risk",
                        gate -> gate.at("/summary/state").asText().equals("KILLED"));
        assertThat(serves()).isEmpty();
    }

    private String serves() {
        return rig.viewer()
                .get("/api/v1/gates/credit-risk")
                .at("/summary/serves")
                .asText();
    }
}
