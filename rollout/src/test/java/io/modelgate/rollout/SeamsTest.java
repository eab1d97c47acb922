package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Windows, calendars, kills, pauses and restarts over a lockstep pair in an exclusion group: where these meet, each holds all the same. */
class SeamsTest {

    private static final List<String> GATES = List.of("generator", "ranker");
    private static final ZoneId ZURICH = ZoneId.of("Europe/Zurich");
    private static final Set<DayOfWeek> DAYS = EnumSet.allOf(DayOfWeek.class);
    private static final List<Caller> CALLERS =
            LongStream.range(0, 400).mapToObj(i -> Caller.of("user-" + i)).toList();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    @Timeout(60)
    void whateverComesTogetherEachRuleHoldsAndAllGetOnOnceAllIsWell(long seed) {
        new Story(seed, 250).run();
    }

    @Test
    @Tag("soak")
    @Timeout(1_200)
    void andForLong() {
        LongStream.range(100, 400).forEach(seed -> new Story(seed, 600).run());
    }

    /** Two processes, each with both gates, and what a seed makes happen to them. */
    private static final class Story {
        private final long seed;
        private final int turns;
        private final Random random;
        private final Rig.World world = new Rig.World(new ForwardingControlLog(new MemoryControlLog()) {
            @Override
            public void close() {} // it outlives the processes
        });
        private final List<Rig> rigs = new ArrayList<>();
        private final List<KillReceipt> kills = new ArrayList<>();

        Story(long seed, int turns) {
            this.seed = seed;
            this.turns = turns;
            random = new Random(seed);
        }

        void run() {
            try {
                rigs.add(process("one"));
                rigs.add(process("two"));
                for (int i = 0; i < turns; i++) {
                    start();
                    happens();
                    hold();
                }
                getOn();
            } finally {
                rigs.forEach(Rig::close);
            }
        }

        private Rig process(String instance) {
            Rig rig = new Rig(world, r -> r.instance(instance));
            GATES.forEach(name -> rig.gate(name, "v1", "v2", "v3"));
            return rig;
        }

        private Rig any() {
            return rigs.get(random.nextInt(rigs.size()));
        }

        private ModelGate<?, ?> anyGate(Rig rig) {
            return rig.gates.gate(GATES.get(random.nextInt(GATES.size())));
        }

        private RolloutRun run(String gate) {
            return Routings.of(rigs.get(0).gates.gate(gate)).run();
        }

        private RolloutPolicy policy() {
            return Rig.read(Rig.policy(p -> {
                p.step(Weight.percent(5), Rig.MINUTE.multipliedBy(10), 100)
                        .step(Weight.percent(30), Rig.MINUTE.multipliedBy(10), 100);
                if (random.nextBoolean()) {
                    p.window(ZURICH, DAYS, LocalTime.of(random.nextInt(24), 0), LocalTime.of(random.nextInt(24), 0));
                }
                if (random.nextBoolean()) {
                    p.zone(ZURICH)
                            .businessHours(
                                    DAYS, LocalTime.of(random.nextInt(24), 0), LocalTime.of(random.nextInt(24), 0));
                }
            }));
        }

        /** Both, once neither runs, with hours that meet. */
        private void start() {
            if (GATES.stream().anyMatch(name -> run(name) != null)) {
                return;
            }
            revive();
            for (String name : GATES) {
                while (run(name) == null) {
                    Rig rig = any();
                    ModelGate<?, ?> gate = rig.gates.gate(name);
                    String candidate = gate.describe().stable().equals(Optional.of("v2")) ? "v3" : "v2";
                    try {
                        rig.rollouts.start(
                                gate,
                                candidate,
                                policy(),
                                who -> who.exclusive("search", Weight.percent(40))
                                        .lockstep("pair", 2)
                                        .afterAbort(),
                                Rig.ALICE,
                                "");
                    } catch (IllegalArgumentException neverOpen) {
                        assertThat(neverOpen.getMessage()).containsAnyOf("overlap", "begins and ends");
                    }
                }
            }
        }

        private void happens() {
            Rig rig = any();
            ModelGate<?, ?> gate = anyGate(rig);
            switch (random.nextInt(24)) {
                case 0 -> quietly(() -> rig.rollouts.pause(gate, Rig.ALICE, ""));
                case 1, 2 -> quietly(() -> rig.rollouts.resume(gate, Rig.ALICE, ""));
                case 3 -> {
                    RolloutRun run = run(gate.name());
                    if (run != null && random.nextInt(4) == 0) {
                        kills.add(gate.version(run.plan().candidate()).kill(Rig.BOB, "bad"));
                    }
                }
                case 4 -> revive();
                case 5 -> {
                    int which = rigs.indexOf(rig);
                    rig.close();
                    rigs.set(which, process(which == 0 ? "one" : "two"));
                }
                case 6 -> world.finding = random.nextInt(4) > 0 ? Finding.NOT_WORSE : Finding.INCONCLUSIVE;
                case 7 -> world.flowing = random.nextInt(4) > 0;
                case 8 -> world.time.advance(Duration.ofMinutes(random.nextInt(300)));
                case 9, 10, 11, 12 -> world.time.advance(Duration.ofMinutes(1 + random.nextInt(10)));
                default -> {
                    rig.rollouts.tick();
                    nobodyOutside();
                }
            }
        }

        private void revive() {
            kills.forEach(each -> rigs.get(0).gates.revive(each.id(), Rig.BOB, ""));
            kills.clear();
        }

        private static void quietly(Runnable action) {
            try {
                action.run();
            } catch (IllegalStateException notNow) {
                assertThat(notNow.getMessage()).isNotEmpty();
            }
        }

        private void hold() {
            for (Caller caller : CALLERS) {
                long cohorts = GATES.stream()
                        .filter(name -> run(name) != null && !run(name).promoted())
                        .filter(name -> rigs.stream()
                                .anyMatch(
                                        rig -> Routings.of(rig.gates.gate(name)).toCandidate(caller)))
                        .count();
                assertThat(cohorts).as("seed %d: cohorts of a caller", seed).isLessThan(2);
            }
            RolloutRun one = run(GATES.get(0));
            RolloutRun two = run(GATES.get(1));
            if (one != null && two != null) {
                assertThat(Math.abs(one.place() - two.place()))
                        .as("seed %d", seed)
                        .isLessThan(2);
            }
        }

        /** After a look, whichever process's. */
        private void nobodyOutside() {
            for (String name : GATES) {
                RolloutRun run = run(name);
                if (run != null
                        && !run.promoted()
                        && !run.plan().policy().windows().open(world.time.instant())) {
                    assertThat(CALLERS)
                            .as("seed %d: callers of %s outside its windows", seed, name)
                            .noneMatch(caller -> rigs.stream()
                                    .anyMatch(rig ->
                                            Routings.of(rig.gates.gate(name)).toCandidate(caller)));
                }
            }
        }

        /** All well and open: within two looks after both are ready, both have gone on, until both are complete. */
        private void getOn() {
            revive();
            start();
            world.finding = Finding.NOT_WORSE;
            world.flowing = true;
            for (int minute = 0; minute < 6 * 24 * 60 && GATES.stream().anyMatch(name -> run(name) != null); minute++) {
                world.time.advance(Rig.MINUTE);
                for (String name : GATES) {
                    quietly(() -> rigs.get(0).rollouts.resume(rigs.get(0).gates.gate(name), Rig.ALICE, ""));
                }
                ticks();
                hold();
                nobodyOutside();
                RolloutRun one = run(GATES.get(0));
                RolloutRun two = run(GATES.get(1));
                if (one != null && two != null && ready(one) && ready(two) && one.place() == two.place()) {
                    int place = one.place();
                    ticks();
                    ticks();
                    for (String name : GATES) {
                        RolloutRun now = run(name);
                        assertThat(now == null || now.place() > place)
                                .as("seed %d: %s has gone on from %d", seed, name, place)
                                .isTrue();
                    }
                }
            }
            assertThat(GATES).as("seed %d: all are over", seed).allMatch(name -> run(name) == null);
        }

        private static boolean ready(RolloutRun run) {
            return run.conditions().ready() == run.place() + 1;
        }

        private void ticks() {
            rigs.forEach(rig -> rig.rollouts.tick());
        }
    }
}
