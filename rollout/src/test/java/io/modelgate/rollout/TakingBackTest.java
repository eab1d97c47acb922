package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Caller;
import io.modelgate.Receipt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who takes a candidate back has it taken back, whatever comes to the log first. */
class TakingBackTest {

    private final Between log = new Between();
    private final Rig rig = new Rig(new Rig.World(log), r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    private Rollout canary() {
        Rollout rollout = rig.start("v2");
        rig.minutes(1);
        return rollout;
    }

    private void promotedFirst() {
        log.first(() -> rig.rollouts.promote(rig.gate, Rig.ALICE, "it looks fine"));
    }

    private void assertTakenBack(Receipt receipt) {
        Rig.stored(receipt);
        assertThat(rig.entries("promote")).as("there was a promotion").hasSize(1);
        assertThat(rig.stage()).isEqualTo(Stage.ROLLED_BACK);
        assertThat(rig.stable()).isEqualTo("v1");
        assertThat(rig.gate.call("", Caller.of("user-1"))).isEqualTo("v1");
        assertThat(rig.heard(RolloutEvent.RolledBack.class))
                .singleElement()
                .satisfies(event -> assertThat(event.about().actor()).isEqualTo("bob"));
    }

    @Test
    void anAbortTakesBackWhatIsPromotedJustBeforeIt() {
        canary();
        promotedFirst();
        assertTakenBack(rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people"));
    }

    @Test
    void theEndOfARolloutUnderAPolicyTakesBackWhatIsPromotedJustBeforeIt() {
        Rollout rollout = canary();
        promotedFirst();
        assertTakenBack(rollout.end(Rig.BOB, "it hurts people"));
    }

    @Test
    void theEndOfARolloutThatWasPromotedTakesItBackToo() {
        rig.promoted("v2");
        Rollout rollout = Rollout.running(rig.gate).orElseThrow();
        assertTakenBack(rollout.end(Rig.BOB, "it hurts people"));
        assertThatIllegalStateException()
                .isThrownBy(() -> rollout.end(Rig.BOB, "once more"))
                .withMessageContaining("does not run");
    }

    @Test
    void anAbortOfARolloutThatEndsJustBeforeItSaysThatNothingRuns() {
        canary();
        log.first(() -> Rig.stored(rig.rollouts.abort(rig.gate, Rig.ALICE, "no")));
        assertThatIllegalStateException()
                .isThrownBy(() -> rig.rollouts.abort(rig.gate, Rig.BOB, "no"))
                .withMessageContaining("no rollout under a policy runs");
        assertThat(rig.entries("rollout-abort")).hasSize(1);
    }

    @Test
    void anAbortGoesToALogThatFailedBeforeAndItsReceiptSaysWhetherItIsStored() {
        Rollout rollout = canary();
        log.refuse(Integer.MAX_VALUE);
        Receipt lost = rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people");
        assertThat(lost.stored(Duration.ZERO)).isFalse();
        assertThat(lost.failure()).get().asString().contains("cannot be written");
        log.refuse(0);
        assertThat(rollout.end(Rig.BOB, "it hurts people").stored(Duration.ZERO))
                .as("by its handle")
                .isTrue();
        Rollout second = rig.start("v3");
        log.refuse(1);
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people"));
        assertThat(second.running()).isFalse();
    }

    @Test
    void anAbortIsStoredThoughOthersKeepWriting() {
        Rollout rollout = canary();
        log.first(this::another);
        Thread.currentThread().interrupt(); // so that it takes no rest between its tries
        Receipt abort = rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people");
        assertThat(Thread.interrupted()).isTrue();
        log.first(() -> {});
        Rig.stored(abort);
        assertThat(rollout.running()).isFalse();
    }

    /** As when the answer of a server is late, and a promotion by another process is not. */
    @Test
    void anAbortThatIsStoredTooLateForACanaryTakesBackWhatWasPromotedInstead() {
        canary();
        log.first(() -> {
            rig.rollouts.promote(rig.gate, Rig.ALICE, "it looks fine");
            log.refuse(1);
        });
        assertTakenBack(rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people"));
    }

    @Test
    void anAbortThatWaitedForTheLogIsDecidedAgainOnceItIsStored() {
        canary();
        log.refuse(Integer.MAX_VALUE);
        log.onAppend(
                () -> { // the log is there again, and another process promotes first
                    log.refuse(0);
                    rig.rollouts.promote(rig.gate, Rig.ALICE, "it looks fine");
                });
        Receipt abort = rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people");
        assertTakenBack(abort);
    }

    @Test
    void anAbortOfALogThatThrowsAnythingIsAReceiptThatSaysSo() {
        canary();
        log.refuse(Integer.MAX_VALUE, () -> new UncheckedIOException(new IOException("disk")));
        Receipt abort = rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people");
        assertThat(abort.failure()).get().asString().contains("disk");
    }

    @Test
    void anAbortWhoseAnswerIsLostIsTheOneThatIsStored() {
        Rollout rollout = canary();
        log.loseAnAnswer();
        Rig.stored(rig.rollouts.abort(rig.gate, Rig.BOB, "it hurts people"));
        assertThat(rollout.running()).isFalse();
        assertThat(rig.entries("rollout-abort")).hasSize(1);
    }

    private void another() {
        rig.gates.append(
                rig.gates.decision("drill-" + log.head().seq(), "drill", rig.gate.name(), Rig.ALICE, "", Map.of()));
        log.first(this::another);
    }
}
