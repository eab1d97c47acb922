package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A rollout whose callers stay away: it does not pass over that, and tells a person. */
class StandstillTest {

    private final Rig.World world = new Rig.World();
    private final Rig rig = new Rig(world, r -> {});

    @AfterEach
    void close() {
        rig.close();
    }

    // node-server-sdk#202: stale values for weeks.
    @Test
    void evidenceFromBeforeAnOutageDoesNotPromoteDuringIt() {
        rig.start("v2");
        world.finding = Finding.NOT_WORSE;
        rig.minutes(25);
        assertThat(rig.status().step()).isEqualTo(2);
        world.flowing = false;
        rig.minutes(600);
        assertThat(rig.stable()).isEqualTo("v1");
        assertThat(rig.status().reason()).contains("no call of version \"v2\"");
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class)).hasSize(2);
        world.flowing = true;
        assertThat(rig.minutes(1).stable()).as("data again").isEqualTo("v2");
    }

    @Test
    void anOutageKeepsAStepThatWantsCallersBack() {
        rig.start("v2");
        rig.minutes(5);
        world.flowing = false;
        assertThat(rig.minutes(60).status().step()).isZero();
        world.flowing = true;
        assertThat(rig.minutes(1).status().step()).isEqualTo(1);
    }

    @Test
    void aSoakDoesNotEndWithoutCallers() {
        rig.promoted("v2");
        world.flowing = false;
        rig.minutes(300);
        assertThat(rig.stage()).isEqualTo(Stage.SOAK);
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class)).hasSize(2);
        world.flowing = true;
        assertThat(rig.minutes(1).stage()).isEqualTo(Stage.COMPLETE);
    }

    // argo-rollouts#3850: stuck, and nobody knows.
    @Test
    void aRolloutThatNeverReachesItsLeastCallersTellsAPersonOnceAndEscalatesOnce() {
        world.callers = 99;
        rig.start("v2", Rig.policy(p -> {
            Rig.steps(p);
            p.pauseAlert(Duration.ofMinutes(15), Duration.ofMinutes(30));
        }));
        rig.minutes(25);
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class)).isEmpty();
        rig.minutes(2);
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class))
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).contains("99 of at least 100 callers"));
        rig.minutes(1_000);
        assertThat(rig.heard(RolloutEvent.HeldTooLong.class))
                .extracting(RolloutEvent.HeldTooLong::escalated)
                .containsExactly(false, true);
        Rig.stored(rig.rollouts.pause(rig.gate, Rig.ALICE, "lunch"));
        rig.minutes(17);
        assertThat(rig.entries("rollout-alert"))
                .as("a pause has alerts of its own")
                .hasSize(3);
    }

    @Test
    void severalProcessesTellOfAStandstillOnce() {
        world.callers = 0;
        try (Rig other = new Rig(world, r -> r.instance("other"))) {
            rig.start("v2");
            for (int i = 0; i < 200; i++) {
                rig.minutes(1);
                other.rollouts.tick();
            }
            assertThat(other.entries("rollout-alert")).hasSize(2);
        }
    }
}
