package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLog.Subscription;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import io.modelgate.testkit.ManualTime;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What needs no counts comes to pass while their source throws. */
class UncountedTest {

    private final Rig.World world = new Rig.World();
    private final Rig rig = new Rig(world, r -> {});

    @AfterEach
    void close() {
        world.failing = null;
        rig.close();
    }

    private void goesDown() {
        world.failing = rig.gate.name();
    }

    @Test
    void aWindowClosesAndOpensAgain() {
        rig.start("v2", Rig.read(Rig.policy(p -> {
            Rig.steps(p);
            p.window(ZoneOffset.UTC, EnumSet.allOf(DayOfWeek.class), LocalTime.of(9, 0), LocalTime.of(17, 0));
        })));
        rig.minutes(2);
        goesDown();
        rig.minutes(7 * 60); // it is ten o'clock at the start
        assertThat(rig.status().weight()).isEqualTo(Weight.NONE);
        assertThat(rig.entries(EntryTypes.ROLLOUT_WINDOW)).hasSize(1);
        rig.minutes(16 * 60);
        assertThat(rig.status().weight()).isEqualTo(Weight.percent(1));
    }

    @Test
    void aKillAborts() {
        rig.start("v2");
        rig.minutes(2);
        goesDown();
        rig.gate.version("v2").kill(Rig.BOB, "bad");
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
        assertThat(rig.status().reason()).contains("killed by bob");
    }

    @Test
    void aKillAfterThePromotionRollsBack() {
        rig.promoted("v2");
        goesDown();
        rig.gate.version("v2").kill(Rig.BOB, "bad");
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.ROLLED_BACK);
        assertThat(rig.stable()).isEqualTo("v1");
    }

    @Test
    void whatGoesInLockstepGoesBack() {
        ModelGate<String, String> other = rig.gate("other", "v1", "v2");
        for (ModelGate<String, String> each : List.of(rig.gate, other)) {
            rig.rollouts.start(each, "v2", Rig.read(Rig.policy()), who -> who.lockstep("both", 2), Rig.ALICE, "");
        }
        rig.minutes(15);
        goesDown();
        rig.rollouts.abort(other, Rig.BOB, "bad");
        rig.minutes(1);
        assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void nothingIsSteppedUpPromotedOrCompleted() {
        rig.start("v2");
        world.finding = Finding.NOT_WORSE;
        for (int step = 0; step < 3; step++) {
            rig.minutes(9);
            int before = rig.status().step();
            goesDown();
            rig.minutes(60);
            assertThat(rig.status().step()).isEqualTo(before);
            assertThat(rig.stable()).isEqualTo("v1");
            assertThat(rig.status().reason()).contains("cannot be counted").contains("no counts of");
            world.failing = null;
            rig.minutes(1);
            assertThat(rig.status().step() > before || rig.stable().equals("v2"))
                    .isTrue();
        }
        goesDown();
        rig.minutes(120);
        assertThat(rig.stage()).isEqualTo(Stage.SOAK);
        world.failing = null;
        rig.minutes(2);
        assertThat(rig.stage()).isEqualTo(Stage.COMPLETE);
    }

    @Test
    void aFailureIsToldOnceAndWithWhatWasThrown() {
        rig.start("v2");
        goesDown();
        rig.minutes(60);
        assertThat(rig.heard(RolloutEvent.Hindered.class))
                .singleElement()
                .satisfies(each -> assertThat(each.reason()).contains("no counts of"));
    }

    @Test
    void aWeightThatHasNeverBeenCountedHasNoCallers() {
        CallTally tally = new CallTally(0);
        AtomicReference<Long> first = new AtomicReference<>();
        try (Rig own = new Rig(
                world,
                r -> r.observations((gate, rollout, since) -> {
                    first.compareAndSet(null, since);
                    if (!Long.valueOf(since).equals(first.get())) {
                        throw new IllegalStateException("not yet");
                    }
                    tally.answered(1_000, 500);
                    ArmCounts arm = new ArmCounts(tally.counts(), CallCounts.NONE, 500, 500, Map.of());
                    return new StepCounts(arm, arm, CallCounts.NONE, 500);
                }))) {
            own.start("v2");
            own.minutes(60);
            assertThat(own.status().step()).isEqualTo(1);
            assertThat(own.status().reason()).contains("0 of at least 100 callers");
            assertThat(own.status().inStep()).isGreaterThan(Duration.ofMinutes(40));
        }
    }

    /** Stable answers as many as the candidate at its second step, and nine times as many at its first. */
    private static StepCounts counted(boolean first, ManualTime time) {
        long minutes = Duration.ofNanos(time.read()).toMinutes();
        return new StepCounts(
                arm((first ? 9_000 : 5_000) + minutes), arm((first ? 1_000 : 5_000) + minutes), CallCounts.NONE, 0);
    }

    private static ArmCounts arm(long callers) {
        CallTally tally = new CallTally(0);
        tally.answered(1_000, callers);
        return new ArmCounts(tally.counts(), CallCounts.NONE, callers, callers, Map.of());
    }

    @Test
    void aWeightThatHasNeverBeenCountedHasNoEvidenceAfterARestart() {
        Rig.World restarted = new Rig.World(new ForwardingControlLog(new MemoryControlLog()) {
            @Override
            public void close() {} // it is the next process's too
        });
        AtomicReference<Long> first = new AtomicReference<>();
        AtomicBoolean down = new AtomicBoolean(true);
        Observations source = (gate, rollout, since) -> {
            first.compareAndSet(null, since);
            boolean atFirst = first.get().equals(since);
            if (!atFirst && down.get()) {
                throw new IllegalStateException("the database is down");
            }
            return counted(atFirst, restarted.time);
        };
        RolloutPolicy policy = RolloutPolicy.of(p -> p.name("halves")
                .step(Weight.percent(10), Duration.ofMinutes(10), 100)
                .step(Weight.percent(50), Duration.ofMinutes(30), 100));
        try (Rig before = new Rig(restarted, r -> r.observations(source))) {
            before.start("v2", policy);
            before.minutes(15);
            assertThat(before.status().step()).isEqualTo(1);
        }
        down.set(false);
        try (Rig after = new Rig(restarted, r -> r.observations(source))) {
            after.minutes(3);
            assertThat(after.stage()).as(after.status().reason()).isEqualTo(Stage.CANARY);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // a source of another language's
    void countsThatAreNoneAreAFailureToo() {
        try (Rig own = new Rig(world, r -> r.observations((gate, rollout, since) -> null))) {
            own.start("v2");
            own.minutes(1);
            own.gate.version("v2").kill(Rig.BOB, "bad");
            own.minutes(1);
            assertThat(own.stage()).isEqualTo(Stage.ABORTED);
        }
    }

    @Test
    void aKillAbortsThoughPromotionGatesAndListenersThrowErrors() {
        try (Rig own = new Rig(
                world,
                r -> r.promotionGate(rollout -> {
                    throw new NoClassDefFoundError("users/Approvals");
                }))) {
            Subscription listening = own.rollouts.onEvent(event -> {
                throw new NoClassDefFoundError("users/Pager");
            });
            own.promoted("v2");
            assertThat(own.heard(RolloutEvent.PromotionRefused.class)).isNotEmpty();
            own.gate.version("v2").kill(Rig.BOB, "bad");
            own.minutes(1);
            assertThat(own.stage()).isEqualTo(Stage.ABORTED);
            listening.close();
        }
    }
}
