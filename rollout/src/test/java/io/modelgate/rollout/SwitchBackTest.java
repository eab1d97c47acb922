package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What going back says of the version that it takes back. */
class SwitchBackTest {

    private final Rig rig = new Rig();
    private final BlueGreen<String, String> pair = rig.rollouts.blueGreen(
            rig.gate, "v1", "v2", b -> b.harmless().executor(Runnable::run).smoke("any", "hi", answer -> true));

    @AfterEach
    void close() {
        rig.close();
    }

    private void later(Duration time) {
        rig.world.time.advance(time);
    }

    /** Makes v2 stable by a rollout, which is complete then. */
    private void rolledOut() {
        rig.promoted("v2").minutes(61);
        assertThat(rig.stage()).isEqualTo(Stage.COMPLETE);
        rig.world.finding = Finding.INCONCLUSIVE;
    }

    /** A canary of v3 that serves callers, and is taken back. */
    private void canaryOfAnother() {
        later(Duration.ofDays(1));
        rig.start("v3");
        rig.minutes(2);
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "no"));
        later(Duration.ofDays(1));
    }

    @Test
    void aCanaryOfAnotherVersionIsNotSinceWhenItServed() {
        Instant since = rig.gates.now();
        pair.switchTo("v2", Rig.ALICE, "trained");
        canaryOfAnother();
        Rollback back = pair.switchBack(Rig.BOB, "approvals fell");
        assertThat(back.bad()).isEqualTo("v2");
        assertThat(back.since()).isEqualTo(since);
        assertThat(back.callers()).isEqualTo(-1);
    }

    @Test
    void whatMadeItStableLongAgoIsNotSinceWhenItServed() {
        rolledOut();
        pair.switchBack(Rig.BOB, "approvals fell");
        later(Duration.ofDays(30));
        Instant since = rig.gates.now();
        pair.switchTo("v2", Rig.ALICE, "mended");
        later(Duration.ofHours(1));
        Rollback back = pair.switchBack(Rig.BOB, "approvals fell again");
        assertThat(back.since()).isEqualTo(since);
        assertThat(back.callers()).as("nobody counted").isEqualTo(-1);
        assertThat(back.calls()).isEqualTo(-1);
    }

    @Test
    void theSameHoldsForARollbackAfterAPromotionByHand() {
        rolledOut();
        rig.rollouts.rollback(rig.gate, Rig.BOB, "approvals fell");
        later(Duration.ofDays(30));
        Instant since = rig.gates.now();
        Rig.stored(rig.gate.version("v2").promote(Rig.ALICE, "mended"));
        later(Duration.ofHours(1));
        Rollback back = rig.rollouts.rollback(rig.gate, Rig.BOB, "approvals fell again");
        assertThat(back.since()).isEqualTo(since);
        assertThat(back.callers()).isEqualTo(-1);
        assertThat(back.calls()).isEqualTo(-1);
    }

    @Test
    void theRolloutThatMadeItStableSaysSinceWhenWhateverWasRolledOutMeanwhile() {
        Instant since = rig.gates.now();
        rolledOut();
        canaryOfAnother();
        Rollback back = pair.switchBack(Rig.BOB, "approvals fell");
        assertThat(back.since()).isEqualTo(since);
        assertThat(back.callers()).isEqualTo(1_000);
        assertThat(back.calls()).isPositive();
    }

    @Test
    void aPromotionByHandOfTheCandidateLeavesItServingSinceItsFirstStep() {
        Instant since = rig.gates.now();
        rig.start("v2");
        rig.minutes(5);
        Rig.stored(rig.gate.version("v2").promote(Rig.ALICE, "emergency"));
        later(Duration.ofHours(1));
        assertThat(pair.switchBack(Rig.BOB, "approvals fell").since()).isEqualTo(since);
    }

    @Test
    void toPromoteWhatIsStableChangesNothingOfIt() {
        Instant since = rig.gates.now();
        pair.switchTo("v2", Rig.ALICE, "trained");
        later(Duration.ofDays(1));
        Rig.stored(rig.gate.version("v2").promote(Rig.ALICE, "to be sure"));
        assertThat(pair.switchBack(Rig.BOB, "approvals fell").since()).isEqualTo(since);
    }

    @Test
    void whatWasRestoredServesSinceItWasPromoted() {
        Instant since = rig.gates.now();
        pair.switchTo("v2", Rig.ALICE, "trained");
        later(Duration.ofDays(1));
        Rig.stored(rig.gate.version("v3").promote(Rig.ALICE, "newer"));
        rig.rollouts.rollback(rig.gate, Rig.BOB, "worse");
        later(Duration.ofDays(1));
        assertThat(pair.switchBack(Rig.BOB, "worse as well").since()).isEqualTo(since);
    }
}
