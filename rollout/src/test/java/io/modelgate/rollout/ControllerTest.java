package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.control.Entry;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the controller decides over the life of a rollout. */
class ControllerTest {

    private final Rig.World world = new Rig.World();
    private Rig rig = new Rig(world, r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    private void rig(Consumer<RolloutsBuilder> more) {
        rig.close();
        rig = new Rig(new Rig.World(), more);
    }

    @Test
    void aGoodCandidateTakesTheStepsIsPromotedSoaksAndCompletes() {
        rig.start("v2");
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
        assertThat(rig.status().weight()).isEqualTo(Weight.percent(1));
        world.finding = Finding.NOT_WORSE;
        rig.minutes(10);
        assertThat(rig.status().step()).isZero();
        rig.minutes(1);
        assertThat(rig.status().step()).isEqualTo(1);
        rig.minutes(10);
        assertThat(rig.status().weight()).isEqualTo(Weight.percent(50));
        rig.minutes(10);
        assertThat(rig.stable()).isEqualTo("v2");
        assertThat(rig.status().weight()).isEqualTo(Weight.percent(95));
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.SOAK);
        rig.minutes(59);
        assertThat(rig.stage()).isEqualTo(Stage.COMPLETE);
        assertThat(rig.status().weight()).isEqualTo(Weight.FULL);
        assertThat(rig.events.stream().map(each -> each.getClass().getSimpleName()))
                .containsExactly("Started", "RollbackAtRisk", "Stepped", "Stepped", "Promoted", "Soaking", "Completed");
    }

    @Test
    void everyDecisionHoldsItsEvidence() {
        rig.promoted("v2");
        rig.minutes(61);
        List<Entry> decisions = world.log.read(0, 1_000).stream()
                .filter(entry -> entry.decision().authentication().equals("automation")
                        && !List.of("declare", "rollout-checkpoint").contains(entry.type()))
                .toList();
        assertThat(decisions)
                .extracting(Entry::type)
                .containsExactly("rollout-weight", "rollout-weight", "promote", "rollout-soak", "rollout-end");
        for (Entry entry : decisions) {
            assertThat(entry.decision().data().get("evidence").toString())
                    .as(entry.type())
                    .contains("quality", "NOT_WORSE", "stableCalls=", "candidateCalls=", "reached=");
        }
    }

    @Test
    void tooFewCallersHoldAStepBackHoweverLongItTakes() {
        world.callers = 99;
        rig.start("v2");
        rig.minutes(500);
        assertThat(rig.status().step()).isZero();
        assertThat(rig.status().reason()).contains("99 of at least 100 callers");
        world.callers = 100;
        assertThat(rig.minutes(1).status().step()).isEqualTo(1);
    }

    // argo-rollouts#3850, flagger#497: inconclusive is neither passed over nor stuck.
    @Test
    void promotionWithoutEvidenceWaitsThenHoldsTellsOnceAndGoesOnAfterAResume() {
        rig.start("v2");
        rig.minutes(31 + 58);
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
        assertThat(rig.status().paused()).isFalse();
        assertThat(rig.status().reason()).contains("inconclusive", "quality");
        rig.minutes(3);
        assertThat(rig.status().paused()).isTrue();
        assertThat(rig.heard(RolloutEvent.Paused.class))
                .hasSize(1)
                .allSatisfy(each -> assertThat(each.inconclusive()).isTrue());
        rig.minutes(500);
        assertThat(rig.entries("rollout-pause")).hasSize(1);
        assertThat(rig.stable()).isEqualTo("v1");
        Rig.stored(rig.rollouts.resume(rig.gate, Rig.ALICE, "waits for more data"));
        rig.minutes(30);
        assertThat(rig.status().paused()).as("patience begins anew").isFalse();
        world.finding = Finding.NOT_WORSE;
        rig.minutes(1);
        assertThat(rig.stable()).isEqualTo("v2");
    }

    // argo-rollouts#1905: no data pauses and does not fail; nor does it pass.
    @Test
    void noDataIsInconclusiveAndDoesWhatThePolicySays() {
        for (Inconclusive.Then then : Inconclusive.Then.values()) {
            rig(r -> {});
            rig.world.callers = 0;
            rig.start(
                    "v2",
                    Rig.policy(
                            p -> p.step(Weight.percent(10), Rig.MINUTE, 0).inconclusive(Duration.ofMinutes(30), then)));
            rig.minutes(100);
            assertThat(rig.stable()).as("%s", then).isEqualTo("v1");
            assertThat(rig.stage())
                    .as("%s", then)
                    .isEqualTo(then == Inconclusive.Then.ABORT ? Stage.ABORTED : Stage.CANARY);
            assertThat(rig.status().paused()).as("%s", then).isEqualTo(then == Inconclusive.Then.HOLD);
        }
    }

    // argo-rollouts#222, flagger#1035: an abort needs no step and no resume.
    @Test
    void aRegressionAbortsWhilePaused() {
        rig.start("v2");
        Rig.stored(rig.rollouts.pause(rig.gate, Rig.ALICE, "lunch"));
        assertThat(rig.minutes(100).status().step()).isZero();
        world.finding = Finding.REGRESSED;
        assertThat(rig.minutes(1).stage()).isEqualTo(Stage.ABORTED);
        assertThat(rig.gate.routing().orElseThrow().candidate()).isNull();
        assertThat(rig.status().reason()).contains("regressed", "quality");
    }

    // flagger#1801: no rollback while it waits for an approval.
    @Test
    void aRegressionAbortsWhileWaitingForAnApproval() {
        rig.start("v2", manual());
        rig.minutes(60);
        assertThat(rig.status().waiting()).isTrue();
        world.finding = Finding.REGRESSED;
        assertThat(rig.minutes(1).stage()).isEqualTo(Stage.ABORTED);
    }

    private static RolloutPolicy manual() {
        return Rig.policy(p -> p.step(Weight.percent(1), Rig.MINUTE, 0).manualStep(Weight.percent(50), Rig.MINUTE, 0));
    }

    @Test
    void aManualStepBeginsOnceItIsApprovedAndWaitsUntilThen() {
        rig.start("v2", manual());
        rig.minutes(60);
        assertThat(rig.entries("rollout-wait")).hasSize(1);
        assertThat(rig.status().step()).isZero();
        Rig.stored(rig.rollouts.approve(rig.gate, Rig.BOB, "looks good"));
        assertThat(rig.minutes(1).status().step()).isEqualTo(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.rollouts.approve(rig.gate, Rig.BOB, "again"))
                .withMessageContaining("no step to approve");
    }

    @Test
    void aDraftWhoseFirstStepIsManualReachesNobodyBeforeItsApproval() {
        RolloutPolicy policy = Rig.policy(p -> p.manualStep(Weight.percent(50), Rig.MINUTE, 0));
        rig.rollouts.start(rig.gate, "v2", Rig.read(policy), who -> who.allow("qa-1"), Rig.ALICE, "canary");
        rig.minutes(10);
        assertThat(rig.stage()).isEqualTo(Stage.DRAFT);
        assertThat(rig.gate.call("", Caller.of("qa-1"))).isEqualTo("v1");
        Rig.stored(rig.rollouts.approve(rig.gate, Rig.BOB, "go"));
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
        assertThat(rig.gate.call("", Caller.of("qa-1"))).isEqualTo("v2");
    }

    // argo-rollouts#926: once, and once more; not at every look.
    @Test
    void aRolloutHeldUpTellsAPersonOnceAndEscalatesOnce() {
        rig.start("v2", Rig.policy(p -> {
            Rig.steps(p);
            p.pauseAlert(Duration.ofMinutes(15), Duration.ofMinutes(30));
        }));
        Rig.stored(rig.rollouts.pause(rig.gate, Rig.ALICE, "lunch"));
        rig.minutes(1).minutes(14);
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class)).isEmpty();
        rig.minutes(1);
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class))
                .extracting(RolloutEvent.HeldTooLong::escalated)
                .containsExactly(false);
        rig.minutes(30);
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class))
                .extracting(RolloutEvent.HeldTooLong::escalated)
                .containsExactly(false, true);
        rig.minutes(1_000);
        assertThat(rig.entries("rollout-alert")).hasSize(2);
        Rig.stored(rig.rollouts.resume(rig.gate, Rig.ALICE, "back"));
        Rig.stored(rig.rollouts.pause(rig.gate, Rig.ALICE, "dinner"));
        rig.minutes(17);
        assertThat(rig.entries("rollout-alert"))
                .as("another pause is another alert")
                .hasSize(3);
    }

    @Test
    void theCalendarKeepsItFromSteppingUpAndNotFromAborting() {
        rig.start("v2", Rig.policy(p -> {
            Rig.steps(p);
            p.zone(ZoneOffset.UTC)
                    .businessHours(EnumSet.allOf(DayOfWeek.class), LocalTime.of(9, 0), LocalTime.of(10, 5));
        }));
        rig.minutes(120);
        assertThat(rig.status().step()).isZero();
        assertThat(rig.status().reason()).contains("calendar");
        world.finding = Finding.REGRESSED;
        assertThat(rig.minutes(1).stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void aRolloutStartedWhileTheCalendarIsClosedIsADraftUntilItOpens() {
        rig.start("v2", Rig.policy(p -> {
            Rig.steps(p);
            p.blackout(Instant.parse("2026-03-02T00:00:00Z"), Instant.parse("2026-03-02T10:30:00Z"));
        }));
        assertThat(rig.minutes(29).stage()).isEqualTo(Stage.DRAFT);
        assertThat(rig.minutes(1).stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void clocksThatJumpNeitherSkipNorRepeatAStep() {
        rig.start("v2");
        world.time.setClock(Instant.parse("2027-01-01T00:00:00Z"));
        rig.minutes(10);
        assertThat(rig.status().step()).isZero();
        rig.minutes(1);
        assertThat(rig.status().step()).isEqualTo(1);
        world.time.setClock(Instant.parse("2020-01-01T00:00:00Z"));
        rig.minutes(9);
        assertThat(rig.status().step()).isEqualTo(1);
        assertThat(rig.minutes(1).status().step()).isEqualTo(2);
        assertThat(rig.entries("rollout-weight")).hasSize(2);
    }

    @Test
    void anAbortedCandidateDoesNotStartAgainUnlessSomeoneSaysSo() {
        rig.start("v2");
        world.finding = Finding.REGRESSED;
        rig.minutes(1);
        world.finding = Finding.INCONCLUSIVE;
        rig.minutes(60);
        assertThat(rig.entries("rollout")).as("no oscillation").hasSize(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.start("v2"))
                .withMessageContaining("modelgate")
                .withMessageContaining("2026-03-02T10:01:00Z")
                .withMessageContaining("regressed")
                .withMessageContaining("afterAbort()");
        rig.rollouts.start(
                rig.gate, "v2", Rig.read(Rig.policy()), RolloutBuilder::afterAbort, Rig.ALICE, "the alarm was false");
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void theHoldDownIsOverWhenItsTimeIs() {
        rig.start("v2");
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.ALICE, "no"));
        world.time.advance(Duration.ofHours(6));
        rig.start("v2");
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void aRegressionInTheSoakRestoresThePreviousVersionOnceAndThenAutomationStops() {
        rig.promoted("v2");
        rig.minutes(5);
        world.finding = Finding.REGRESSED;
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.ROLLED_BACK);
        assertThat(rig.stable()).isEqualTo("v1");
        assertThat(rig.heard(RolloutEvent.RolledBack.class)).singleElement().satisfies(each -> {
            assertThat(each.bad()).isEqualTo("v2");
            assertThat(each.restored()).isEqualTo("v1");
        });
        long end = rig.gates.applied();
        rig.minutes(300);
        assertThat(rig.gates.applied()).isEqualTo(end);
        assertThatIllegalStateException().isThrownBy(() -> rig.start("v2")).withMessageContaining("rolled back");
    }

    @Test
    void aKilledCandidateIsAbortedWithThatReasonEvenIfItIsRevivedAtOnce() {
        rig.start("v2");
        var kill = rig.gate.version("v2").kill(Rig.BOB, "approvals fell");
        Rig.stored(kill);
        Rig.stored(rig.gate.version("v2").revive(kill.id(), Rig.BOB, "mistake"));
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
        assertThat(rig.status().reason()).contains("v2", "killed");
    }

    @Test
    void theReasonOfAKillStandsInTheAbort() {
        rig.start("v2");
        Rig.stored(rig.gate.version("v2").kill(Rig.BOB, "approvals fell"));
        rig.minutes(1);
        assertThat(rig.status().reason()).contains("killed by bob", "approvals fell");
    }

    @Test
    void aPromotedVersionThatIsKilledIsRolledBack() {
        rig.promoted("v2");
        Rig.stored(rig.gate.version("v2").kill(Rig.BOB, "approvals fell"));
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.ROLLED_BACK);
        assertThat(rig.stable()).isEqualTo("v1");
    }

    @Test
    void anotherStableEndsTheRolloutAndSaysNothingAboutTheCandidate() {
        rig.start("v2");
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, "emergency"));
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
        rig.start("v2");
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
        assertThat(rig.status().baseline()).isEqualTo("v3");
    }

    @Test
    void promotingTheCandidateByHandCompletesTheRollout() {
        rig.start("v2");
        Rig.stored(rig.gate.version("v2").promote(Rig.ALICE, "emergency"));
        assertThat(rig.stage()).isEqualTo(Stage.COMPLETE);
        assertThat(rig.stable()).isEqualTo("v2");
    }

    @Test
    void aPromotionGateThatObjectsOrThrowsKeepsItFromBeingPromotedAndIsReportedOnce() {
        String[] answer = {"no approval yet"};
        rig(r -> r.promotionGate(rollout -> {
            if (answer[0].equals("throw")) {
                throw new IllegalStateException("down");
            }
            return Optional.of(answer[0]).filter(each -> !each.isEmpty());
        }));
        rig.start("v2");
        rig.world.finding = Finding.NOT_WORSE;
        rig.minutes(100);
        answer[0] = "throw";
        rig.minutes(100);
        assertThat(rig.stable()).isEqualTo("v1");
        assertThat(rig.heard(RolloutEvent.PromotionRefused.class))
                .extracting(RolloutEvent::reason)
                .satisfiesExactly(
                        first -> assertThat(first).isEqualTo("no approval yet"),
                        second -> assertThat(second).contains("threw", "down"));
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.rollouts.promote(rig.gate, Rig.ALICE, "now"))
                .withMessageContaining("down");
        answer[0] = "";
        assertThat(rig.minutes(1).stable()).isEqualTo("v2");
    }

    @Test
    void aLookThatThrowsForOneGateKeepsNothingFromTheOthers() {
        var other = rig.gate("fraud", "v1", "v2");
        rig.start("v2");
        rig.rollouts.start(other, "v2", Rig.read(Rig.policy()), Rig.ALICE, "canary");
        world.failing = "credit-risk";
        rig.minutes(12);
        assertThat(rig.rollouts.status(other).orElseThrow().step()).isEqualTo(1);
        assertThat(rig.status().step()).isZero();
        assertThat(rig.heard(RolloutEvent.Hindered.class))
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).contains("no counts of"));
    }

    @Test
    void aProcessWithoutTheCandidateSaysSoAndLeavesSteppingToOthersButTakesBack() {
        rig.start("v2");
        Rig bare = new Rig(world, r -> r.instance("bare"), "v1");
        world.finding = Finding.NOT_WORSE;
        bare.minutes(100);
        assertThat(bare.status().step()).isZero();
        assertThat(bare.heard(RolloutEvent.Hindered.class))
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).contains("\"v2\" is not registered in this process"));
        Rig.stored(rig.gate.version("v2").kill(Rig.BOB, "approvals fell"));
        assertThat(bare.minutes(1).stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void aRollbackTargetThatIsKilledOrNeverRehearsedIsReportedWhenTheRolloutStarts() {
        Rig.stored(rig.gate.version("v1").kill(Rig.BOB, "drift"));
        rig.start("v2");
        assertThat(rig.heard(RolloutEvent.RollbackAtRisk.class))
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).contains("\"v1\" is killed", "rehearsed"));
        assertThat(rig.status().risks()).hasSize(2);
    }

    @Test
    void aRehearsedTargetIsNoRisk() {
        Rig.stored(rig.rollouts.rehearsed(rig.gate, "v1", Rig.ALICE, "drill of March"));
        rig.start("v2");
        assertThat(rig.status().risks()).isEmpty();
        assertThat(rig.heard(RolloutEvent.RollbackAtRisk.class)).isEmpty();
    }

    @Test
    void aRollbackThatIsDueAndHasNoTargetCallsAPersonAndIsMadeOnceThereIsOne() {
        rig.promoted("v2");
        var kill = rig.gate.version("v1").kill(Rig.BOB, "drift");
        Rig.stored(kill);
        world.finding = Finding.REGRESSED;
        rig.minutes(10);
        assertThat(rig.stable()).isEqualTo("v2");
        assertThat(rig.heard(RolloutEvent.Hindered.class))
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).contains("cannot roll back", "a person is needed"));
        Rig.stored(rig.gate.version("v1").revive(kill.id(), Rig.BOB, "fixed"));
        assertThat(rig.minutes(1).stable()).isEqualTo("v1");
    }

    @Test
    void aDryRunTellsWhatItWouldHaveDoneAndDoesNothing() {
        rig.start("v2");
        rig.rollouts.dryRun(
                rig.gate,
                Rig.read(Rig.policy(p -> p.name("hasty")
                        .step(Weight.percent(20), Rig.MINUTE, 0)
                        .step(Weight.percent(40), Rig.MINUTE, 0))));
        rig.minutes(5);
        assertThat(rig.entries("rollout-weight")).isEmpty();
        world.finding = Finding.REGRESSED;
        rig.minutes(1);
        assertThat(rig.heard(RolloutEvent.WouldHave.class))
                .extracting(RolloutEvent.WouldHave::decision)
                .containsExactly("step", "abort");
        assertThat(rig.heard(RolloutEvent.WouldHave.class))
                .allSatisfy(each -> assertThat(each.policy()).isEqualTo("hasty"));
    }

    @Test
    void aWeightOrAMissingTestOrAnUnknownMetricIsRefusedBeforeItStarts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.rollouts.start(
                        rig.gate, "v2", Rig.read(Rig.policy()), who -> who.weight(Weight.percent(1)), Rig.ALICE, ""))
                .withMessageContaining("weight is 1 %");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.start(
                        "v2",
                        Rig.policy(p -> p.guardrail(Guardrail.custom("complaints", (c, s, a) -> Finding.NOT_WORSE)))))
                .withMessageContaining("guardrailTest(\"complaints\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.start("v2", Rig.policy(p -> p.guardrail(Guardrail.mean("approved")))))
                .withMessageContaining("\"approved\"");
        assertThat(rig.entries("rollout")).isEmpty();
    }

    @Test
    void weightsOfARolloutUnderAPolicyAreNotSetByHand() {
        Rollout rollout = rig.start("v2");
        assertThatIllegalStateException()
                .isThrownBy(() -> rollout.weight(Weight.FULL, Rig.ALICE, "hurry"))
                .withMessageContaining("under a policy");
        Rig.stored(rollout.end(Rig.ALICE, "never mind"));
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void afterTheGatesAreClosedItStopsQuietly() {
        rig.start("v2");
        rig.gates.close();
        world.finding = Finding.REGRESSED;
        rig.minutes(3);
        assertThat(rig.heard(RolloutEvent.Hindered.class)).isEmpty();
    }

    @Test
    void theSchedulerCallsForLooks() {
        Rig.World own = new Rig.World();
        try (var gates = Gates.open(g -> g.controlLog(own.log)
                .ticker(own.time)
                .instants(own.time)
                .scheduler(own.time)
                .eventExecutor(Runnable::run))) {
            int[] looks = {0};
            var gate = gates.<String, String>gate(
                    "g", g -> g.stable("v1", i -> i).version("v2", i -> i).router(Cohorts.router()));
            Rollouts rollouts = Rollouts.open(
                    gates,
                    r -> r.every(Duration.ofSeconds(5))
                            .executor(Runnable::run)
                            .guardrailTest("quality", (c, s, a) -> Finding.INCONCLUSIVE)
                            .observations((g, rollout, since) -> {
                                looks[0]++;
                                return StepCounts.NONE;
                            }));
            rollouts.start(gate, "v2", Rig.read(Rig.policy()), Rig.ALICE, "");
            own.time.advance(Duration.ofSeconds(60));
            assertThat(looks[0]).isEqualTo(12);
            rollouts.close();
            int last = looks[0];
            own.time.advance(Duration.ofSeconds(60));
            assertThat(looks[0]).isEqualTo(last);
        }
    }
}
