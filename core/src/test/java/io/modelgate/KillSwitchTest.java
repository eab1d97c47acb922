package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Invariants 1, 3 and 4: a kill always works, only a stored revive of its id releases it, unknown names are errors. */
class KillSwitchTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ScriptedLog log = new ScriptedLog();
    private final List<GateEvent> events = new ArrayList<>();
    private Gates gates = open();
    private ModelGate<String, String> gate = build(gates, "credit");

    private Gates open() {
        Gates opened = Gates.open(g -> g.controlLog(log).eventExecutor(Runnable::run));
        opened.onEvent(events::add);
        return opened;
    }

    private static ModelGate<String, String> build(Gates gates, String name) {
        return gates.gate(
                name,
                g -> g.stable("v1", input -> "v1:" + input)
                        .version("v2", input -> "v2:" + input)
                        .attributes("region", "segment")
                        .router(new WeightRouter())
                        .fallback(Rungs.constant("safe")));
    }

    private void restart() {
        gates.close();
        gates = open();
        gate = build(gates, "credit");
    }

    @AfterEach
    void close() {
        gates.close();
    }

    @Test
    void killTakesEffectBeforeItReturnsThoughTheLogIsDown() {
        log.fail(true);

        KillReceipt kill = gate.kill(ALICE, "approval rate fell");

        assertThat(gate.call("x", CALLER)).isEqualTo("safe");
        assertThat(kill.stored(Duration.ZERO)).isFalse();
        assertThat(gates.unstoredKills()).isEqualTo(1);
        assertThat(events)
                .anyMatch(e -> e instanceof GateEvent.Killed killed
                        && killed.kill().id().equals(kill.id()));
        assertThat(events)
                .anyMatch(e -> e instanceof GateEvent.NotStored not && not.id().equals(kill.id()) && not.willRetry());
    }

    @Test
    void killIsStoredWhenTheLogComesBack() {
        log.fail(true);
        KillReceipt kill = gate.kill(ALICE, "approval rate fell");

        log.fail(false);

        assertThat(kill.stored(SOON)).isTrue();
        assertThat(gates.unstoredKills()).isZero();
        restart();
        assertThat(gate.live()).isFalse();
    }

    @Test
    void killedGateStartsKilled() {
        assertThat(gate.kill(ALICE, "bad").stored(SOON)).isTrue();

        restart();

        assertThat(gate.live()).isFalse();
        assertThat(gate.call("x", CALLER)).isEqualTo("safe");
    }

    @Test
    void killOfTheFleetHoldsForGatesBuiltLater() {
        gates.kill(Scope.fleet(), ALICE, "everything off");

        ModelGate<String, String> later = build(gates, "pricing");

        assertThat(gate.live()).isFalse();
        assertThat(later.live()).isFalse();
        assertThat(later.call("x", CALLER)).isEqualTo("safe");
    }

    @Test
    void reviveReleasesOnlyTheKillItNames() {
        KillReceipt first = gate.version("v1").kill(ALICE, "one");
        KillReceipt second = gate.version("v1").kill(Actor.of("bob"), "two");

        ReviveReceipt revive = gate.version("v1").revive(first.id(), ALICE, "fixed");

        assertThat(revive.stored(SOON)).isTrue();
        assertThat(revive.released()).extracting(Kill::id).containsExactly(first.id());
        assertThat(revive.stillEngaged()).extracting(Kill::id).containsExactly(second.id());
        assertThat(gate.version("v1").live()).isFalse();

        assertThat(gates.revive(second.id(), ALICE, "fixed").stored(SOON)).isTrue();
        assertThat(gate.version("v1").live()).isTrue();
        assertThat(gate.call("x", CALLER)).isEqualTo("v1:x");
    }

    @Test
    void reviveNamesTheOtherScopesThatStayEngaged() {
        KillReceipt version = gate.version("v1").kill(ALICE, "one");
        KillReceipt whole = gate.kill(ALICE, "two");
        KillReceipt fleet = gates.kill(Scope.fleet().where("region", "eu"), ALICE, "three");
        gate.version("v2").kill(ALICE, "unrelated");

        ReviveReceipt revive = gates.revive(version.id(), ALICE, "fixed");

        assertThat(revive.stillEngaged()).extracting(Kill::id).containsExactlyInAnyOrder(whole.id(), fleet.id());
    }

    @Test
    void reviveTakesEffectOnlyOnceStored() {
        KillReceipt kill = gate.kill(ALICE, "bad");
        log.fail(true);

        ReviveReceipt revive = gates.revive(kill.id(), ALICE, "fixed");

        assertThat(revive.stored(Duration.ZERO)).isFalse();
        assertThat(revive.failure()).containsInstanceOf(ControlLogException.class);
        assertThat(gate.live()).isFalse();
        restart();
        assertThat(gate.live()).isFalse();
    }

    @Test
    void reviveOfAnotherVersionsKillIsRefused() {
        KillReceipt kill = gate.version("v2").kill(ALICE, "bad");

        assertThatThrownBy(() -> gate.version("v1").revive(kill.id(), ALICE, "oops"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(kill.id())
                .hasMessageContaining("credit/v2");
        assertThat(gate.version("v2").live()).isFalse();
    }

    @Test
    void unknownNamesAreErrorsThatListWhatExists() {
        assertThatThrownBy(() -> gates.kill(Scope.gate("credits"), ALICE, "")).hasMessageContaining("[credit]");
        assertThatThrownBy(() -> gates.kill(Scope.version("credit", "v9"), ALICE, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("v9")
                .hasMessageContaining("[v1, v2]");
        assertThatThrownBy(() -> gates.kill(Scope.gate("credit").where("regio", "eu"), ALICE, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("regio")
                .hasMessageContaining("[region, segment]");
        assertThatThrownBy(() -> gates.kill(Scope.fleet().where("tenant", "a"), ALICE, ""))
                .hasMessageContaining("any gate");
        assertThatThrownBy(() -> gates.revive("kill-none", ALICE, "")).hasMessageContaining("kill-none");
        assertThatThrownBy(() -> gate.version("v9")).hasMessageContaining("[v1, v2]");
        assertThat(gates.kills()).isEmpty();
        assertThat(gates.applied()).isEqualTo(1); // the declaration
    }

    @Test
    void narrowedKillStopsItsValueAndCallersThatLackTheAttribute() {
        gates.kill(Scope.gate("credit").where("region", "eu"), ALICE, "eu only");

        assertThat(gate.call("x", CALLER.with("region", "eu"))).isEqualTo("safe");
        assertThat(gate.call("x", CALLER)).isEqualTo("safe");
        assertThat(gate.call("x", CALLER.with("region", "us"))).isEqualTo("v1:x");
        assertThat(gate.live()).isFalse();
        assertThat(gate.live(CALLER.with("region", "us"))).isTrue();
    }

    @Test
    void killOfAMisspeltValueIsNoticedFromRecentCallers() {
        for (int i = 0; i < 10; i++) {
            gate.call("x", CALLER.with("region", i < 8 ? "eu" : "us"));
        }

        KillReceipt misspelt = gates.kill(Scope.gate("credit").where("region", "EU"), ALICE, "eu");
        KillReceipt right = gates.kill(Scope.gate("credit").where("region", "eu"), ALICE, "eu");

        assertThat(misspelt.recent()).isEqualTo(new KillReceipt.Recent(0, 0, 10));
        assertThat(right.recent()).isEqualTo(new KillReceipt.Recent(8, 0, 10));
    }

    @Test
    void killByAnotherProcessReachesThisOne() {
        try (Gates other = Gates.open(g -> g.controlLog(log))) {
            other.kill(Scope.gate("credit"), Actor.of("carol"), "from elsewhere");
        }

        assertThat(gate.live()).isFalse();
    }

    @Test
    void nothingButAReviveReleasesAKill() {
        AtomicBoolean failing = new AtomicBoolean(true);
        gates.close();
        gates = open();
        gate = gates.gate(
                "credit",
                g -> g.stable("v1", input -> {
                            if (failing.get()) {
                                throw new IllegalStateException("down");
                            }
                            return "v1";
                        })
                        .version("v2", input -> "v2")
                        .fallback(Rungs.constant("safe")));
        for (int i = 0; i < 20; i++) {
            gate.call("x", CALLER); // opens the breaker
        }
        Permit<String, String> early = gate.enter(CALLER);
        KillReceipt kill = gate.version("v1").kill(ALICE, "bad");
        failing.set(false);
        early.close();

        gate.register("v3", input -> "v3");
        assertThat(gate.version("v3").promote(ALICE, "new").stored(SOON)).isTrue();
        assertThatThrownBy(() -> gate.version("v1").promote(ALICE, "back"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("killed");
        gates.close();
        gates = open();
        gate = gates.gate("credit", g -> g.stable("v1", input -> "v1").version("v3", input -> "v3"));

        assertThat(gate.version("v1").live()).isFalse();
        assertThat(gates.kills()).extracting(Kill::id).containsExactly(kill.id());
    }

    @Test
    void aLogThatRefusesToOpenFailsTheStartOrStartsKilled() {
        ControlLogException refusal = new ControlLogException("line 7 is not what it was");

        assertThatThrownBy(() -> Gates.open(g -> g.controlLog(() -> {
                    throw refusal;
                })))
                .isSameAs(refusal);
        try (Gates killed = Gates.open(g -> g.controlLog(() -> {
                    throw refusal;
                })
                .startKilledIfLogRefuses())) {
            ModelGate<String, String> dark = build(killed, "credit");
            assertThat(dark.call("x", CALLER)).isEqualTo("safe");
            assertThat(killed.kills())
                    .singleElement()
                    .satisfies(kill -> assertThat(kill.reason()).contains("line 7"));
        }
    }

    @Test
    void closedGatesServeTheirLastStateAndRefuseChanges() {
        gate.version("v1").kill(ALICE, "bad");
        gates.close();

        assertThat(gate.call("x", CALLER)).isEqualTo("safe");
        assertThatThrownBy(() -> gate.kill(ALICE, "more"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> gates.gate("other", g -> g.stable("v1", x -> x)))
                .hasMessageContaining("closed");
    }

    @Test
    void entriesHoldWhoAndWhyAndReplayToTheSameState() {
        gates.kill(Scope.version("credit", "v2").where("segment", "retail"), new Actor("dana", "oidc"), "complaints");

        assertThat(gates.kills()).singleElement().satisfies(kill -> {
            assertThat(kill.actor()).isEqualTo(new Actor("dana", "oidc"));
            assertThat(kill.reason()).isEqualTo("complaints");
            assertThat(kill.scope()).isEqualTo(new Scope("credit", "v2", "segment", "retail"));
        });
        List<Kill> before = gates.kills();
        restart();
        assertThat(gates.kills()).isEqualTo(before);
    }

    @Test
    void hostileTextIsRefused() {
        assertThatThrownBy(() -> gate.kill(ALICE, "line\nbreak")).hasMessageContaining("control character");
        assertThatThrownBy(() -> gate.kill(ALICE, "x".repeat(2_001))).hasMessageContaining("2000");
        assertThatThrownBy(() -> Actor.of("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Scope.gate("a b")).isInstanceOf(IllegalArgumentException.class);
        assertThat(gates.kills()).isEmpty();
        assertThat(Optional.of(gate.live())).contains(true);
    }
}
