package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.CallAwareModel;
import io.modelgate.Caller;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.Entry;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlueGreenTest {

    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private BlueGreen<String, String> pair(Consumer<BlueGreenBuilder<String, String>> more) {
        return rig.rollouts.blueGreen(rig.gate, "v1", "v2", b -> {
            b.harmless().executor(Runnable::run);
            more.accept(b);
        });
    }

    private BlueGreen<String, String> pair() {
        return pair(b -> b.smoke("answers", "hi", "v2"::equals));
    }

    private String served() {
        return rig.gate.call("hi", Caller.of("user-42"));
    }

    private long entries() {
        return rig.gates.applied();
    }

    @Test
    void oneEntrySwitchesEverybodyAndOneSwitchesBack() {
        BlueGreen<String, String> pair = pair();
        long before = entries();
        Receipt receipt = pair.switchTo("v2", Rig.ALICE, "trained");
        assertThat(served()).isEqualTo("v2");
        Entry there = receipt.entry(Duration.ZERO).orElseThrow();
        assertThat(there.type()).isEqualTo(EntryTypes.PROMOTE);
        assertThat(there.texts("smoke")).containsExactly("answers");
        assertThat(entries()).isEqualTo(before + 1);

        Rollback back = pair.switchBack(Rig.BOB, "approvals fell");
        assertThat(served()).isEqualTo("v1");
        assertThat(back.entry().type()).isEqualTo(EntryTypes.ROLLBACK);
        assertThat(entries()).isEqualTo(before + 2);
        assertThat(pair.status().serving()).isEqualTo("v1");
        assertThat(pair.status().idle()).isEqualTo("v2");

        pair.switchTo("v2", Rig.ALICE, "mended");
        assertThat(served()).isEqualTo("v2");
    }

    @Test
    void aSmokeCallThatFailsChangesNothingAndEachFailureIsNamed() {
        BlueGreen<String, String> pair = pair(b -> b.smoke("right", "hi", "v2"::equals)
                .smoke("wrong", "hi", "v9"::equals)
                .smoke("throws", "hi", answer -> {
                    throw new AssertionError("expected more");
                }));
        long before = entries();
        assertThatThrownBy(() -> pair.switchTo("v2", Rig.ALICE, "trained"))
                .isInstanceOfSatisfying(SmokeFailedException.class, e -> {
                    assertThat(e.failures()).containsOnlyKeys("wrong", "throws");
                    assertThat(e.getSuppressed()).singleElement().isInstanceOf(AssertionError.class);
                })
                .hasMessageContaining("2 of 3 smoke calls")
                .hasMessageContaining("its check threw AssertionError")
                .hasMessageNotContaining("expected more"); // which may be what the version answered
        assertThat(served()).isEqualTo("v1");
        assertThat(entries()).isEqualTo(before);
        assertThat(rig.gate.version("v2").invocations()).isZero();
    }

    @Test
    void aVersionThatFailsOrIsKilledIsNotSwitchedTo() {
        BlueGreen<String, String> pair = pair();
        KillReceipt kill = rig.gate.version("v2").kill(Rig.BOB, "wrong");
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchTo("v2", Rig.ALICE, "trained"))
                .withMessageContaining("is killed by bob (" + kill.id() + ")");
        assertThat(pair.smoke("v2")).containsEntry("answers", "KILLED");
        rig.gates.revive(kill.id(), Rig.BOB, "right").stored(Duration.ofSeconds(5));
        rig.gate.kill(Rig.BOB, "all of it");
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchTo("v2", Rig.ALICE, "trained"))
                .withMessageContaining("is killed by bob");
    }

    @Test
    void nothingIsSwitchedWhereSomethingCameInBetween() {
        BlueGreen<String, String> pair = pair(b -> b.smoke("slow", "hi", answer -> {
            Rig.stored(rig.gate.version("v3").promote(Rig.BOB, "first"));
            Rig.stored(rig.gate.version("v1").promote(Rig.BOB, "and back"));
            return true;
        }));
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchTo("v2", Rig.ALICE, "trained"))
                .withMessageContaining("was changed while version \"v2\" was smoke-tested");
        assertThat(served()).isEqualTo("v1");

        BlueGreen<String, String> killed = pair(b -> b.smoke("slow", "hi", answer -> {
            rig.gate.version("v2").kill(Rig.BOB, "wrong");
            return true;
        }));
        assertThatIllegalStateException()
                .isThrownBy(() -> killed.switchTo("v2", Rig.ALICE, "trained"))
                .withMessageContaining("is killed");
    }

    @Test
    void aSwitchIsRefusedWhileARolloutRunsAndWhereThereIsNothingToSwitch() {
        BlueGreen<String, String> pair = pair();
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchTo("v1", Rig.ALICE, "again"))
                .withMessageContaining("is the stable version of gate \"credit-risk\" already");
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchBack(Rig.ALICE, "back"))
                .withMessageContaining("it was not stable before");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair.switchTo("v3", Rig.ALICE, "other"))
                .withMessageContaining("not one of the pair [v1, v2]");
        rig.start("v3");
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchTo("v2", Rig.ALICE, "trained"))
                .withMessageContaining("of version \"v3\" runs on gate");
        rig.rollouts.abort(rig.gate, Rig.ALICE, "enough").stored(Duration.ofSeconds(5));
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, "by hand"));
        assertThatIllegalStateException()
                .isThrownBy(() -> pair.switchTo("v2", Rig.ALICE, "trained"))
                .withMessageContaining("has \"v3\" as stable, which is not one of the pair");
    }

    @Test
    void aSwitchBackSaysWhatItTookBackAndWhatThatLeftBehind() {
        registered("v2", SideEffects.REMEDIATE);
        BlueGreen<String, String> pair = pair();
        Instant since = rig.gates.now();
        pair.switchTo("v2", Rig.ALICE, "trained");
        rig.world.time.advance(Duration.ofHours(1));
        Rollback back = pair.switchBack(Rig.BOB, "approvals fell");
        assertThat(back.restored()).isEqualTo("v1");
        assertThat(back.bad()).isEqualTo("v2");
        assertThat(back.since()).isEqualTo(since);
        assertThat(back.callers()).as("nobody counted").isEqualTo(-1);
        assertThat(back.remedies())
                .containsExactly("put right by hand what the calls of \"v2\" left behind: it stays after a rollback");
    }

    @Test
    void aSwitchBackNeedsNoPromotionToUndo() {
        Rig.stored(rig.gate.version("v2").promote(Rig.ALICE, "first"));
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, "second"));
        rig.rollouts.rollback(rig.gate, Rig.BOB, "worse");
        assertThat(pair().switchBack(Rig.BOB, "worse as well").restored()).isEqualTo("v1");
        assertThat(served()).isEqualTo("v1");
    }

    @Test
    void aSwitchBackAsksNoSmokeCall() {
        AtomicInteger smokes = new AtomicInteger();
        BlueGreen<String, String> pair = pair(b -> b.smoke("counts", "hi", answer -> {
            smokes.incrementAndGet();
            return true;
        }));
        pair.switchTo("v2", Rig.ALICE, "trained");
        pair.switchBack(Rig.ALICE, "back");
        assertThat(smokes).hasValue(1);
    }

    @Test
    void whicheverDoesNotServeIsKeptWarm() {
        List<String> told = new ArrayList<>();
        ModelGate<String, String> gate = rig.gates.gate("chat", g -> {
            CallAwareModel<String, String> one = (input, call) -> asked(told, "v1", input, call.shadow());
            CallAwareModel<String, String> two = (input, call) -> asked(told, "v2", input, call.shadow());
            g.callAwareStable("v1", one).callAwareVersion("v2", two).router(Cohorts.router());
        });
        BlueGreen<String, String> pair = rig.rollouts.blueGreen(
                gate,
                "v1",
                "v2",
                b -> b.smoke("any", "smoke", a -> true)
                        .warm("a")
                        .warm("b")
                        .every(Duration.ofSeconds(10))
                        .executor(Runnable::run));
        assertThat(told).containsExactly("v2 a true", "v2 b true");
        assertThat(pair.status().warmed()).isEqualTo(rig.gates.now());
        rig.world.time.advance(Duration.ofSeconds(10));
        assertThat(told).hasSize(4);
        told.clear();

        pair.switchTo("v2", Rig.ALICE, "trained");
        assertThat(told).containsExactly("v2 smoke true");
        assertThat(pair.status().warmed()).isNull();
        told.clear();
        rig.world.time.advance(Duration.ofSeconds(10));
        assertThat(told).containsExactly("v1 a true", "v1 b true");

        pair.close();
        rig.world.time.advance(Duration.ofMinutes(1));
        assertThat(told).hasSize(2);
    }

    private static String asked(List<String> told, String version, String input, boolean shadow) {
        told.add(version + " " + input + " " + shadow);
        if (input.equals("bad")) {
            throw new IllegalStateException("broken");
        }
        return version;
    }

    @Test
    void aVersionThatIsNotWarmIsSaidOnceBeforeItIsNeeded() {
        List<String> cold = new ArrayList<>();
        BlueGreen<String, String> pair = pair(b -> b.smoke("any", "hi", a -> true)
                .warm("hi")
                .every(Duration.ofSeconds(10))
                .onCold(cold::add));
        assertThat(cold).isEmpty();
        KillReceipt kill = rig.gate.version("v2").kill(Rig.BOB, "wrong");
        rig.world.time.advance(Duration.ofSeconds(30));
        assertThat(cold)
                .singleElement()
                .satisfies(each -> assertThat(each)
                        .contains("version \"v2\" of gate \"credit-risk\" is not kept warm: call 1 of 1: KILLED"));
        assertThat(pair.status().cold()).isNotNull();

        rig.gates.revive(kill.id(), Rig.BOB, "right").stored(Duration.ofSeconds(5));
        rig.world.time.advance(Duration.ofSeconds(10));
        assertThat(pair.status().cold()).isNull();
    }

    @Test
    void whatIsClosedInTheMiddleOfARoundIsNotSaidToBeCold() {
        List<String> cold = new ArrayList<>();
        List<String> asked = new ArrayList<>();
        Deque<Runnable> tasks = new ArrayDeque<>();
        List<BlueGreen<String, String>> pairs = new ArrayList<>();
        rig.gate.register("v9", input -> {
            asked.add(input);
            pairs.forEach(BlueGreen::close);
            return "v9";
        });
        pairs.add(rig.rollouts.blueGreen(
                rig.gate,
                "v1",
                "v9",
                b -> b.harmless()
                        .smoke("any", "hi", a -> true)
                        .warm("a")
                        .warm("b")
                        .executor(tasks::add)
                        .onCold(cold::add)));
        tasks.remove().run();
        assertThat(asked).containsExactly("a");
        assertThat(cold).isEmpty();
    }

    @Test
    void aRoundThatHangsIsSaidAndNotJoinedByAnother() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        List<String> cold = new ArrayList<>();
        BlueGreen<String, String> pair = pair(b ->
                b.smoke("any", "hi", a -> true).warm("hi").executor(tasks::add).onCold(cold::add));
        rig.world.time.advance(Duration.ofMinutes(5));
        assertThat(tasks).hasSize(1);
        assertThat(cold).singleElement().satisfies(each -> assertThat(each).contains("version \"v2\""));
        assertThat(pair.status().warmed()).isNull();
        assertThat(pair.status().cold()).contains("have not come back");
    }

    @Test
    void afterASwitchItIsTheOtherVersionThatIsSaidToBeCold() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        List<String> cold = new ArrayList<>();
        boolean[] refused = {false};
        BlueGreen<String, String> pair = pair(b -> b.smoke("any", "hi", a -> true)
                .warm("hi")
                .every(Duration.ofSeconds(10))
                .executor(task -> {
                    if (refused[0]) {
                        throw new RejectedExecutionException("full");
                    }
                    tasks.add(task);
                })
                .onCold(cold::add));
        tasks.remove().run();
        pair.switchTo("v2", Rig.ALICE, "trained");
        rig.world.time.advance(Duration.ofSeconds(20)); // a round of v1 that does not begin
        assertThat(cold)
                .singleElement()
                .satisfies(each -> assertThat(each).contains("version \"v1\"", "have not come back"));
        assertThat(pair.status().cold()).contains("have not come back");

        tasks.remove().run();
        pair.switchBack(Rig.BOB, "approvals fell");
        refused[0] = true;
        rig.world.time.advance(Duration.ofSeconds(10));
        assertThat(cold)
                .hasSize(2)
                .last()
                .satisfies(each -> assertThat(each).contains("version \"v2\"", "took no more"));
    }

    @Test
    void whatCannotBeAPairIsRefusedWithTheFix() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair(b -> {}))
                .withMessageContaining("has no smoke call: add one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.rollouts.blueGreen(
                        rig.gate, "v1", "v1", b -> b.harmless().smoke("a", "hi", a -> true)))
                .withMessageContaining("blue and green are both \"v1\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.rollouts.blueGreen(
                        rig.gate, "v1", "v9", b -> b.harmless().smoke("a", "hi", a -> true)))
                .withMessageContaining("\"v9\"")
                .withMessageContaining("not registered in this process");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> pair(b -> b.every(Duration.ofMillis(1))))
                .withMessageContaining("expected PT1S to PT1H");
    }

    @Test
    void eachProcessSwitchesWhenItAppliesTheEntry() {
        try (Rig other = new Rig(rig.world, r -> {})) {
            BlueGreen<String, String> theirs = other.rollouts.blueGreen(
                    other.gate,
                    "v1",
                    "v2",
                    b -> b.harmless().smoke("any", "hi", a -> true).executor(Runnable::run));
            pair().switchTo("v2", Rig.ALICE, "trained");
            assertThat(other.gate.call("hi", Caller.of("user-1"))).isEqualTo("v2");
            assertThat(theirs.status().idle()).isEqualTo("v1");
            theirs.switchBack(Rig.BOB, "back");
            assertThat(served()).isEqualTo("v1");
        }
    }

    private void registered(String version, SideEffects sideEffects, String... features) {
        Rig.stored(rig.rollouts.register(
                rig.gate,
                version,
                v -> {
                    v.artefact(
                                    URI.create("file:///" + version),
                                    "sha256:" + version.substring(1).repeat(64))
                            .sideEffects(sideEffects);
                    List.of(features).forEach(feature -> v.feature(feature, "double"));
                },
                Rig.ALICE));
    }

    @Test
    void aVersionThatCannotBeToldIsOfNoPairUnlessItsCallsLeaveNothingBehind() {
        for (boolean warm : new boolean[] {false, true}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rig.rollouts.blueGreen(rig.gate, "v1", "v2", b -> {
                        b.smoke("a", "hi", a -> true);
                        if (warm) {
                            b.warm("hi");
                        }
                    }))
                    .withMessageContaining("version \"v1\" of gate \"credit-risk\" cannot be told that nobody gets")
                    .withMessageContaining("harmless()");
        }
        registered("v1", SideEffects.NONE);
        registered("v2", SideEffects.REMEDIATE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.rollouts.blueGreen(rig.gate, "v1", "v2", b -> b.smoke("a", "hi", a -> true)))
                .withMessageContaining("version \"v2\"")
                .withMessageContaining("sideEffects(NONE)");
        registered("v3", SideEffects.NONE);
        rig.rollouts
                .blueGreen(rig.gate, "v1", "v3", b -> b.smoke("a", "hi", a -> true))
                .close();
    }

    @Test
    void aFreezeHoldsASwitchAndNotASwitchBack() {
        List<Optional<String>> says = new ArrayList<>(List.of(Optional.empty()));
        List<RolloutStatus> asked = new ArrayList<>();
        try (Rig frozen = new Rig(
                new Rig.World(),
                r -> r.promotionGate(rollout -> {
                    asked.add(rollout);
                    return says.get(0);
                }))) {
            AtomicInteger smokes = new AtomicInteger();
            BlueGreen<String, String> pair = frozen.rollouts.blueGreen(
                    frozen.gate,
                    "v1",
                    "v2",
                    b -> b.harmless().smoke("counts", "hi", answer -> smokes.incrementAndGet() > 0));
            pair.switchTo("v2", Rig.ALICE, "trained");
            assertThat(asked).allSatisfy(each -> {
                assertThat(each.rollout()).isEmpty();
                assertThat(each.policy().name()).isEqualTo("blue-green");
                assertThat(each.candidate()).isEqualTo("v2");
                assertThat(each.baseline()).isEqualTo("v1");
                assertThat(each.evidenceKnown()).isFalse();
            });
            says.set(0, Optional.of("frozen until Monday"));
            pair.switchBack(Rig.BOB, "approvals fell");
            assertThat(frozen.stable()).isEqualTo("v1");
            assertThatIllegalStateException()
                    .isThrownBy(() -> pair.switchTo("v2", Rig.ALICE, "mended"))
                    .withMessage("version \"v2\" of gate \"credit-risk\" cannot be switched to: frozen until Monday");
            assertThat(smokes).as("asked before the smoke calls").hasValue(1);
        }
    }

    @Test
    void aFreezeThatBeginsDuringTheSmokeCallsHoldsTheSwitch() {
        AtomicInteger smokes = new AtomicInteger();
        try (Rig frozen = new Rig(
                new Rig.World(),
                r -> r.promotionGate(rollout -> smokes.get() > 0 ? Optional.of("frozen") : Optional.empty()))) {
            BlueGreen<String, String> pair = frozen.rollouts.blueGreen(
                    frozen.gate,
                    "v1",
                    "v2",
                    b -> b.harmless().smoke("counts", "hi", answer -> smokes.incrementAndGet() > 0));
            assertThatIllegalStateException()
                    .isThrownBy(() -> pair.switchTo("v2", Rig.ALICE, "trained"))
                    .withMessageContaining("frozen");
            assertThat(frozen.stable()).isEqualTo("v1");
        }
    }

    @Test
    void aVersionThatDroppedAFeatureIsNotSwitchedTo() {
        registered("v1", SideEffects.NONE, "income", "age");
        registered("v2", SideEffects.NONE, "income");
        assertThatIllegalStateException()
                .isThrownBy(() -> pair().switchTo("v2", Rig.ALICE, "trained"))
                .withMessageContaining("cannot take the place of \"v1\"")
                .withMessageContaining("age");
        assertThat(served()).isEqualTo("v1");
    }

    @Test
    void aVersionThatWasTakenBackIsHeldDownForASwitchToo() {
        rig.start("v2");
        rig.rollouts.abort(rig.gate, Rig.BOB, "approvals fell").stored(Duration.ofSeconds(5));
        assertThatIllegalStateException()
                .isThrownBy(() -> pair().switchTo("v2", Rig.ALICE, "trained"))
                .withMessageContaining("was aborted by bob")
                .withMessageContaining("It is held down until")
                .withMessageContaining("promote it by hand");
        rig.world.time.advance(Duration.ofHours(7));
        pair().switchTo("v2", Rig.ALICE, "trained");
        assertThat(served()).isEqualTo("v2");
    }
}
