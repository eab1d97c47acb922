package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariant 7: which version answers is defined, always. */
class WhichVersionTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CANARY = Caller.of("canary-1");
    private static final Caller PLAIN = Caller.of("plain-1");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ScriptedLog log = new ScriptedLog();
    private final List<GateEvent> events = new ArrayList<>();
    private Gates gates = open();

    private Gates open() {
        Gates opened = Gates.open(g -> g.controlLog(log).eventExecutor(Runnable::run));
        opened.onEvent(events::add);
        return opened;
    }

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> gate(String stable, String... others) {
        return gate(g -> {
            g.stable(stable, input -> stable);
            for (String other : others) {
                g.version(other, input -> other);
            }
        });
    }

    private ModelGate<String, String> gate(Consumer<GateBuilder<String, String>> versions) {
        return gates.gate("credit", g -> {
            g.router(new WeightRouter()).attributes("region").fallback(Rungs.previous());
            versions.accept(g);
        });
    }

    private ModelGate<String, String> restartedWith(String stable, String... others) {
        gates.close();
        gates = open();
        return gate(stable, others);
    }

    private void canary(String version) {
        assertThat(gates.append(gates.decision(
                                UUID.randomUUID().toString(),
                                WeightRouter.CANARY,
                                "credit",
                                ALICE,
                                "",
                                Map.of("version", version)))
                        .stored(SOON))
                .isTrue();
    }

    private static void promote(ModelGate<?, ?> gate, String version) {
        assertThat(gate.version(version).promote(ALICE, "").stored(SOON)).isTrue();
    }

    @Test
    void candidateServesItsCohortAndStableTheRest() {
        ModelGate<String, String> gate = gate("v1", "v2");
        canary("v2");

        assertThat(gate.call("x", CANARY)).isEqualTo("v2");
        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
        assertThat(gate.versionFor(CANARY)).contains("v2");
    }

    @Test
    void failedCandidatesCallersGoToStableWithoutALadder() {
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.stable("v1", input -> "v1")
                        .version("v2", input -> {
                            throw new IllegalStateException("bad weights");
                        })
                        .router(new WeightRouter()));
        canary("v2");

        assertThat(gate.decide("x", CANARY)).satisfies(outcome -> {
            assertThat(outcome.answer()).contains("v1");
            assertThat(outcome.cause()).contains(Cause.ERROR);
            assertThat(outcome.routed()).contains("v2");
            assertThat(outcome.answeredBy()).contains("v1");
        });
        assertThat(gate.stats().fellBack()).containsEntry(Outcome.STABLE, 1L);
        assertThat(gate.stats().answered()).containsEntry("v1", 0L);
    }

    @Test
    void killedCandidateLosesItsCohortAndAReviveGivesNothingBack() {
        ModelGate<String, String> gate = gate("v1", "v2");
        canary("v2");

        KillReceipt kill = gate.version("v2").kill(ALICE, "skew");
        assertThat(gate.decide("x", CANARY)).isEqualTo(new Outcome.Answered<>("v1", "v1"));

        assertThat(gates.revive(kill.id(), ALICE, "fixed").stored(SOON)).isTrue();
        assertThat(gate.version("v2").live()).isTrue();
        assertThat(gate.call("x", CANARY)).isEqualTo("v1");
    }

    @Test
    void candidateKilledForSomeGivesThoseToStable() {
        ModelGate<String, String> gate = gate("v1", "v2");
        canary("v2");
        gates.kill(Scope.version("credit", "v2").where("region", "eu"), ALICE, "eu");

        assertThat(gate.decide("x", CANARY.with("region", "eu")))
                .isEqualTo(new Outcome.FellBack<>("v1", Outcome.STABLE, "v1", Cause.KILLED, "v2", null));
        assertThat(gate.call("x", CANARY.with("region", "us"))).isEqualTo("v2");
        assertThat(gate.versionFor(CANARY.with("region", "eu"))).contains("v1");
    }

    @Test
    void killedStableNeverRaisesTheCandidatesShare() {
        ModelGate<String, String> gate = gate("v1", "v2");
        canary("v2");

        gate.version("v1").kill(ALICE, "bad");

        assertThat(gate.call("x", CANARY)).isEqualTo("v2");
        assertThat(gate.decide("x", PLAIN)).isEqualTo(new Outcome.Refused<>(Cause.KILLED, "v1", null));
        assertThat(gate.versionFor(PLAIN)).isEmpty();
    }

    @Test
    void previousIsTheLatestEarlierStableThatMayServe() {
        ModelGate<String, String> gate = gate("v1", "v2", "v3", "v4");
        promote(gate, "v2");
        promote(gate, "v3");
        promote(gate, "v4");
        gate.version("v4").kill(ALICE, "bad");
        assertThat(gate.decide("x", PLAIN).answeredBy()).contains("v3");

        gate.version("v3").kill(ALICE, "bad too");
        assertThat(gate.decide("x", PLAIN).answeredBy()).contains("v2");

        canary("v2"); // the candidate of a running rollout is not "previous"
        assertThat(gate.decide("x", PLAIN).answeredBy()).contains("v1");
    }

    @Test
    void rolledBackVersionIsNotPrevious() {
        ModelGate<String, String> gate = gate("v1", "v2", "v3");
        promote(gate, "v2");
        promote(gate, "v3");

        assertThat(gate.rollback(ALICE, "v3 regressed").stored(SOON)).isTrue();
        assertThat(gate.call("x", PLAIN)).isEqualTo("v2");

        gate.version("v2").kill(ALICE, "bad");
        assertThat(gate.decide("x", PLAIN).answeredBy()).contains("v1");
        ModelGate<String, String> restarted = restartedWith("v1", "v2", "v3");
        assertThat(restarted.decide("x", PLAIN).answeredBy()).contains("v1");
    }

    @Test
    void rollbackWithoutAPreviousVersionIsAnError() {
        ModelGate<String, String> gate = gate("v1", "v2");

        assertThatThrownBy(() -> gate.rollback(ALICE, ""))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("previous");
    }

    @Test
    void theLogDecidesWhichVersionIsStable() {
        promote(gate("v1", "v2"), "v2");

        ModelGate<String, String> restarted = restartedWith("v1", "v2");

        assertThat(restarted.call("x", PLAIN)).isEqualTo("v2");
    }

    @Test
    void loggedStableThatIsNotRegisteredFailsTheStart() {
        promote(gate("v1", "v2"), "v2");

        assertThatThrownBy(() -> restartedWith("v1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("v2")
                .hasMessageContaining("startWithoutStable");
    }

    @Test
    void loggedStableThatIsNotRegisteredLeavesItToThePreviousIfDeclared() {
        promote(gate("v1", "v2"), "v2");
        gates.close();
        gates = open();

        ModelGate<String, String> gate = gate(g -> g.stable("v1", input -> "v1").startWithoutStable());

        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
        assertThat(events)
                .anyMatch(e -> e instanceof GateEvent.Degraded d && d.message().contains("v2"));
    }

    @Test
    void processWithoutTheCandidateServesStableAndSaysSo() {
        gate("v1", "v2");
        canary("v2");

        ModelGate<String, String> restarted = restartedWith("v1");

        assertThat(restarted.call("x", CANARY)).isEqualTo("v1");
        assertThat(events)
                .anyMatch(e -> e instanceof GateEvent.Degraded d && d.message().contains("candidate"));
    }

    @Test
    void gateThatIsKilledCanBeRolledBack() {
        ModelGate<String, String> gate = gate("v1", "v2");
        promote(gate, "v2");
        KillReceipt kill = gate.kill(ALICE, "first of all off");

        assertThat(gate.rollback(ALICE, "then back").stored(SOON)).isTrue();
        gate.version("v2").kill(ALICE, "and never again");
        assertThat(gates.revive(kill.id(), ALICE, "on").stored(SOON)).isTrue();

        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
    }

    @Test
    void versionRegisteredAtRunTimeCanBePromoted() {
        ModelGate<String, String> gate = gate("v1");

        gate.register("v2", input -> "v2");
        assertThat(gate.call("x", PLAIN)).isEqualTo("v1");
        promote(gate, "v2");

        assertThat(gate.call("x", PLAIN)).isEqualTo("v2");
        assertThatThrownBy(() -> gate.register("v2", input -> "again")).hasMessageContaining("v2");
    }

    @Test
    void sameVersionWithAnotherDigestIsRefused() {
        gate(g -> g.stable("v1", input -> "v1", v -> v.digest("aaa")));
        gates.close();
        gates = open();

        assertThatThrownBy(() -> gate(g -> g.stable("v1", input -> "v1", v -> v.digest("bbb"))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("aaa")
                .hasMessageContaining("bbb");
    }

    @Test
    void unknownCriticalEntryRefusesTheGatesItNames() {
        gate("v1");
        gates.append(new io.modelgate.control.Decision(
                "from-the-future", gates.now(), "quarantine", true, "credit", "x", "y", "", Map.of()));
        gates.append(new io.modelgate.control.Decision(
                "harmless", gates.now(), "note", false, "credit", "x", "y", "", Map.of()));
        gates.close();
        gates = open();

        assertThatThrownBy(() -> gate("v1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("quarantine");
        assertThat(gates.gate("other", g -> g.stable("v1", x -> x)).live()).isTrue();
    }
}
