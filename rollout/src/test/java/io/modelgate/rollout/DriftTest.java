package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Bins;
import io.modelgate.Caller;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stable against its own frozen reference. */
class DriftTest {

    @Test
    void aSilentDriftIsReportedOnceAndOnceMore() {
        try (DriftRig process = DriftRig.process().frozen()) {
            process.calls(10_000, 1).tick(Duration.ofMinutes(1));
            assertThat(process.heard).isEmpty();
            process.calls(5_000, 2).tick(Duration.ofDays(1)).tick(Duration.ofMinutes(1));
            assertThat(process.heard)
                    .isEmpty(); // a quarter of the values moved, of a third of the calls: less than is allowed

            process.calls(5_000, 2).tick(Duration.ofMinutes(1)).tick(Duration.ofMinutes(1));
            assertThat(process.heard).hasSize(1);
            RolloutEvent.Drifted drifted = process.heard.get(0);
            assertThat(drifted.escalated()).isFalse();
            assertThat(drifted.version()).isEqualTo("v1");
            assertThat(drifted.metric()).isEqualTo("score");
            assertThat(drifted.distance().low()).isGreaterThan(0.1);
            assertThat(drifted.reason())
                    .startsWith("stable \"v1\" has drifted: the distribution of score is 0.")
                    .endsWith("at most 0.1 allowed");
            assertThat(Notification.of(drifted))
                    .containsEntry("event", "drifted")
                    .containsEntry("metric", "score")
                    .containsEntry("escalated", false);

            process.tick(Duration.ofHours(6));
            assertThat(process.heard).hasSize(2);
            assertThat(process.heard.get(1).escalated()).isTrue();
            process.tick(Duration.ofDays(30));
            assertThat(process.heard).hasSize(2);
            // It kills nothing and takes nothing back.
            assertThat(process.gate.describe().stable()).contains("v1");
            assertThat(process.gate.describe().kills()).isEmpty();
        }
    }

    @Test
    void statusShowsWhereItLies() {
        try (DriftRig process = DriftRig.process().frozen()) {
            process.calls(5_000, 1).tick(Duration.ofMinutes(1));
            DriftStatus status = process.rollouts.drift(process.gate).get(0);
            assertThat(status.reference()).isBetween(9_800L, 10_000L);
            assertThat(status.by()).isEqualTo("alice");
            assertThat(status.drifted()).isFalse();
            assertThat(status.distance().limit()).isEqualTo(0.1);
            assertThat(status.distance().low()).isZero();
            assertThat(status.present()).isBetween(4_900L, 5_000L);
        }
    }

    @Test
    void aCallerIsCountedOnce() {
        try (DriftRig process = DriftRig.process()) {
            process.rollouts.countReference(process.gate);
            for (int i = 0; i < 2_000; i++) {
                process.gate.call(0.5, Caller.of("user-1"));
            }
            process.gates.flushServed();
            assertThatIllegalStateException()
                    .isThrownBy(
                            () -> process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, "too soon"))
                    .withMessageContaining("would be made of 1 callers' answers here: expected 1000 or more");
        }
    }

    @Test
    void whatTheCandidateAnswersIsNotStables() {
        try (DriftRig process = DriftRig.process()) {
            process.rollouts.countReference(process.gate);
            Rollout half = Rollout.start(process.gate, "v2", r -> r.weight(Weight.percent(50)), Rig.ALICE, "by hand");
            assertThat(half.stored(Duration.ofSeconds(5))).isTrue();
            process.calls(1_000, 1);
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, "half"))
                    .withMessageMatching(".* would be made of [45]\\d\\d callers' answers here.*");
        }
    }

    @Test
    void anotherStableMakesTheReferenceVoidForGood() {
        try (DriftRig process = DriftRig.process().frozen()) {
            assertThat(process.rollouts.drift(process.gate)).hasSize(1);
            Rig.stored(process.gate.version("v2").promote(Rig.BOB, "better"));
            process.tick(Duration.ofSeconds(1));
            assertThat(process.rollouts.drift(process.gate)).isEmpty();
            process.rollouts.rollback(process.gate, Rig.BOB, "worse");
            assertThat(process.gate.describe().stable()).contains("v1");
            process.calls(10_000, 3).tick(Duration.ofSeconds(1));
            assertThat(process.rollouts.drift(process.gate)).isEmpty();
            assertThat(process.heard).isEmpty();
        }
    }

    @Test
    void everyProcessComparesItsOwnAnswersAndARestartGoesOn() {
        ControlLog log = new MemoryControlLog();
        try (DriftRig one = new DriftRig(log)) {
            one.frozen();
            try (DriftRig other = new DriftRig(log)) {
                other.tick(Duration.ofSeconds(1)).calls(10_000, 2).tick(Duration.ofMinutes(1));
                assertThat(other.heard).hasSize(1);
            }
            one.calls(10_000, 1).tick(Duration.ofMinutes(1));
            assertThat(one.heard).isEmpty();
        }
    }

    @Test
    void whoRestartsTakesNoAlphaThatWasTakenBefore() {
        double all = 0;
        for (long hour = 0; hour < 24 * 3_650; hour++) {
            all += DriftWatch.part(hour);
        }
        assertThat(all).isBetween(0.99, 1.0);

        ControlLog log = new ForwardingControlLog(new MemoryControlLog()) {
            @Override
            public void close() {} // each process has one of its own
        };
        try (DriftRig one = new DriftRig(log).frozen()) {
            double first = DriftRig.farthest(log, Duration.ofMinutes(1));
            assertThat(DriftRig.farthest(log, Duration.ofHours(5))).isEqualTo(first);
            assertThat(DriftRig.farthest(log, Duration.ofDays(30))).isGreaterThan(first + 0.005);
            assertThat(one.heard).isEmpty();
        }
    }

    @Test
    void processesDivideAlpha() {
        ControlLog alone = new MemoryControlLog();
        ControlLog shared = new MemoryControlLog();
        try (DriftRig one = new DriftRig(alone).frozen(DriftRig.SCORE);
                DriftRig ofMany = new DriftRig(shared).frozen(DriftRig.SCORE.processes(100))) {
            assertThat(DriftRig.farthest(shared, Duration.ofMinutes(1)))
                    .isGreaterThan(DriftRig.farthest(alone, Duration.ofMinutes(1)) + 0.003);
            assertThat(one.heard).isEmpty();
            assertThat(ofMany.heard).isEmpty();
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DriftRig.SCORE.processes(0))
                .withMessage("processes of a drift is 0: expected 1 to 10000");
    }

    @Test
    void whatWasCountedOfAnotherVersionIsNoReference() {
        try (DriftRig process = DriftRig.process()) {
            process.rollouts.countReference(process.gate);
            process.calls(5_000, 1);
            Rig.stored(process.gate.version("v2").promote(Rig.BOB, "better"));
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, "late"))
                    .withMessageContaining("of version \"v2\"");
        }
    }

    @Test
    void anUnchangedStableIsReportedWithinAlpha() {
        int reported = 0;
        int runs = 300;
        double alpha = 0.05;
        for (int run = 0; run < runs; run++) {
            SplittableRandom random = new SplittableRandom(DriftRig.SEED + run);
            long[] reference = new long[Bins.COUNT];
            long[] present = new long[Bins.COUNT];
            for (int i = 0; i < 2_000; i++) {
                reference[random.nextInt(reference.length)]++;
            }
            boolean any = false;
            for (int look = 0; look < 100; look++) {
                for (int i = 0; i < 50; i++) {
                    present[random.nextInt(present.length)]++;
                }
                Bins one = Bins.of(reference);
                Bins other = Bins.of(present);
                any |= Distance.of(one, other, alpha).low() > 0;
            }
            reported += any ? 1 : 0;
        }
        assertThat((double) reported / runs).isLessThanOrEqualTo(alpha);
    }

    /** So many callers, of whom those in the EU have high scores and the others low ones. */
    private static void regions(DriftRig process, int times) {
        for (int i = 0; i < times; i++) {
            boolean eu = i % 2 == 0;
            double low = process.random.nextDouble() / 2;
            Caller caller = Caller.of("user-" + process.callers++).with("region", eu ? "eu" : "us");
            process.gate.call(eu ? 0.5 + low : low, caller);
        }
        process.gates.flushServed();
    }

    private static DriftRig ofRegions() {
        DriftRig process = DriftRig.process();
        process.rollouts.countReference(process.gate);
        regions(process, 10_000);
        Rig.stored(process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, "as it was accepted"));
        return process.tick(Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"force", "only", "allow"})
    void whatARolloutPicksIsNoDriftOfStable(String how) {
        try (DriftRig process = ofRegions()) {
            Rollout rollout = Rollout.start(
                    process.gate,
                    "v2",
                    who -> {
                        switch (how) {
                            case "force" -> who.force("region", "eu");
                            case "only" -> who.only("region", "eu");
                            default -> who.allow("user-10000");
                        }
                    },
                    Rig.ALICE,
                    "");
            Rig.stored(rollout.weight(Weight.percent(90), Rig.ALICE, "most of them"));
            process.tick(Duration.ofMinutes(1));
            for (int hour = 0; hour < 30; hour++) {
                regions(process, 2_000);
                process.tick(Duration.ofHours(1));
            }
            assertThat(process.heard).isEmpty();
            assertThat(process.status().suspended()).contains("picks callers by lists or segments");
            assertThat(process.status().present()).isZero();

            Rig.stored(rollout.end(Rig.ALICE, "enough"));
            process.tick(Duration.ofSeconds(1));
            assertThat(process.status().suspended())
                    .as("what was answered before may come yet")
                    .isNotNull();
            process.tick(Duration.ofMinutes(1));
            assertThat(process.status().suspended()).isNull();
            regions(process, 10_000);
            process.tick(Duration.ofMinutes(1));
            assertThat(process.status().present()).isBetween(9_000L, 10_000L);
            assertThat(process.heard).isEmpty();

            process.calls(30_000, 3).tick(Duration.ofMinutes(1));
            assertThat(process.heard).hasSize(1);
        }
    }

    @Test
    void anHourThatWasInterruptedTakesItsAlphaOnce() {
        try (DriftRig process = ofRegions()) {
            process.tick(Duration.ofMinutes(1));
            Rollout rollout = Rollout.start(process.gate, "v2", who -> who.force("region", "eu"), Rig.ALICE, "");
            process.tick(Duration.ofMinutes(1));
            Rig.stored(rollout.end(Rig.ALICE, "enough"));
            process.tick(Duration.ofMinutes(30)).tick(Duration.ofMinutes(20));
            assertThat(process.status().suspended()).isNotNull();
            process.tick(Duration.ofMinutes(10));
            assertThat(process.status().suspended()).isNull();
        }
    }

    @Test
    void aRolloutByWeightAloneIsComparedAllTheWay() {
        try (DriftRig process = ofRegions()) {
            Rollout rollout = Rollout.start(process.gate, "v2", who -> {}, Rig.ALICE, "");
            Rig.stored(rollout.weight(Weight.percent(50), Rig.ALICE, "half"));
            process.tick(Duration.ofHours(25));
            regions(process, 10_000);
            process.tick(Duration.ofMinutes(1));
            assertThat(process.status().suspended()).isNull();
            assertThat(process.status().present()).isBetween(4_000L, 6_000L);
            assertThat(process.heard).isEmpty();
        }
    }

    @Test
    void aReferenceIsOfAllCallers() {
        try (DriftRig process = DriftRig.process()) {
            process.rollouts.countReference(process.gate);
            regions(process, 5_000);
            Rollout rollout = Rollout.start(process.gate, "v2", who -> who.force("region", "eu"), Rig.ALICE, "");
            regions(process, 5_000);
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, ""))
                    .withMessageContaining("would not be of all its callers")
                    .withMessageContaining("freeze it once that is over");
            process.tick(Duration.ofSeconds(1));
            Rig.stored(rollout.end(Rig.ALICE, "enough"));
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, ""))
                    .withMessageContaining("made of 0 callers' answers");
        }
    }

    @Test
    void aReferenceOfWhatIsStableNoMoreWhenItIsStoredIsRefused() {
        Between log = new Between();
        try (DriftRig process = new DriftRig(log)) {
            process.rollouts.countReference(process.gate);
            process.calls(2_000, 1);
            log.first(() -> Rig.stored(process.gate.version("v2").promote(Rig.BOB, "hotfix")));
            assertThatIllegalStateException()
                    .isThrownBy(() -> process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, ""))
                    .withMessageContaining("of version \"v2\"");
            assertThat(log.read(0, 100)).noneMatch(each -> each.type().equals("drift-reference"));
        }
    }

    @Test
    void whatWasCountedIsNotLostWithAReferenceThatTheLogDoesNotTake() {
        Between log = new Between();
        try (DriftRig process = new DriftRig(log)) {
            process.rollouts.countReference(process.gate);
            process.calls(2_000, 1);
            log.refuse(1);
            assertThatExceptionOfType(ControlLogException.class)
                    .isThrownBy(() -> process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, ""));
            Rig.stored(process.rollouts.freezeReference(process.gate, DriftRig.SCORE, Rig.ALICE, "again"));
            assertThat(process.tick(Duration.ofSeconds(1)).status().reference()).isGreaterThan(1_900);
        }
    }

    @Test
    void badArgumentsAreNamed() {
        try (DriftRig process = DriftRig.process()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> process.rollouts.freezeReference(process.gate, Drift.of("skore"), Rig.ALICE, "x"))
                    .withMessage("metric is \"skore\", which gate \"credit-risk\" does not have; it has [score]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> DriftRig.SCORE.worseByPoints(1))
                    .withMessageStartingWith("points of a drift is 1.0: expected a distance above 0 and below 1");
            assertThatIllegalArgumentException().isThrownBy(() -> Drift.of());
            assertThatIllegalArgumentException().isThrownBy(() -> Drift.of("a", "a"));
            assertThatIllegalArgumentException().isThrownBy(() -> DriftRig.SCORE.alpha(0));
            assertThatIllegalArgumentException().isThrownBy(() -> DriftRig.SCORE.escalation(Duration.ZERO));
        }
    }
}
