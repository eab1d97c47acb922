package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.CallAwareModel;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Gates;
import io.modelgate.Model;
import io.modelgate.ModelGate;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.control.FileControlLog;
import io.modelgate.testkit.ManualTime;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShadowTest {

    /** The number of the next caller: each calls once. */
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final Rig rig = new Rig();
    private final AtomicInteger mirrored = new AtomicInteger();

    @AfterEach
    void close() {
        rig.close();
    }

    /** Stable's score is its input. */
    private ModelGate<Double, Double> scores(Rig in, Model<Double, Double> candidate) {
        return in.gates.gate(
                "scores",
                g -> g.stable("v1", input -> input)
                        .version("v2", input -> {
                            mirrored.incrementAndGet();
                            return candidate.answer(input);
                        })
                        .metric("score", 0, 10, answer -> answer)
                        .router(Cohorts.router()));
    }

    private ModelGate<Double, Double> shadowed(Model<Double, Double> candidate, Consumer<ShadowStageBuilder> rules) {
        ModelGate<Double, Double> gate = scores(rig, candidate);
        rig.rollouts.shadowing(gate, s -> s.harmless().executor(Runnable::run));
        start(gate, rules);
        return gate;
    }

    private void start(ModelGate<Double, Double> gate, Consumer<ShadowStageBuilder> rules) {
        rig.rollouts.start(gate, "v2", policy(rules), who -> who.allow("qa"), Rig.ALICE, "shadow");
        rig.rollouts.tick();
    }

    private static RolloutPolicy policy(Consumer<ShadowStageBuilder> rules) {
        return Rig.read(Rig.policy(p -> {
            Rig.steps(p);
            p.shadow(s -> {
                s.sample(1).atLeast(Rig.MINUTE.multipliedBy(10)).calls(200).agreement(0.9);
                rules.accept(s);
            });
        }));
    }

    private static void calls(Rig in, ModelGate<Double, Double> gate, int count) {
        for (int i = 0; i < count; i++) {
            gate.call((double) (i % 10), Caller.of("user-" + NEXT.incrementAndGet()));
        }
        in.gates.flushServed();
        in.rollouts.tick();
    }

    /** As a decision record has it of these bytes. */
    private String digest(String text) {
        return rig.gates.identities().digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private RolloutStatus status(ModelGate<?, ?> gate) {
        return rig.rollouts.status(gate).orElseThrow();
    }

    private ShadowReport report(ModelGate<?, ?> gate) {
        return rig.rollouts.shadow(gate).orElseThrow();
    }

    @Test
    void nobodyGetsTheCandidateWhileItsShadowIsCompared() {
        ModelGate<Double, Double> gate = shadowed(input -> input + 1, s -> {});
        assertThat(gate.call(3.0, Caller.of("qa"))).isEqualTo(3.0);
        calls(rig, gate, 100);

        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
        assertThat(status(gate).weight()).isEqualTo(Weight.NONE);
        assertThat(gate.versionFor(Caller.of("qa"))).contains("v1");
        assertThat(mirrored).hasValue(101);
        assertThat(gate.version("v2").invocations()).isZero();
        assertThat(report(gate).compared()).isEqualTo(101);
        assertThat(report(gate).agreed()).isZero();
    }

    @Test
    void theFirstStepComesOnceTimeCallsAndAgreementAreReached() {
        ModelGate<Double, Double> gate = shadowed(input -> input, s -> {});
        calls(rig, gate, 199);
        rig.minutes(11);
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
        assertThat(status(gate).reason()).contains("199 of at least 200 compared calls");

        calls(rig, gate, 1);
        assertThat(status(gate).stage()).isEqualTo(Stage.CANARY);
        assertThat(rig.entries(EntryTypes.ROLLOUT_WEIGHT).get(0).decision().reason())
                .containsPattern("agreed in (19\\d|200) of (19\\d|200) compared calls, each caller's first");
        assertThat(rig.entries(EntryTypes.ROLLOUT_WEIGHT)
                        .get(0)
                        .decision()
                        .data()
                        .toString())
                .contains("shadow")
                .contains("NOT_WORSE");
        calls(rig, gate, 50);
        assertThat(report(gate).running()).isFalse();
        assertThat(report(gate).compared()).isEqualTo(200);
    }

    @Test
    void whatWasComparedStaysSoWhenItsMirrorBeginsAnew() {
        ModelGate<Double, Double> gate = shadowed(input -> input, s -> {});
        calls(rig, gate, 150);
        rig.rollouts.shadowing(gate, s -> {}); // may do harm now
        rig.rollouts.tick();
        assertThat(report(gate).running()).isFalse();
        assertThat(report(gate).compared()).isEqualTo(150);
        rig.rollouts.shadowing(gate, s -> s.harmless().executor(Runnable::run));
        rig.rollouts.tick();
        assertThat(report(gate).running()).isTrue();
        assertThat(report(gate).compared()).isEqualTo(150);

        calls(rig, gate, 40);
        assertThat(report(gate).compared()).isEqualTo(190);
        assertThat(report(gate).agreed()).isEqualTo(190);
    }

    @Test
    void theFirstStepWaitsForTheLeastTimeToo() {
        ModelGate<Double, Double> gate = shadowed(input -> input, s -> {});
        calls(rig, gate, 500);
        rig.minutes(9);
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
        rig.minutes(1);
        assertThat(status(gate).stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void whatDoesNotAgreeOftenEnoughIsHeldForAPerson() {
        ModelGate<Double, Double> gate = shadowed(input -> input < 2 ? input + 1 : input, s -> {});
        calls(rig, gate, 1_000);
        rig.minutes(60);
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
        assertThat(status(gate).paused()).isFalse();
        assertThat(status(gate).evidence().get(0).finding()).isEqualTo(Finding.INCONCLUSIVE);

        rig.minutes(11);
        assertThat(status(gate).paused()).isTrue();
        assertThat(status(gate).reason())
                .containsPattern(
                        "agreed in (79\\d|800) of (99\\d|1,000) compared calls"); // two callers may be in one unit
        assertThatThrownBy(() -> rig.rollouts.promote(gate, Rig.ALICE, "all the same"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SHADOW");
    }

    @Test
    void agreementIsNotTakenForShownByAFewLuckyCalls() {
        ModelGate<Double, Double> gate = shadowed(input -> input, s -> s.calls(20));
        calls(rig, gate, 20);
        rig.minutes(11);
        assertThat(report(gate).agreement()).hasValue(1);
        assertThat(report(gate).atLeast()).isLessThan(0.9);
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void aKillOfTheCandidateAbortsAndStopsItsShadow() {
        ModelGate<Double, Double> gate = shadowed(input -> input, s -> {});
        calls(rig, gate, 5);
        gate.version("v2").kill(Rig.BOB, "wrong");
        gate.call(1.0, Caller.of("user-1"));
        rig.gates.flushServed();
        assertThat(mirrored).hasValue(5);
        assertThat(report(gate).refused()).containsEntry(Cause.KILLED, 1L);
        assertThat(report(gate).compared()).isEqualTo(5);

        rig.rollouts.tick();
        assertThat(status(gate).stage()).isEqualTo(Stage.ABORTED);
        assertThat(report(gate).running()).isFalse();
    }

    @Test
    void aKillOfTheGateStopsItsShadowAndAbortsNothing() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        ModelGate<Double, Double> gate = scores(rig, input -> input);
        rig.rollouts.shadowing(gate, s -> s.harmless().executor(tasks::add));
        start(gate, s -> {});
        calls(rig, gate, 1);
        gate.kill(Rig.BOB, "wrong");
        tasks.forEach(Runnable::run);
        rig.rollouts.tick();
        assertThat(mirrored).hasValue(0);
        assertThat(report(gate).refused()).containsEntry(Cause.KILLED, 1L);
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void aVersionThatCannotBeToldIsRefusedWithTheFix() {
        ModelGate<Double, Double> gate = scores(rig, input -> input);
        assertThatThrownBy(() -> start(gate, s -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("\"v2\"")
                .hasMessageContaining("Call.shadow()")
                .hasMessageContaining("sideEffects(NONE)")
                .hasMessageContaining("harmless()");

        rig.rollouts.register(
                gate,
                "v2",
                v -> v.artefact(URI.create("file:///v2"), "sha256:" + "0".repeat(64))
                        .sideEffects(SideEffects.NONE),
                Rig.ALICE);
        start(gate, s -> {});
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void aVersionThatKnowsItsCallIsToldThatItIsAShadow() {
        List<Boolean> told = new ArrayList<>();
        CallAwareModel<Double, Double> candidate = (input, call) -> {
            told.add(call.shadow());
            return input;
        };
        ModelGate<Double, Double> gate = rig.gates.gate(
                "scores",
                g -> g.stable("v1", input -> input)
                        .callAwareVersion("v2", candidate)
                        .router(Cohorts.router()));
        rig.rollouts.shadowing(gate, s -> s.executor(Runnable::run));
        start(gate, s -> {});
        calls(rig, gate, 1);
        assertThat(told).containsExactly(true);
    }

    @Test
    void whatWouldWaitTooLongIsDroppedAndCountedAndTheCallerKnowsNothingOfIt() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        ModelGate<Double, Double> gate = scores(rig, input -> input);
        rig.rollouts.shadowing(gate, s -> s.harmless().waiting(3).executor(tasks::add));
        start(gate, s -> {});
        calls(rig, gate, 10);
        assertThat(tasks).hasSize(3);
        assertThat(report(gate).sampled()).isEqualTo(10);
        assertThat(report(gate).dropped()).isEqualTo(7);

        tasks.forEach(Runnable::run);
        tasks.clear();
        calls(rig, gate, 1);
        assertThat(tasks).hasSize(1);
        assertThat(report(gate).compared()).isEqualTo(3);
    }

    @Test
    void aShadowThatHangsHoldsUpNoCaller() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ModelGate<Double, Double> gate = scores(rig, input -> {
            hanging.countDown();
            go.await();
            return input;
        });
        rig.rollouts.shadowing(gate, s -> s.harmless().threads(1).waiting(2));
        start(gate, s -> {});
        gate.call(1.0, Caller.of("user-1"));
        hanging.await();
        for (int i = 0; i < 10; i++) {
            assertThat(gate.call(2.0, Caller.of("user-2"))).isEqualTo(2.0);
        }
        rig.gates.flushServed();
        assertThat(report(gate).dropped()).isEqualTo(8);
        assertThat(gate.version("v2").kill(Rig.ALICE, "hangs").inFlight()).isOne();
        go.countDown();
    }

    @Test
    void aShadowThatFailsDisagreesAndOpensItsOwnBreakerOnly() {
        ModelGate<Double, Double> gate = shadowed(
                input -> {
                    throw new IllegalStateException("broken");
                },
                s -> {});
        calls(rig, gate, 1_000);
        ShadowReport report = report(gate);
        assertThat(report.compared()).isEqualTo(1_000);
        assertThat(report.agreed()).isZero();
        assertThat(report.failed().get(Cause.ERROR)).isPositive();
        assertThat(report.failed().get(Cause.BREAKER_OPEN)).isPositive();
        assertThat(report.worst()).hasSize(50).allMatch(each -> each.failed() != null);
        assertThat(gate.version("v2").breaker()).contains(CircuitBreaker.State.CLOSED);
    }

    @Test
    void onlyWhatStableAnsweredIsMirrored() {
        ModelGate<Double, Double> gate = rig.gates.gate(
                "scores",
                g -> g.stable("v1", input -> {
                            if (input < 5) {
                                throw new IllegalStateException("no");
                            }
                            return input;
                        })
                        .version("v2", input -> input)
                        .router(Cohorts.router()));
        rig.rollouts.shadowing(gate, s -> s.harmless().executor(Runnable::run));
        start(gate, s -> {});
        for (int i = 0; i < 10; i++) {
            var unused = gate.decide((double) i, Caller.of("user-" + i));
        }
        rig.gates.flushServed();
        assertThat(report(gate).sampled()).isEqualTo(5);
    }

    @Test
    void aSampleIsAboutTheShareThatWasAskedFor() {
        ModelGate<Double, Double> gate = shadowed(input -> input, s -> s.sample(0.25));
        calls(rig, gate, 4_000);
        assertThat(report(gate).sampled()).isBetween(850L, 1_150L); // 5 standard deviations
    }

    @Test
    void agreementGoesOnAfterARestart(@TempDir Path dir) {
        Path log = dir.resolve("modelgate.log");
        try (Rig before = new Rig(new Rig.World(FileControlLog.open(log)), r -> {})) {
            ModelGate<Double, Double> gate = scores(before, input -> input);
            before.rollouts.shadowing(gate, s -> s.harmless().executor(Runnable::run));
            Rollout started = before.rollouts.start(gate, "v2", policy(s -> {}), Rig.ALICE, "shadow");
            assertThat(started.stored(Duration.ofSeconds(5))).isTrue();
            before.rollouts.tick();
            calls(before, gate, 150);
            before.minutes(6);
        }
        try (Rig after = new Rig(new Rig.World(FileControlLog.open(log)), r -> {})) {
            ModelGate<Double, Double> gate = scores(after, input -> input);
            after.rollouts.shadowing(gate, s -> s.harmless().executor(Runnable::run));
            after.rollouts.tick();
            calls(after, gate, 49);
            assertThat(after.rollouts.shadow(gate).orElseThrow().compared()).isEqualTo(199);
            after.minutes(4);
            assertThat(after.rollouts.status(gate).orElseThrow().stage()).isEqualTo(Stage.SHADOW);
            calls(after, gate, 1);
            assertThat(after.rollouts.status(gate).orElseThrow().stage()).isEqualTo(Stage.CANARY);
        }
    }

    @Test
    void theWorstComeFirstAndNothingOfWhatWasAskedOrAnsweredIsKept() {
        ModelGate<Double, Double> gate = shadowed(input -> input * 1.5, s -> s.within("score", 1));
        calls(rig, gate, 100);
        ShadowReport report = report(gate);
        assertThat(report.agreed()).isEqualTo(30); // 0, 1, 2 of 0 to 9
        assertThat(report.worst()).hasSize(50);
        assertThat(report.worst().get(0).difference()).isEqualTo(4.5);
        assertThat(report.worst())
                .extracting(ShadowReport.Disagreement::difference)
                .doesNotContainNull()
                .isSortedAccordingTo(Comparator.nullsLast(Comparator.reverseOrder()));
        assertThat(report.worst()).allSatisfy(each -> {
            assertThat(each.kept()).isNull();
            assertThat(each.input()).matches("hmac-sha256:[0-9a-f]{64}");
        });
        assertThat(report.worst().get(0).input()).isEqualTo(digest("9.0"));
        assertThat(report.worst().get(0).shadow()).isEqualTo(digest("13.5"));
        assertThat(report.differences()).hasSize(2);
        ShadowReport.Difference score = report.differences().get(0);
        assertThat(score.of()).isEqualTo("score");
        assertThat(score.count()).isEqualTo(100);
        assertThat(score.mean()).isEqualTo(2.25);
        assertThat(score.p50()).isEqualTo(2);
        assertThat(score.most()).isEqualTo(4.5);
    }

    @Test
    void inputsAreKeptWhereTheUserAllowsIt() {
        ModelGate<Double, Double> gate = scores(rig, input -> input + 1);
        rig.rollouts.shadowing(
                gate,
                s -> s.harmless().executor(Runnable::run).keepInputs().alike("same-half", (a, b) -> a < 5 == b < 5));
        start(gate, s -> s.by("same-half"));
        calls(rig, gate, 10);
        assertThat(report(gate).agreed()).isEqualTo(9);
        assertThat(report(gate).worst()).singleElement().satisfies(each -> {
            ShadowReport.Kept kept = Objects.requireNonNull(each.kept());
            assertThat(kept.input()).isEqualTo(4.0);
            assertThat(kept.stable()).isEqualTo(4.0);
            assertThat(kept.shadow()).isEqualTo(5.0);
        });
    }

    @Test
    void aComparisonOrAMetricThatIsNotThereIsRefusedWithTheFix() {
        ModelGate<Double, Double> gate = scores(rig, input -> input);
        rig.rollouts.shadowing(gate, s -> s.harmless());
        assertThatThrownBy(() -> start(gate, s -> s.by("same-half")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("alike(\"same-half\"");
        assertThatThrownBy(() -> start(gate, s -> s.within("price", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"price\"")
                .hasMessageContaining("[score]");
    }

    @Test
    void aProcessThatMustNotShadowSaysSoAndMirrorsNothing() {
        shadowed(input -> input, s -> {});
        try (Rig other = new Rig(rig.world, r -> {})) {
            ModelGate<Double, Double> theirs = scores(other, input -> input);
            other.rollouts.tick();
            calls(other, theirs, 10);
            other.minutes(20);
            assertThat(other.rollouts.shadow(theirs)).isEmpty();
            assertThat(mirrored).hasValue(0);
            assertThat(other.heard(RolloutEvent.Hindered.class))
                    .anySatisfy(
                            each -> assertThat(each.reason()).contains("cannot be told that nobody gets its answer"));
            assertThat(other.rollouts.status(theirs).orElseThrow().reason()).contains("cannot be told");
        }
    }

    @Test
    void aShadowThatCannotBeginIsSaidAndAKillAbortsAllTheSame() {
        ModelGate<Double, Double> gate = scores(rig, input -> input);
        rig.rollouts.shadowing(gate, s -> s.harmless().twin(t -> t.budget(Budget.tokens("shadow", 100, Per.gate()))));
        start(gate, s -> {});
        assertThat(rig.heard(RolloutEvent.Hindered.class))
                .anySatisfy(each -> assertThat(each.reason())
                        .contains("its shadow cannot begin")
                        .contains("tokens"));
        gate.version("v2").kill(Rig.BOB, "wrong");
        rig.rollouts.tick();
        assertThat(status(gate).stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void aStartThatGivesCallersToAShadowedCandidateIsPassedOver() {
        ModelGate<Double, Double> gate = scores(rig, input -> input);
        rig.rollouts.shadowing(gate, s -> s.harmless());
        start(gate, s -> {});
        var start = rig.entries(EntryTypes.ROLLOUT).get(0).decision();
        rig.rollouts.abort(gate, Rig.ALICE, "enough").stored(Duration.ofSeconds(5));
        Map<String, Object> data = new HashMap<>(start.data());
        data.put(EntryTypes.WEIGHT, (long) Weight.percent(1).parts());
        Rig.stored(rig.gates.append(
                rig.gates.decision("forged", EntryTypes.ROLLOUT, gate.name(), Rig.BOB, "past its shadow", data)));
        assertThat(Rollout.running(gate)).isEmpty();
    }

    @Test
    void aManualFirstStepWaitsForItsApprovalAfterTheShadow() {
        ModelGate<Double, Double> gate = scores(rig, input -> input);
        rig.rollouts.shadowing(gate, s -> s.harmless().executor(Runnable::run));
        RolloutPolicy manual = Rig.read(Rig.policy(p -> p.manualStep(Weight.percent(1), Rig.MINUTE, 1)
                .shadow(s -> s.sample(1).atLeast(Rig.MINUTE).calls(100).agreement(0.9))));
        rig.rollouts.start(gate, "v2", manual, Rig.ALICE, "shadow");
        rig.rollouts.tick();
        calls(rig, gate, 200);
        rig.minutes(2);
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
        assertThat(status(gate).waiting()).isTrue();
        Rig.stored(rig.rollouts.approve(gate, Rig.ALICE, "looks good"));
        rig.minutes(1);
        assertThat(status(gate).stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void aShadowWithoutCallsIsSaidToAPerson() {
        ModelGate<Double, Double> gate = shadowed(input -> input, s -> {});
        rig.minutes(30);
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class))
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).contains("0 of at least 200 compared calls"));
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
    }

    @Test
    void thePolicyForHighStakesInTheDocsHasAShadow() {
        assertThat(RolloutPolicy.load(Path.of("../docs/policies/weeks.yaml")).shadow())
                .isNotNull();
    }

    @Test
    void anInstantOfSilenceNeverPasses() {
        ModelGate<Double, Double> gate = shadowed(input -> input, s -> {});
        rig.minutes(Math.toIntExact(Duration.ofHours(5).toMinutes()));
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
        assertThat(mirrored).hasValue(0);
    }

    @Test
    void anInputThatIsACallersKeyDoesNotShowByTheCallersHash() {
        rig.rollouts.shadowing(rig.gate, s -> s.harmless().executor(Runnable::run));
        rig.start("v2", policy(s -> {}));
        rig.rollouts.tick();
        rig.gate.call("user-42", Caller.of("user-42"));
        rig.gates.flushServed();
        ShadowReport.Disagreement worst = report(rig.gate).worst().get(0);
        assertThat(worst.input())
                .isEqualTo(digest("user-42"))
                .doesNotContain(rig.gates.identities().hash("user-42"));
    }

    /** Each shadow of the executor begins the next one before it answers. */
    private ModelGate<Double, Double> nested(Deque<Runnable> tasks, Consumer<ShadowBuilder<Double, Double>> more) {
        ModelGate<Double, Double> gate = scores(rig, input -> {
            Runnable next = tasks.poll();
            if (next != null) {
                next.run();
            }
            return input;
        });
        rig.rollouts.shadowing(gate, s -> {
            s.harmless().executor(tasks::add);
            more.accept(s);
        });
        start(gate, s -> {});
        calls(rig, gate, 10);
        tasks.remove().run();
        rig.rollouts.tick();
        return gate;
    }

    @Test
    void anExecutorsShadowsRunAtOnceAsManyAsItRuns() {
        assertThat(report(nested(new ArrayDeque<>(), s -> {})).compared()).isEqualTo(10);
    }

    @Test
    void whatTheUserSaysOfHowManyRunAtOnceHolds() {
        ShadowReport report = report(nested(new ArrayDeque<>(), s -> s.twin(t -> t.maxConcurrent(3))));
        assertThat(report.compared()).isEqualTo(3);
        assertThat(report.refused()).containsOnlyKeys(Cause.FULL);
    }

    @Test
    void threadsBesideAnExecutorAreRefusedWithTheFix() {
        assertThatThrownBy(
                        () -> rig.rollouts.shadowing(rig.gate, s -> s.threads(2).executor(Runnable::run)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads of a shadow is 2, beside an executor")
                .hasMessageContaining("maxConcurrent");
    }

    @Test
    void aComparisonThatThrowsIsCountedAndSaidAndHoldsTheShadow() {
        ModelGate<Double, Double> gate = scores(rig, input -> input);
        rig.rollouts.shadowing(
                gate,
                s -> s.harmless().waiting(399).executor(Runnable::run).alike("same", (stable, shadow) -> {
                    if (stable == 7) {
                        throw new IllegalStateException("secret");
                    }
                    return true;
                }));
        start(gate, s -> s.by("same"));
        rig.minutes(10);
        calls(rig, gate, 300);
        ShadowReport report = report(gate);
        assertThat(report.uncompared()).isEqualTo(30);
        assertThat(report.sampled()).isEqualTo(report.dropped() + report.compared() + report.uncompared());
        assertThat(status(gate).stage()).isEqualTo(Stage.SHADOW);
        assertThat(rig.heard(RolloutEvent.Hindered.class))
                .singleElement()
                .satisfies(each -> assertThat(each.reason())
                        .contains("threw java.lang.IllegalStateException", "such calls are not compared")
                        .doesNotContain("secret"));
        rig.minutes(1);
        assertThat(status(gate).stage()).as("once all are compared").isEqualTo(Stage.CANARY);
    }

    @Test
    void whatBecameOfEachCallIsInTheMetersAndGoesOnWithTheNextRollout() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ManualTime time = rig.world.time;
        Deque<Runnable> tasks = new ArrayDeque<>();
        try (Gates gates = Gates.open(g -> g.meters(registry)
                        .ticker(time)
                        .instants(time)
                        .scheduler(time)
                        .eventExecutor(Runnable::run));
                Rollouts rollouts = Rollouts.open(
                        gates,
                        r -> r.manual().guardrailTest("quality", (counts, share, alpha) -> Finding.INCONCLUSIVE))) {
            ModelGate<Double, Double> gate = gates.gate(
                    "scores",
                    g -> g.stable("v1", input -> input)
                            .version("v2", input -> {
                                if (input == 3) {
                                    throw new IllegalStateException("broken");
                                }
                                return input == 2 ? 9 : input;
                            })
                            .router(Cohorts.router()));
            rollouts.shadowing(
                    gate,
                    s -> s.harmless()
                            .waiting(4)
                            .executor(tasks::add)
                            .digests(String::valueOf, String::valueOf)
                            .alike("same", (stable, shadow) -> {
                                if (stable == 4) {
                                    throw new IllegalStateException("no");
                                }
                                return stable.equals(shadow);
                            }));
            for (int i = 0; i < 2; i++) {
                rollouts.start(gate, "v2", policy(s -> s.by("same")), who -> who.afterAbort(), Rig.ALICE, "shadow");
                rollouts.tick();
                for (double input = 1; input <= 5; input++) {
                    gate.call(input, Caller.anonymous());
                }
                gates.flushServed();
                tasks.forEach(Runnable::run);
                tasks.clear();
                Rig.stored(rollouts.abort(gate, Rig.ALICE, "again"));
                rollouts.tick();
            }
            for (String result : List.of("agreed", "disagreed", "failed", "uncompared", "dropped")) {
                assertThat(counted(registry, result)).as(result).isEqualTo(2);
            }
            assertThat(counted(registry, "refused")).isZero();
        }
        assertThat(registry.find("modelgate.shadow.calls").functionCounters()).isEmpty();
    }

    private static double counted(SimpleMeterRegistry registry, String result) {
        FunctionCounter counter = registry.get("modelgate.shadow.calls")
                .tags("gate", "scores", "version", "v2", "result", result)
                .functionCounter();
        return counter.count();
    }
}
