package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.testkit.ForkingLog;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A rollout whose log loses entries stands where the entries that are left say, and nothing that was lost counts for it. */
class ReplacedLogTest {

    private final ForkingLog log = new ForkingLog();
    private final Rig.World world = new Rig.World(log);
    private final Rig rig = new Rig(world, r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    private Entry step() {
        return rig.entries("rollout-weight").get(0);
    }

    private static Decision again(Entry entry, String id) {
        Decision was = entry.decision();
        return new Decision(
                id,
                was.at(),
                was.type(),
                was.critical(),
                was.gate(),
                was.actor(),
                was.authentication(),
                was.reason(),
                was.data());
    }

    private List<String> servedByCandidate() {
        List<String> served = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            if (rig.gate.call("x", Caller.of("user-" + i)).equals("v2")) {
                served.add("user-" + i);
            }
        }
        return served;
    }

    @Test
    void aWeightThatWasLostNoLongerCounts() {
        rig.start("v2");
        List<String> first = servedByCandidate();
        rig.minutes(11);
        assertThat(rig.status().weight()).isEqualTo(Weight.percent(10));
        assertThat(servedByCandidate()).hasSizeGreaterThan(first.size());

        log.forkAt(step().seq() - 1);

        assertThat(rig.status().weight()).isEqualTo(Weight.percent(1));
        assertThat(rig.status().step()).isZero();
        assertThat(servedByCandidate()).isEqualTo(first);
    }

    @Test
    void aLostStepIsTakenAgain() {
        rig.start("v2");
        rig.minutes(11);
        log.forkAt(step().seq() - 1);

        rig.minutes(11);

        assertThat(rig.status().step()).isEqualTo(1);
        assertThat(rig.heard(RolloutEvent.Stepped.class)).hasSize(2);
    }

    @Test
    void whatWasSeenOfALostStepDoesNotCountForTheOneInItsPlace() {
        rig.start("v2");
        rig.minutes(16);
        assertThat(rig.status().step()).isEqualTo(1);
        Entry lost = step();

        log.forkAt(lost.seq() - 1, again(lost, "another-process-stepped"));

        assertThat(step().seq()).as("the same number").isEqualTo(lost.seq());
        rig.minutes(8);
        assertThat(rig.status().step()).isEqualTo(1);
        rig.minutes(3);
        assertThat(rig.status().step()).isEqualTo(2);
    }

    @Test
    void aRolloutWhoseStartWasLostIsOver() {
        long before = log.head().seq();
        rig.start("v2");
        rig.minutes(3);

        log.forkAt(before);
        rig.minutes(30);

        assertThat(rig.rollouts.status(rig.gate)).isEmpty();
        assertThat(servedByCandidate()).isEmpty();
        rig.start("v3");
        assertThat(rig.stage()).isEqualTo(Stage.CANARY);
    }

    @Test
    void anEventIsThatOfTheEntryAndNotOfAnotherWithItsNumber() {
        rig.start("v2");
        rig.minutes(11);
        Entry lost = step();
        log.forkAt(lost.seq() - 1, again(lost, "another-process-stepped"));

        CohortRouting routing = Routings.of(rig.gate);
        assertThat(routing.memory().event(lost)).isNull();
        assertThat(routing.memory().event(step())).isInstanceOf(RolloutEvent.Stepped.class);
        assertThat(rig.heard(RolloutEvent.Stepped.class))
                .extracting(each -> each.about().entry())
                .containsExactly(lost.decision().id(), "another-process-stepped");
    }
}
