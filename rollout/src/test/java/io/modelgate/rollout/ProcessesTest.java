package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one log, and one after another. */
@Timeout(60)
class ProcessesTest {

    @TempDir
    Path directory;

    private FileControlLog log() {
        return FileControlLog.open(directory.resolve("modelgate.log"));
    }

    /** What decisions of automation there are, each by what makes it the same decision. */
    private static List<String> decisions(Rig rig) {
        return rig.world.log.read(0, 10_000).stream()
                .filter(entry -> entry.decision().authentication().equals("automation"))
                .filter(entry -> !List.of("declare", "rollout-checkpoint").contains(entry.type()))
                .map(entry -> entry.type() + " " + entry.number("step", -1) + " " + entry.number("alert", -1))
                .toList();
    }

    /** Ticks until the process has read what others wrote: the log's follower is a thread of its own. */
    private static void caughtUp(Rig rig) {
        while (rig.gates.applied() < rig.world.log.head().seq()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void twoProcessesOnOneFileTakeEachStepOnce() {
        Rig.World here = new Rig.World(log());
        Rig.World there = new Rig.World(log());
        try (Rig one = new Rig(here, r -> r.instance("one"));
                Rig two = new Rig(there, r -> r.instance("two"))) {
            one.start("v2").stored(Duration.ofSeconds(5));
            here.finding = Finding.NOT_WORSE;
            there.finding = Finding.NOT_WORSE;
            for (int minute = 0; minute < 130; minute++) {
                caughtUp(one);
                one.minutes(1);
                caughtUp(two);
                two.minutes(1);
            }
            caughtUp(one);
            assertThat(one.stage()).isEqualTo(Stage.COMPLETE);
            assertThat(two.stage()).isEqualTo(Stage.COMPLETE);
            assertThat(decisions(one))
                    .containsExactly(
                            "rollout-weight 1 -1",
                            "rollout-weight 2 -1",
                            "promote -1 -1",
                            "rollout-soak -1 -1",
                            "rollout-end -1 -1");
        }
    }

    @Test
    void processesThatRaceOverEveryDecisionMakeEachOnce() throws Exception {
        Rig.World world = new Rig.World();
        world.finding = Finding.NOT_WORSE;
        List<Rig> rigs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String name = "p" + i;
            rigs.add(new Rig(world, r -> r.instance(name)));
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 20; round++) {
                long before = world.log.head().seq();
                rigs.get(0)
                        .rollouts
                        .start(
                                rigs.get(0).gate,
                                round % 2 == 0 ? "v2" : "v1",
                                Rig.read(Rig.policy(p -> {
                                    Rig.steps(p);
                                    p.soak(Duration.ofMinutes(10));
                                })),
                                RolloutBuilder::afterAbort,
                                Rig.ALICE,
                                "");
                for (int minute = 0; minute < 60; minute++) {
                    world.time.advance(Rig.MINUTE);
                    tickAtOnce(rigs, threads);
                }
                assertThat(rigs.get(3).stage()).as("round %d", round).isEqualTo(Stage.COMPLETE);
                List<String> made = new ArrayList<>();
                for (Entry entry : world.log.read(before, 10_000)) {
                    if (entry.type().startsWith("rollout-w") || entry.type().equals("promote")) {
                        made.add(entry.type() + entry.number("step", -1));
                    }
                }
                assertThat(made)
                        .as("round %d", round)
                        .containsExactly("rollout-weight1", "rollout-weight2", "promote-1");
            }
        } finally {
            threads.shutdownNow();
            rigs.forEach(Rig::close);
        }
    }

    private static void tickAtOnce(List<Rig> rigs, ExecutorService threads) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<?>> ticks = new ArrayList<>();
        for (Rig rig : rigs) {
            ticks.add(threads.submit(() -> {
                go.await();
                rig.rollouts.tick();
                return true;
            }));
        }
        go.countDown();
        for (Future<?> tick : ticks) {
            tick.get();
        }
    }

    @Test
    void aRestartGoesOnInTheSameStepWithTheTimeAndTheEvidenceThatWereThere() {
        Rig.World first = new Rig.World(log());
        RolloutPolicy policy = Rig.policy(Rig::steps);
        Checkpoint before;
        try (Rig one = new Rig(first, r -> {})) {
            one.start("v2", policy).stored(Duration.ofSeconds(5));
            one.minutes(19); // the first look begins to watch
            assertThat(one.status().step()).isEqualTo(1);
            assertThat(one.status().inStep()).isEqualTo(Duration.ofMinutes(8));
        }
        Rig.World second = new Rig.World(log());
        second.time.setClock(second.time.instant().minus(Duration.ofDays(900)));
        try (Rig two = new Rig(second, r -> {})) {
            before = Routings.of(two.gate).run().checkpoints().get("main");
            two.rollouts.tick();
            assertThat(two.status().step()).isEqualTo(1);
            assertThat(two.status().inStep()).isEqualTo(Duration.ofMinutes(8));
            assertThat(two.minutes(1).status().step()).isEqualTo(1);
            assertThat(two.minutes(1).status().step()).as("ten minutes in all").isEqualTo(2);
        }
        assertThat(before.evidence()).isNotEmpty();
    }

    @Test
    void aRestartNeitherForgetsNorRepeatsAnAlert() {
        Rig.World first = new Rig.World(log());
        try (Rig one = new Rig(first, r -> {})) {
            one.start("v2").stored(Duration.ofSeconds(5));
            Rig.stored(one.rollouts.pause(one.gate, Rig.ALICE, "lunch"));
            one.minutes(1).minutes(10);
        }
        Rig.World second = new Rig.World(log());
        try (Rig two = new Rig(second, r -> {})) {
            two.rollouts.tick();
            two.minutes(5);
            assertThat(two.entries("rollout-alert")).hasSize(1);
        }
        Rig.World third = new Rig.World(log());
        try (Rig three = new Rig(third, r -> {})) {
            three.minutes(10);
            assertThat(three.entries("rollout-alert")).hasSize(1);
            three.minutes(30);
            assertThat(three.entries("rollout-alert")).hasSize(2);
        }
    }

    @Test
    void eachProcessHearsOfEachEventOnce() {
        Rig.World world = new Rig.World();
        try (Rig one = new Rig(world, r -> r.instance("one"));
                Rig two = new Rig(world, r -> r.instance("two"))) {
            one.promoted("v2").minutes(61);
            for (Rig rig : List.of(one, two)) {
                List<String> heard = rig.events.stream()
                        .filter(event -> !event.about().entry().isEmpty())
                        .map(event -> event.about().entry())
                        .toList();
                Set<String> distinct = new HashSet<>(heard);
                assertThat(heard).hasSize(6).hasSameSizeAs(distinct);
            }
        }
    }
}
