package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.ModelGate;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Reaction;
import io.modelgate.budget.Runaway;
import io.modelgate.control.Entry;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is spent, and sessions that go on. */
class BudgetOperationsTest {

    private final ConsoleRig rig = new ConsoleRig();
    private ModelGate<String, String> chat;

    @BeforeEach
    void gate() {
        chat = rig.gates.gate(
                "chat",
                g -> g.stable("v1", input -> "v1")
                        .tokens(t -> t.input(String::length).maxOutput(10))
                        .budget(Budget.tokens("per-user", 1_000, Per.caller()))
                        .runaway(Runaway.callsPerSession(2, Reaction.KILL_SESSION)));
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private Caller caller() {
        return Caller.of("user-42").session("s-7");
    }

    @Test
    void whatIsSpentIsShownByAccount() {
        chat.call("four", caller());
        chat.call("four", Caller.of("user-43"));

        JsonNode budget = rig.viewer().get("/api/v1/budgets").at("/budgets/0");
        assertThat(budget.at("/name").asText()).isEqualTo("per-user");
        assertThat(budget.at("/top")).hasSize(2);
        assertThat(budget.at("/top/0/unit").asText()).isEqualTo("tokens");
        assertThat(budget.at("/top/0/ceiling").asLong()).isEqualTo(1_000);
        assertThat(budget.at("/top/0/spent").asLong()).isPositive();
        assertThat(budget.at("/top/0/end").isMissingNode()).isTrue();
        assertThat(rig.viewer().get("/api/v1/budgets?top=1").at("/budgets/0/top"))
                .hasSize(1);
        assertThat(rig.viewer().get("/api/v1/budgets?top=101").status()).isEqualTo(400);
    }

    @Test
    void aKilledSessionGoesOnAndTheLogNamesItByItsHashAlone() {
        for (int i = 0; i < 3; i++) {
            chat.decide("four", caller());
        }
        assertThat(chat.decide("four", caller()).cause()).contains(Cause.SESSION_KILLED);
        assertThat(rig.viewer().get("/api/v1/budgets").at("/killedSessions/0").asText())
                .isEqualTo("s-7");
        Map<String, String> order = Map.of("session", "s-7", "reason", "the user asked");

        assertThat(rig.as(Role.OPERATOR)
                        .post("/api/v1/budgets/sessions/revive", order)
                        .status())
                .isEqualTo(403);
        Client.Answer answer = rig.as(Role.APPROVER).post("/api/v1/budgets/sessions/revive", order);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.at("/stored").asBoolean()).isTrue();
        assertThat(chat.decide("four", caller()).cause()).isEmpty();

        Entry entry = rig.gates.log().read(rig.gates.log().head().seq() - 1, 1).get(0);
        assertThat(entry.type()).isEqualTo("session-revived");
        assertThat(entry.decision().id()).isEqualTo(answer.at("/id").asText());
        assertThat(entry.text("session")).isEqualTo(rig.gates.identities().hash("s-7"));
        assertThat(new String(entry.line(), java.nio.charset.StandardCharsets.UTF_8))
                .doesNotContain("s-7");
        assertThat(rig.as(Role.APPROVER)
                        .post("/api/v1/budgets/sessions/revive", order)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void whatIsMissingIsSaid() {
        Client approver = rig.as(Role.APPROVER);
        assertThat(approver.post("/api/v1/budgets/sessions/revive", Map.of("reason", "why"))
                        .detail())
                .contains("session");
        assertThat(approver.post(
                                "/api/v1/budgets/sessions/revive",
                                Map.of("session", "x".repeat(1_001), "reason", "why"))
                        .status())
                .isEqualTo(400);
        assertThat(approver.post("/api/v1/budgets/sessions/revive", Map.of("session", "s", "reason", "why"))
                        .status())
                .isEqualTo(404);
    }
}
