package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Caller;
import java.net.URI;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One call, at 3 a.m. */
class RollbackTest {

    private final Rig.World world = new Rig.World();
    private final Rig rig = new Rig(world, r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    private Rollback rollback() {
        return rig.rollouts.rollback(rig.gate, Rig.BOB, "approvals fell");
    }

    @Test
    void inCanaryItTakesTheCandidateBackAndSaysWhatItReached() {
        rig.start("v2");
        rig.minutes(5);
        Rollback rollback = rollback();
        assertThat(rollback.restored()).isEqualTo("v1");
        assertThat(rollback.bad()).isEqualTo("v2");
        assertThat(rollback.since()).isEqualTo(Instant.parse("2026-03-02T10:00:00Z"));
        assertThat(rollback.callers()).isEqualTo(1_000);
        assertThat(rollback.calls()).isEqualTo(world.calls());
        assertThat(rollback.remedies()).singleElement().asString().contains("not in the registry");
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
        assertThat(rig.gate.routing().orElseThrow().candidate()).isNull();
    }

    @Test
    void inTheSoakItRestoresTheVersionBefore() {
        rig.promoted("v2");
        assertThat(rollback().restored()).isEqualTo("v1");
        assertThat(rig.stable()).isEqualTo("v1");
        assertThat(rig.stage()).isEqualTo(Stage.ROLLED_BACK);
        assertThat(rig.heard(RolloutEvent.RolledBack.class)).hasSize(1);
    }

    @Test
    void afterTheEndItStillKnowsSinceWhenTheVersionServedAndWhomItReached() {
        rig.promoted("v2").minutes(61);
        assertThat(rig.stage()).isEqualTo(Stage.COMPLETE);
        Rollback rollback = rollback();
        assertThat(rollback.restored()).isEqualTo("v1");
        assertThat(rollback.since()).isEqualTo(Instant.parse("2026-03-02T10:00:00Z"));
        assertThat(rollback.callers()).isEqualTo(1_000);
        assertThat(rollback.calls()).isPositive();
        assertThat(rig.stable()).isEqualTo("v1");
    }

    @Test
    void aPromotionByHandIsUndoneToo() {
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, "emergency"));
        Rollback rollback = rollback();
        assertThat(rollback.restored()).isEqualTo("v1");
        assertThat(rollback.bad()).isEqualTo("v3");
        assertThat(rollback.callers()).isEqualTo(-1);
        assertThat(rig.stable()).isEqualTo("v1");
    }

    @Test
    void aRolloutByHandIsUndoneToo() {
        Rollout.start(rig.gate, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "");
        assertThat(rollback().bad()).isEqualTo("v2");
        assertThat(rig.gate.call("", Caller.of("user-1"))).isEqualTo("v1");
    }

    @Test
    void aDraftThatNobodyHasSeenIsNotWhatIsUndone() {
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, "emergency"));
        rig.start("v2", Rig.policy(p -> p.manualStep(Weight.percent(1), Rig.MINUTE, 100)));
        assertThat(rig.stage()).isEqualTo(Stage.DRAFT);
        Rollback rollback = rollback();
        assertThat(rollback.bad()).isEqualTo("v3");
        assertThat(rig.stable()).isEqualTo("v1");
        assertThat(rig.stage()).as("it has lost what it would be compared with").isEqualTo(Stage.ABORTED);
    }

    @Test
    void aDraftThatWasAbortedDoesNotHideThePromotionBeforeIt() {
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, "emergency"));
        rig.start("v2", Rig.policy(p -> p.manualStep(Weight.percent(1), Rig.MINUTE, 100)));
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.ALICE, "not today"));
        assertThat(rollback().bad()).isEqualTo("v3");
        assertThat(rig.stable()).isEqualTo("v1");
    }

    @Test
    void twiceIsRefusedTheSecondTimeSayingWhoWasFirst() {
        Rig.stored(rig.gate.version("v0").promote(Rig.ALICE, ""));
        Rig.stored(rig.gate.version("v1").promote(Rig.ALICE, ""));
        rig.promoted("v2");
        rollback();
        assertThatIllegalStateException()
                .isThrownBy(this::rollback)
                .withMessageContaining("bob")
                .withMessageContaining("approvals fell")
                .withMessageContaining("2026-03-02T10:31:00Z")
                .withMessageContaining(".promote(");
        assertThat(rig.stable()).isEqualTo("v1");
        Rig.stored(rig.gate.version("v0").promote(Rig.BOB, "further back"));
        assertThat(rig.stable()).isEqualTo("v0");
    }

    @Test
    void afterAnAbortItIsRefusedBecauseNothingIsLeftToUndo() {
        rig.start("v2");
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.ALICE, "no"));
        assertThatIllegalStateException().isThrownBy(this::rollback).withMessageContaining("alice");
    }

    @Test
    void onAGateThatNeverChangedThereIsNothingToUndo() {
        assertThatIllegalStateException().isThrownBy(this::rollback).withMessageContaining("nothing to roll back");
    }

    // kserve#2130: after consecutive canaries the wrong revision is "previous".
    @Test
    void afterConsecutiveCanariesThePreviousVersionIsTheLastThatWasStableAndGood() {
        rig.promoted("v2").minutes(61);
        world.finding = Finding.INCONCLUSIVE;
        rig.start("v3");
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.ALICE, "v3 was never stable"));
        rig.start("v0");
        world.finding = Finding.NOT_WORSE;
        rig.minutes(31);
        assertThat(rig.stable()).isEqualTo("v0");
        assertThat(rollback().restored()).isEqualTo("v2");
        assertThat(rig.stable()).isEqualTo("v2");
    }

    @Test
    void aKilledTargetIsPassedOverForTheOneBeforeIt() {
        Rig.stored(rig.gate.version("v0").promote(Rig.ALICE, ""));
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, ""));
        Rig.stored(rig.gate.version("v0").kill(Rig.ALICE, "drift"));
        assertThat(rollback().restored()).isEqualTo("v1");
    }

    @Test
    void withoutAnyTargetItSaysWhatCanBeDone() {
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, ""));
        Rig.stored(rig.gate.version("v1").kill(Rig.ALICE, "drift"));
        assertThatIllegalStateException()
                .isThrownBy(this::rollback)
                .withMessageContaining("no version to go back to")
                .withMessageContaining("kill");
    }

    @Test
    void declaredSideEffectsSayWhatItAsksFor() {
        register("v2", SideEffects.REMEDIATE);
        rig.start("v2");
        assertThat(rollback().remedies()).singleElement().asString().contains("by hand");
        register("v3", SideEffects.IDEMPOTENT);
        rig.start("v3");
        assertThat(rollback().remedies()).singleElement().asString().contains("again");
        register("v0", SideEffects.NONE);
        rig.start("v0");
        assertThat(rollback().remedies()).isEmpty();
    }

    private void register(String version, SideEffects effects) {
        Rig.stored(rig.rollouts.register(
                rig.gate,
                version,
                v -> v.artefact(
                                URI.create("s3://models/" + version),
                                "sha256:" + version.substring(1).repeat(64))
                        .sideEffects(effects),
                Rig.ALICE));
    }

    @Test
    void theCommandThatTakesTheCandidateBackAbortsItsRollout() {
        rig.start("v2");
        Rig.stored(rig.gates.append(rig.gates.decision(
                "by-command", "rollback", "credit-risk", Rig.BOB, "", java.util.Map.of("from", "v2", "to", "v1"))));
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
        assertThatIllegalStateException().isThrownBy(() -> rig.start("v2")).withMessageContaining("held down");
    }

    @Test
    void abortingAPromotedVersionRestoresTheOneBefore() {
        rig.promoted("v2");
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "no"));
        assertThat(rig.stable()).isEqualTo("v1");
        assertThat(rig.stage()).isEqualTo(Stage.ROLLED_BACK);
    }

    @Test
    void aPersonPromotesAheadOfTheEvidenceButNotAgainstIt() {
        rig.start("v2");
        rig.minutes(1);
        Rig.stored(rig.rollouts.promote(rig.gate, Rig.ALICE, "the old one is on fire"));
        assertThat(rig.stable()).isEqualTo("v2");
        assertThat(rig.stage()).isEqualTo(Stage.FULL);
        rollback();
        rig.start("v3");
        Rig.stored(rig.rollouts.pause(rig.gate, Rig.ALICE, ""));
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.rollouts.pause(rig.gate, Rig.BOB, ""))
                .withMessageContaining("alice");
    }
}
