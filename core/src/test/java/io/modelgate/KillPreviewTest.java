package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a person is shown before they kill is what the kill then does, and showing it does nothing. */
class KillPreviewTest {

    private final Gates gates = Gates.open(g -> {});
    private final ModelGate<String, String> gate = gates.gate(
            "credit",
            g -> g.stable("v1", input -> "v1")
                    .version("v2", input -> "v2")
                    .attributes("region")
                    .fallback(Rungs.constant("safe")));

    @AfterEach
    void close() {
        gates.close();
    }

    private KillPreview.Instead instead(Scope scope) {
        List<KillPreview.Instead> all = gates.preview(scope).gates();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    @Test
    void aKilledGateIsAnsweredByTheConstantOfItsLadder() {
        KillPreview.Instead instead = instead(Scope.gate("credit"));

        assertThat(instead.gate()).isEqualTo("credit");
        assertThat(instead.certain()).isTrue();
        gate.kill(Actor.of("alice"), "drill");
        Outcome<String> outcome = gate.decide("x", Caller.of("user-42"));
        assertThat(outcome).isInstanceOf(Outcome.FellBack.class);
        assertThat(List.of(((Outcome.FellBack<String>) outcome).rung())).isEqualTo(instead.answers());
    }

    @Test
    void stableAnswersForAnotherVersionAndTheLadderForStable() {
        List<String> rungs = gate.rungs();

        assertThat(instead(Scope.version("credit", "v2")).answers())
                .startsWith(Outcome.STABLE)
                .endsWith(rungs.get(rungs.size() - 1));
        assertThat(instead(Scope.version("credit", "v1")).answers()).isEqualTo(rungs);
    }

    @Test
    void withoutALadderNothingAnswers() {
        gates.gate("bare", g -> g.stable("v1", input -> "v1"));

        KillPreview.Instead instead = instead(Scope.gate("bare"));

        assertThat(instead.answers()).isEmpty();
        assertThat(instead.certain()).isFalse();
    }

    @Test
    void theFleetIsEachOfItsGatesByName() {
        gates.gate("bare", g -> g.stable("v1", input -> "v1"));

        assertThat(gates.preview(Scope.fleet()).gates())
                .extracting(KillPreview.Instead::gate)
                .containsExactly("bare", "credit");
    }

    @Test
    void recentCallersThatCarryTheValueAreCounted() {
        gate.call("x", Caller.of("a").with("region", "eu"));
        gate.call("x", Caller.of("b").with("region", "us"));
        gate.call("x", Caller.of("c"));

        assertThat(gates.preview(Scope.gate("credit").where("region", "eu")).recent())
                .isEqualTo(new KillReceipt.Recent(1, 1, 3));
        assertThat(gates.preview(Scope.gate("credit").where("region", "EU")).recent())
                .isEqualTo(new KillReceipt.Recent(0, 1, 3));
    }

    @Test
    void killsThatBearOnItAlreadyAreListed() {
        KillReceipt kill = gate.version("v2").kill(Actor.of("alice"), "errors");

        assertThat(gates.preview(Scope.gate("credit")).engaged()).containsExactly(kill.kill());
        assertThat(gates.preview(Scope.version("credit", "v1")).engaged()).isEmpty();
    }

    @Test
    void lookingChangesNothing() {
        gates.preview(Scope.fleet());

        assertThat(gates.kills()).isEmpty();
        assertThat(gate.call("x", Caller.of("user-42"))).isEqualTo("v1");
    }

    @Test
    void whatIsUnknownIsRefused() {
        assertThatThrownBy(() -> gates.preview(Scope.gate("credits"))).hasMessageContaining("known gates are [credit]");
        assertThatThrownBy(() -> gates.preview(Scope.version("credit", "v9"))).hasMessageContaining("[v1, v2]");
        assertThatThrownBy(() -> gates.preview(Scope.gate("credit").where("tenant", "x")))
                .hasMessageContaining("[region]");
    }

    @Test
    void aStableThatIsKilledItselfDoesNotAnswer() {
        gate.version("v1").kill(Actor.of("alice"), "errors");

        assertThat(instead(Scope.version("credit", "v2")).answers()).isEqualTo(gate.rungs());
    }
}
