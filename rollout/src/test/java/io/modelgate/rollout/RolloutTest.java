package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import io.modelgate.control.MemoryControlLog;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rollouts on a real gate. */
class RolloutTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Duration SOON = Duration.ofSeconds(5);

    private final ControlLog log = new MemoryControlLog();
    private final Gates gates = Gates.open(g -> g.controlLog(log));
    private final ModelGate<String, String> gate = credit(gates);

    @AfterEach
    void close() {
        gates.close();
    }

    private static ModelGate<String, String> credit(Gates gates) {
        return gates.gate(
                "credit-risk",
                g -> g.stable("v1", input -> "v1")
                        .version("v2", input -> "v2")
                        .version("v3", input -> "v3")
                        .attributes("region", "segment")
                        .router(Cohorts.router()));
    }

    private Rollout start(String candidate, Consumer<RolloutBuilder> configure) {
        Rollout rollout = Rollout.start(gate, candidate, configure, ALICE, "canary");
        assertThat(rollout.stored(SOON)).isTrue();
        return rollout;
    }

    private static void stored(Receipt receipt) {
        assertThat(receipt.stored(SOON)).isTrue();
    }

    private static Set<String> cohort(ModelGate<String, String> gate) {
        Set<String> cohort = new TreeSet<>();
        for (int i = 0; i < 10_000; i++) {
            if (gate.call("", Caller.of("user-" + i)).equals("v2")) {
                cohort.add("user-" + i);
            }
        }
        return cohort;
    }

    @Test
    void aRolloutSendsItsCohortToTheCandidateUntilItEnds() {
        Rollout rollout =
                start("v2", r -> r.weight(Weight.percent(1)).allow("qa-1").deny("vip-7"));
        assertThat(rollout.running()).isTrue();
        assertThat(rollout.candidate()).isEqualTo("v2");
        assertThat(rollout.weight()).isEqualTo(Weight.percent(1));
        Set<String> first = cohort(gate);
        assertThat(first).hasSizeBetween(60, 140);
        assertThat(gate.call("", Caller.of("qa-1"))).isEqualTo("v2");
        stored(rollout.weight(Weight.percent(5), ALICE, "step"));
        assertThat(rollout.weight()).isEqualTo(Weight.percent(5));
        assertThat(cohort(gate)).containsAll(first).hasSizeBetween(420, 580);
        stored(rollout.weight(Weight.FULL, ALICE, "step"));
        assertThat(cohort(gate)).hasSize(10_000);
        assertThat(gate.call("", Caller.of("vip-7"))).isEqualTo("v1");
        stored(rollout.end(ALICE, "done"));
        assertThat(rollout.running()).isFalse();
        assertThat(rollout.weight()).isEqualTo(Weight.NONE);
        assertThat(cohort(gate)).isEmpty();
        assertThat(Rollout.running(gate)).isEmpty();
    }

    @Test
    void anotherProcessAndARestartRouteTheSame() {
        Rollout rollout = start(
                "v2",
                r -> r.weight(Weight.percent(20)).only("region", "eu", "us").allow("qa-1"));
        stored(rollout.weight(Weight.percent(30), ALICE, "step"));
        Gates others = Gates.open(g -> g.controlLog(log));
        ModelGate<String, String> other = credit(others);
        int candidates = 0;
        for (int i = 0; i < 1_000; i++) {
            Caller caller = Caller.of("user-" + i).with("region", i % 3 == 0 ? "eu" : i % 3 == 1 ? "us" : "ch");
            assertThat(other.versionFor(caller)).isEqualTo(gate.versionFor(caller));
            candidates += gate.versionFor(caller).equals(Optional.of("v2")) ? 1 : 0;
        }
        assertThat(candidates).isBetween(150, 250);
        assertThat(other.versionFor(Caller.of("qa-1"))).contains("v2");
        assertThat(Rollout.running(other)).map(Rollout::id).contains(rollout.id());
        assertThat(Rollout.running(other)).map(Rollout::weight).contains(Weight.percent(30));
    }

    @Test
    void killingTheCandidateHaltsItAndAReviveGivesNothingBack() {
        Rollout rollout = start("v2", r -> r.weight(Weight.FULL).allow("qa-1").force("segment", "staff"));
        var kill = gate.version("v2").kill(ALICE, "approval rate fell");
        assertThat(cohort(gate)).isEmpty();
        stored(kill);
        assertThat(rollout.halted()).isTrue();
        assertThat(rollout.weight()).isEqualTo(Weight.NONE);
        assertThatIllegalStateException()
                .isThrownBy(() -> rollout.weight(Weight.FULL, ALICE, "again"))
                .withMessageContaining("\"v2\"")
                .withMessageContaining(kill.id())
                .withMessageContaining("revive");
        stored(gate.version("v2").revive(kill.id(), ALICE, "fixed"));
        assertThat(cohort(gate)).isEmpty();
        assertThat(gate.call("", Caller.of("qa-1"))).isEqualTo("v1");
        assertThat(gate.call("", Caller.of("user-1").with("segment", "staff"))).isEqualTo("v1");
        assertThat(rollout.halted()).isTrue();
        stored(rollout.weight(Weight.percent(1), ALICE, "again, carefully"));
        assertThat(rollout.halted()).isFalse();
        assertThat(cohort(gate)).hasSizeBetween(60, 140);
    }

    @Test
    void killingStableRaisesNoWeight() {
        start("v2", r -> r.weight(Weight.percent(10)));
        Set<String> before = cohort(gate);
        stored(gate.version("v1").kill(ALICE, "drift"));
        assertThat(Rollout.running(gate)).map(Rollout::weight).contains(Weight.percent(10));
        int candidates = 0;
        for (int i = 0; i < 10_000; i++) {
            candidates += gate.versionFor(Caller.of("user-" + i)).equals(Optional.of("v2")) ? 1 : 0;
        }
        assertThat(candidates).isEqualTo(before.size());
    }

    @Test
    void promotingTheCandidateEndsTheRollout() {
        Rollout rollout = start("v2", r -> r.weight(Weight.percent(50)));
        stored(gate.version("v2").promote(ALICE, "good"));
        assertThat(rollout.running()).isFalse();
        assertThat(cohort(gate)).hasSize(10_000);
    }

    @Test
    void theLogHoldsNoKeyAndTheSaltThatFollowsFromTheId() {
        Rollout rollout = start("v2", r -> r.weight(Weight.of(7)).allow("qa-1").deny("vip-7"));
        Entry entry = log.read(0, 100).stream()
                .filter(e -> e.type().equals("rollout"))
                .findFirst()
                .orElseThrow();
        assertThat(entry.toString()).doesNotContain("qa-1", "vip-7");
        assertThat(entry.decision().id()).isEqualTo(rollout.id());
        assertThat(entry.text("salt")).isEqualTo(String.format("%016x", Spots.salt(rollout.id())));
        assertThat(entry.texts("allow")).containsExactly(gates.identities().hash("qa-1"));
    }

    @Test
    void aRolloutStartsWithNoTrafficUnlessItSaysHowMuch() {
        start("v2", r -> r.allow("qa-1"));
        assertThat(cohort(gate)).isEmpty();
        assertThat(gate.call("", Caller.of("qa-1"))).isEqualTo("v2");
    }

    @Test
    void aSecondRolloutIsRefusedAndTheRunningOneNamed() {
        Rollout rollout = start("v2", r -> {});
        assertThatIllegalStateException()
                .isThrownBy(() -> Rollout.start(gate, "v3", r -> {}, ALICE, ""))
                .withMessageContaining(rollout.id())
                .withMessageContaining("\"v2\"");
    }

    @Test
    void anUnknownCandidateIsRefusedWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rollout.start(gate, "v9", r -> {}, ALICE, ""))
                .withMessageContaining("\"v9\"")
                .withMessageContaining("[v1, v2, v3]");
    }

    @Test
    void stableIsNoCandidate() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rollout.start(gate, "v1", r -> {}, ALICE, ""))
                .withMessageContaining("\"v1\" is the stable version");
    }

    @Test
    void aKilledVersionIsNoCandidateBeforeItsRevive() {
        var kill = gate.version("v2").kill(ALICE, "drift");
        assertThatIllegalStateException()
                .isThrownBy(() -> Rollout.start(gate, "v2", r -> {}, ALICE, ""))
                .withMessageContaining(kill.id());
        stored(gate.version("v2").revive(kill.id(), ALICE, "fixed"));
        assertThat(start("v2", r -> r.weight(Weight.FULL)).halted()).isFalse();
    }

    @Test
    void anUndeclaredAttributeIsRefusedWithTheDeclaredOnes() {
        for (Consumer<RolloutBuilder> rule :
                List.<Consumer<RolloutBuilder>>of(r -> r.only("regoin", "eu"), r -> r.force("regoin", "eu"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Rollout.start(gate, "v2", rule, ALICE, ""))
                    .withMessageContaining("\"regoin\"")
                    .withMessageContaining("[region, segment]");
        }
        assertThat(Rollout.running(gate)).isEmpty();
    }

    @Test
    void badRulesAreRefused() {
        for (Consumer<RolloutBuilder> bad : List.<Consumer<RolloutBuilder>>of(
                r -> r.allow(""),
                r -> r.allow("secret-key").deny("secret-key"),
                r -> r.deny("secret-key").allow("secret-key"),
                r -> r.allow(IntStream.range(0, 1_001).mapToObj(String::valueOf).toArray(String[]::new)),
                r -> r.only("region"),
                r -> r.only("region", ""),
                r -> r.only("region", "x".repeat(201)),
                r -> r.only("region", "eu").only("region", "us"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Rollout.start(gate, "v2", bad, ALICE, ""))
                    .withMessageMatching("(allow|deny|only)\\b.*")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret-key"));
        }
        assertThat(Rollout.running(gate)).isEmpty();
    }

    @Test
    void anEndedRolloutRefusesWeightsAndEnds() {
        Rollout rollout = start("v2", r -> {});
        stored(rollout.end(ALICE, "done"));
        assertThatIllegalStateException()
                .isThrownBy(() -> rollout.weight(Weight.FULL, ALICE, ""))
                .withMessageContaining(rollout.id())
                .withMessageContaining("no rollout runs there");
        Rollout next = start("v3", r -> {});
        assertThatIllegalStateException()
                .isThrownBy(() -> rollout.end(ALICE, ""))
                .withMessageContaining(next.id());
    }

    @Test
    void aGateWithoutTheRouterIsRefused() {
        ModelGate<String, String> bare =
                gates.gate("bare", g -> g.stable("v1", i -> i).version("v2", i -> i));
        assertThatIllegalStateException()
                .isThrownBy(() -> Rollout.start(bare, "v2", r -> {}, ALICE, ""))
                .withMessageContaining("Cohorts.router()");
    }

    @Test
    void aStepNeedNotWaitUntilTheStartIsStored() {
        CountDownLatch diskIsBack = new CountDownLatch(1);
        AtomicBoolean diskIsSlow = new AtomicBoolean();
        ControlLog slow = (ControlLog) Proxy.newProxyInstance(
                ControlLog.class.getClassLoader(), new Class<?>[] {ControlLog.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("immediate")) {
                        return false;
                    }
                    if (method.getName().equals("append") && diskIsSlow.get()) {
                        diskIsBack.await();
                    }
                    return method.invoke(log, arguments);
                });
        try (Gates slowGates = Gates.open(g -> g.controlLog(slow))) {
            ModelGate<String, String> slowGate = credit(slowGates);
            diskIsSlow.set(true);
            Rollout rollout = Rollout.start(slowGate, "v2", r -> {}, ALICE, "canary");
            assertThat(rollout.stored(Duration.ZERO)).isFalse();
            assertThat(rollout.running()).isFalse();
            Receipt step = rollout.weight(Weight.FULL, ALICE, "step");
            diskIsBack.countDown();
            stored(step);
            assertThat(rollout.running()).isTrue();
            assertThat(cohort(slowGate)).hasSize(10_000);
        }
    }
}
