package io.modelgate.rollout;

import static io.modelgate.rollout.ExposureRig.call;
import static io.modelgate.rollout.ExposureRig.end;
import static io.modelgate.rollout.ExposureRig.start;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whom a rollout reached that ran as a process opened is on its list, however late that process first looks at its gate. */
class LateLookTest extends ExposureScene {

    @Test
    void aRolloutThatRanAtTheOpeningAndEndsBeforeTheFirstLookIsListed() {
        try (Rig other = new Rig(world, r -> {})) {
            String rollout = start(other, "v2");
            ExposureLedger ledger = ledger(e -> {});
            Rig rig = rig(ledger);
            call(rig, "ann");
            end(rig);
            assertThat(ledger.of(rollout).map(Exposures::calls)).contains(1L);
            sealed(rig);
            assertThat(seal(rig).decision().data()).containsEntry("exposures", 1L);
        }
    }

    @Test
    void soIsOneOfAGateThatIsBuiltOnceTheLedgerHasLooked() {
        try (Rig other = new Rig(world, r -> {})) {
            ModelGate<String, String> there = other.gate("late", "v1", "v2");
            Rollout rollout = Rollout.start(there, "v2", r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
            assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
            ExposureLedger ledger = ledger(e -> {});
            Rig rig = rig(ledger);
            rig.rollouts.tick();
            ModelGate<String, String> here = rig.gate("late", "v1", "v2");
            here.call("input", Caller.of("ann"));
            Rig.stored(Rollout.running(here).orElseThrow().end(Rig.BOB, "wrong mails"));
            assertThat(ledger.of(rollout.id()).map(Exposures::calls)).contains(1L);
        }
    }

    @Test
    void whomItReachedIsNotOnTheListOfTheNextOneOfItsVersion() {
        try (Rig other = new Rig(world, r -> {})) {
            String rollout = start(other, "v2");
            ExposureLedger ledger = ledger(e -> {});
            Rig rig = rig(ledger);
            call(rig, "ann");
            end(rig);
            world.time.advance(Duration.ofSeconds(1));
            Rollout next = Rollout.start(rig.gate, "v2", r -> r.weight(Weight.NONE), Rig.ALICE, "nobody yet");
            assertThat(next.stored(Duration.ofSeconds(5))).isTrue();
            assertThat(ledger.of(rollout).map(Exposures::calls)).contains(1L);
            assertThat(ledger.of(next.id())).isEmpty();
        }
    }

    @Test
    void whatWasOverBeforeTheOpeningListsNobodyMore() {
        try (Rig other = new Rig(world, r -> {})) {
            start(other, "v2");
            end(other);
            Rig.stored(other.gate.version("v2").promote(Rig.ALICE, "good"));
            ExposureLedger ledger = ledger(e -> {});
            Rig rig = rig(ledger);
            Rollout now = Rollout.start(rig.gate, "v3", r -> r.allow("ann"), Rig.ALICE, "one of them");
            assertThat(now.stored(Duration.ofSeconds(5))).isTrue();
            call(rig, "ann", "bob");
            ledger.flush();
            assertThat(ledger.of(now.id()).orElseThrow().callers()).isEqualTo(1);
            assertThat(ledger.rollouts()).containsExactly(now.id());
        }
    }
}
