package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Scope;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A shadow beside what else a rollout may have: windows, barriers, lockstep, kills, a restart, a person. */
@Timeout(60)
class ShadowSeamsTest {

    private static final int ENOUGH = 300;

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private static ModelGate<String, String> gate(Rig in, String name) {
        ModelGate<String, String> gate = in.gates.gate(
                name,
                g -> g.stable("v1", input -> input)
                        .version("v2", input -> input)
                        .version("v3", input -> input)
                        .attributes("region")
                        .router(Cohorts.router()));
        in.rollouts.shadowing(gate, s -> s.harmless().executor(Runnable::run));
        return gate;
    }

    private static RolloutPolicy policy(Consumer<PolicyBuilder> more) {
        return Rig.read(Rig.policy(p -> {
            Rig.steps(p);
            p.shadow(s -> s.sample(1).atLeast(Rig.MINUTE).calls(100).agreement(0.9));
            more.accept(p);
        }));
    }

    private static void start(
            Rig in, ModelGate<?, ?> gate, Consumer<PolicyBuilder> more, Consumer<RolloutBuilder> who) {
        Rollout started = in.rollouts.start(gate, "v2", policy(more), who, Rig.ALICE, "shadow");
        assertThat(started.stored(Duration.ofSeconds(5))).isTrue();
        in.rollouts.tick();
    }

    private static void calls(Rig in, ModelGate<String, String> gate) {
        for (int i = 0; i < ENOUGH; i++) {
            gate.call("hi", Caller.of("user-" + i).with("region", i % 2 == 0 ? "eu" : "us"));
        }
        in.gates.flushServed();
    }

    private static Stage stage(Rig in, ModelGate<?, ?> gate) {
        return in.rollouts.status(gate).orElseThrow().stage();
    }

    private static long compared(Rig in, ModelGate<?, ?> gate) {
        return in.rollouts.shadow(gate).map(ShadowReport::compared).orElse(0L);
    }

    private void at(String instant) {
        rig.world.time.advance(Duration.between(rig.world.time.instant(), Instant.parse(instant)));
        rig.rollouts.tick();
    }

    @Test
    void aShadowRunsOutsideItsWindowsAndTheFirstStepComesWithin() {
        ModelGate<String, String> gate = gate(rig, "scores");
        start( // it is 10:00 on a Monday
                rig,
                gate,
                p -> p.window(
                        ZoneOffset.UTC,
                        EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
                        LocalTime.of(12, 0),
                        LocalTime.of(17, 0)),
                who -> {});
        assertThat(stage(rig, gate)).isEqualTo(Stage.SHADOW);
        calls(rig, gate);
        rig.minutes(5);
        assertThat(compared(rig, gate)).isEqualTo(ENOUGH);
        assertThat(stage(rig, gate)).isEqualTo(Stage.SHADOW);
        assertThat(rig.rollouts.status(gate).orElseThrow().reason()).contains("outside its windows");
        at("2026-03-02T12:00:00Z");
        assertThat(stage(rig, gate)).isEqualTo(Stage.CANARY);
        assertThat(rig.entries(EntryTypes.ROLLOUT_WINDOW)).isEmpty();
    }

    @Test
    void aShadowRunsBehindABarrierWhichHoldsTheFirstStep() {
        ModelGate<String, String> gate = gate(rig, "scores");
        start(rig, gate, p -> {}, who -> who.after("credit-risk", "v2"));
        assertThat(stage(rig, gate)).isEqualTo(Stage.SHADOW);
        calls(rig, gate);
        rig.minutes(5);
        assertThat(compared(rig, gate)).isEqualTo(ENOUGH);
        assertThat(stage(rig, gate)).isEqualTo(Stage.SHADOW);
        assertThat(rig.rollouts.status(gate).orElseThrow().reason()).contains("version \"v2\" of gate \"credit-risk\"");
        Rig.stored(rig.gate.version("v2").promote(Rig.BOB, "by hand"));
        rig.minutes(1);
        assertThat(stage(rig, gate)).isEqualTo(Stage.CANARY);
    }

    @Test
    void shadowsInLockstepRunEachAndTheFirstStepComesOnceAllHaveShown() {
        ModelGate<String, String> one = gate(rig, "ranker");
        ModelGate<String, String> two = gate(rig, "generator");
        start(rig, one, p -> {}, who -> who.lockstep("search", 2));
        calls(rig, one);
        rig.minutes(5);
        assertThat(compared(rig, one)).isEqualTo(ENOUGH);
        assertThat(stage(rig, one)).as("alone").isEqualTo(Stage.SHADOW);
        start(rig, two, p -> {}, who -> who.lockstep("search", 2));
        rig.minutes(5);
        assertThat(stage(rig, one)).as("the other has shown nothing").isEqualTo(Stage.SHADOW);
        calls(rig, two);
        rig.minutes(3);
        assertThat(Arrays.asList(stage(rig, one), stage(rig, two))).containsOnly(Stage.CANARY);
    }

    @Test
    void aKillOfOneShadowInLockstepAbortsTheOther() {
        ModelGate<String, String> one = gate(rig, "ranker");
        ModelGate<String, String> two = gate(rig, "generator");
        start(rig, one, p -> {}, who -> who.lockstep("search", 2));
        start(rig, two, p -> {}, who -> who.lockstep("search", 2));
        one.version("v2").kill(Rig.BOB, "wrong");
        rig.rollouts.tick();
        assertThat(Arrays.asList(stage(rig, one), stage(rig, two))).containsOnly(Stage.ABORTED);
        rig.rollouts.tick();
        assertThat(rig.rollouts.shadow(two).orElseThrow().running()).isFalse();
    }

    @Test
    void aKillOfTheGateHoldsTheShadowAndARevivalLetsItGoOn() {
        ModelGate<String, String> gate = gate(rig, "scores");
        start(rig, gate, p -> {}, who -> {});
        KillReceipt kill = gate.kill(Rig.BOB, "all of it");
        for (int i = 0; i < ENOUGH; i++) {
            assertThat(gate.decide("hi", Caller.of("user-" + i)).cause()).contains(Cause.KILLED);
        }
        rig.gates.flushServed();
        rig.minutes(5);
        assertThat(stage(rig, gate)).isEqualTo(Stage.SHADOW);
        assertThat(compared(rig, gate)).isZero();
        rig.gates.revive(kill.id(), Rig.BOB, "right").stored(Duration.ofSeconds(5));
        calls(rig, gate);
        rig.minutes(2);
        assertThat(stage(rig, gate)).isEqualTo(Stage.CANARY);
    }

    @Test
    void aNarrowedKillOfTheCandidateBarsItsShadowForThoseCallersOnly() {
        ModelGate<String, String> gate = gate(rig, "scores");
        start(rig, gate, p -> {}, who -> {});
        rig.gates.kill(Scope.version(gate.name(), "v2").where("region", "eu"), Rig.BOB, "wrong there");
        calls(rig, gate);
        rig.rollouts.tick();
        assertThat(stage(rig, gate)).isEqualTo(Stage.SHADOW);
        ShadowReport report = rig.rollouts.shadow(gate).orElseThrow();
        assertThat(report.compared()).isEqualTo(ENOUGH / 2);
        assertThat(report.refused().values()).containsExactly(ENOUGH / 2L);
        assertThat(report.sampled()).isEqualTo(ENOUGH);
    }

    @Test
    void aRestartGoesOnInTheShadowBehindItsBarrier(@TempDir Path dir) {
        Path log = dir.resolve("modelgate.log");
        try (Rig before = new Rig(new Rig.World(FileControlLog.open(log)), r -> {})) {
            ModelGate<String, String> gate = gate(before, "scores");
            start(before, gate, p -> {}, who -> who.after("credit-risk", "v2"));
            calls(before, gate);
            before.minutes(2);
            assertThat(stage(before, gate)).isEqualTo(Stage.SHADOW);
        }
        try (Rig after = new Rig(new Rig.World(FileControlLog.open(log)), r -> {})) {
            ModelGate<String, String> gate = gate(after, "scores");
            after.rollouts.tick();
            assertThat(stage(after, gate)).isEqualTo(Stage.SHADOW);
            assertThat(gate.call("hi", Caller.of("user-1"))).isEqualTo("hi");
            assertThat(compared(after, gate)).isEqualTo(ENOUGH);
            Rig.stored(after.gate.version("v2").promote(Rig.BOB, "by hand"));
            after.minutes(2);
            assertThat(stage(after, gate)).isEqualTo(Stage.CANARY);
        }
    }

    @Test
    void anAbortEndsTheShadow() {
        ModelGate<String, String> gate = gate(rig, "scores");
        start(rig, gate, p -> {}, who -> {});
        Rig.stored(rig.rollouts.abort(gate, Rig.ALICE, "enough"));
        rig.rollouts.tick();
        assertThat(stage(rig, gate)).isEqualTo(Stage.ABORTED);
        assertThat(rig.rollouts.shadow(gate).orElseThrow().running()).isFalse();
        calls(rig, gate);
        assertThat(compared(rig, gate)).isZero();
    }

    @Test
    void aRollbackTakesAShadowBackWhereNothingWasPromotedBefore() {
        ModelGate<String, String> gate = gate(rig, "scores");
        start(rig, gate, p -> {}, who -> {});
        Rollback back = rig.rollouts.rollback(gate, Rig.ALICE, "enough");
        assertThat(back.bad()).isEqualTo("v2");
        assertThat(stage(rig, gate)).isEqualTo(Stage.ABORTED);
    }

    @Test
    void aRollbackPassesAShadowOverWhichNobodyHasGotYet() {
        ModelGate<String, String> gate = gate(rig, "scores");
        Rig.stored(gate.version("v3").promote(Rig.BOB, "by hand"));
        start(rig, gate, p -> {}, who -> {});
        Rollback back = rig.rollouts.rollback(gate, Rig.ALICE, "approvals fell");
        assertThat(back.bad()).isEqualTo("v3");
        assertThat(gate.describe().stable()).contains("v1");
        rig.rollouts.tick();
        assertThat(stage(rig, gate)).as("it has lost what it compared with").isEqualTo(Stage.ABORTED);
        assertThat(rig.rollouts.shadow(gate).orElseThrow().running()).isFalse();
    }

    @Test
    void aPairIsNotSwitchedWhileAShadowRuns() {
        ModelGate<String, String> gate = gate(rig, "scores");
        BlueGreen<String, String> pair =
                rig.rollouts.blueGreen(gate, "v1", "v3", b -> b.harmless().smoke("any", "hi", a -> true));
        start(rig, gate, p -> {}, who -> {});
        assertThat(stage(rig, gate)).isEqualTo(Stage.SHADOW);
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchTo("v3", Rig.ALICE, "trained"))
                .withMessageContaining("of version \"v2\" runs on gate");
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchBack(Rig.ALICE, "back"))
                .withMessageContaining("runs on gate");
    }
}
