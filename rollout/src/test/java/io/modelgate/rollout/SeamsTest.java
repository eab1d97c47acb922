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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Windows, calendars, kills, pauses and restarts over a lockstep pair in an exclusion group, each gate in a process of its own: where these
 * meet, each holds all the same. What the two know of each other they know from the log.
 */
class SeamsTest {

    private static final List<String> GATES = List.of("generator", "ranker");
    private static final ZoneId ZURICH = ZoneId.of("Europe/Zurich");
    private static final Set<DayOfWeek> DAYS = EnumSet.allOf(DayOfWeek.class);
    private static final List<Caller> CALLERS =
            LongStream.range(0, 200).mapToObj(i -> Caller.of("user-" + i)).toList();

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

    /** Two processes, each with one of the gates, and what a seed makes happen to them. */
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

        /** Where each stood when this was looked at last. */
        private final Map<String, Optional<RolloutRun>> before = new HashMap<>();

        Story(long seed, int turns) {
            this.seed = seed;
            this.turns = turns;
            random = new Random(seed);
        }

        void run() {
            try {
                GATES.forEach(name -> rigs.add(process(name)));
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

        private Rig process(String name) {
            Rig rig = new Rig(world, r -> r.instance(name));
            rig.gate(name, "v1", "v2", "v3");
            return rig;
        }

        private Rig processOf(String name) {
            return rigs.get(GATES.indexOf(name));
        }

        private ModelGate<?, ?> gate(String name) {
            return processOf(name).gates.gate(name);
        }

        private RolloutRun run(String name) {
            return Routings.of(gate(name)).run();
        }

        private boolean toCandidate(String name, Caller caller) {
            return Routings.of(gate(name)).toCandidate(caller);
        }

        private RolloutPolicy policy() {
            return Rig.read(Rig.policy(p -> {
                // Hours, so that windows close and open while it is under way.
                p.step(Weight.percent(5), Duration.ofHours(2), 100).step(Weight.percent(30), Duration.ofHours(3), 100);
                if (random.nextInt(4) > 0) {
                    int from = random.nextInt(24);
                    p.window(
                            ZURICH, DAYS, LocalTime.of(from, 0), LocalTime.of((from + 4 + random.nextInt(14)) % 24, 0));
                }
                if (random.nextInt(4) == 0) {
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
                    Rig rig = processOf(name);
                    ModelGate<?, ?> gate = gate(name);
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
            String name = GATES.get(random.nextInt(GATES.size()));
            Rig rig = processOf(name);
            ModelGate<?, ?> gate = gate(name);
            switch (random.nextInt(24)) {
                case 0 -> quietly(() -> rig.rollouts.pause(gate, Rig.ALICE, ""));
                case 1, 2 -> quietly(() -> rig.rollouts.resume(gate, Rig.ALICE, ""));
                case 3 -> {
                    RolloutRun run = run(name);
                    if (run != null && random.nextInt(4) == 0) {
                        kills.add(gate.version(run.plan().candidate()).kill(Rig.BOB, "bad"));
                    }
                }
                case 4 -> revive();
                case 5 -> {
                    rig.close();
                    rigs.set(GATES.indexOf(name), process(name));
                }
                case 6 -> world.finding = random.nextInt(4) > 0 ? Finding.NOT_WORSE : Finding.INCONCLUSIVE;
                case 7 -> world.flowing = random.nextInt(4) > 0;
                case 8 -> world.time.advance(Duration.ofMinutes(random.nextInt(300)));
                case 9 -> fallTogether();
                case 10 -> follow();
                case 11, 12, 13 -> world.time.advance(Duration.ofMinutes(1 + random.nextInt(60)));
                default -> {
                    rig.rollouts.tick();
                    nobodyOutside(name);
                }
            }
        }

        private void revive() {
            kills.forEach(each -> processOf(each.scope().gate()).gates.revive(each.id(), Rig.BOB, ""));
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
                        .filter(name -> toCandidate(name, caller))
                        .count();
                assertThat(cohorts).as("seed %d: cohorts of a caller", seed).isLessThan(2);
            }
            inStep(GATES.get(0), GATES.get(1));
            inStep(GATES.get(1), GATES.get(0));
            GATES.forEach(name -> before.put(name, Optional.ofNullable(run(name))));
        }

        /** Who has gone on to a place has done so once the other was ready for it, or there. */
        private void inStep(String name, String other) {
            RolloutRun now = run(name);
            RolloutRun was = before.getOrDefault(name, Optional.empty()).orElse(null);
            RolloutRun there = run(other);
            RolloutRun wasThere = before.getOrDefault(other, Optional.empty()).orElse(null);
            if (now != null && was != null && was.plan().equals(now.plan()) && now.place() > was.place()) {
                assertThat(now.place()).as("seed %d", seed).isEqualTo(was.place() + 1);
                assertThat(List.of(readyFor(now.place(), wasThere), readyFor(now.place(), there)))
                        .as("seed %d: %s at %d, %s is ready for it", seed, name, now.place(), other)
                        .contains(true);
            }
        }

        private static boolean readyFor(int place, @Nullable RolloutRun run) {
            return run != null && (run.place() >= place || run.conditions().ready() == place);
        }

        /** After a look of its process. */
        private void nobodyOutside(String name) {
            RolloutRun run = run(name);
            if (run != null && !run.promoted() && !run.plan().policy().windows().open(world.time.instant())) {
                assertThat(CALLERS)
                        .as("seed %d: callers of %s outside its windows", seed, name)
                        .noneMatch(caller -> toCandidate(name, caller));
            }
        }

        /** What was killed or taken back in one process has taken the other's with it, once both have looked. */
        private void fallTogether() {
            ticks();
            for (String name : GATES) {
                RolloutRun last = Routings.of(gate(name)).memory().last();
                RolloutRun other = run(GATES.get(1 - GATES.indexOf(name)));
                if (last != null
                        && (last.stage() == Stage.ABORTED || last.stage() == Stage.ROLLED_BACK)
                        && other != null) {
                    assertThat(other.conditions().start())
                            .as("seed %d: what goes with %s", seed, name)
                            .isGreaterThan(last.last().seq());
                }
            }
        }

        /** Who was ready when the other went on follows, whatever it sees itself by then, or says that it is ready no more. */
        private void follow() {
            ticks(); // the other goes on
            ticks(); // it may be that a person is called, which takes a look of its own
            ticks();
            RolloutRun one = run(GATES.get(0));
            RolloutRun two = run(GATES.get(1));
            if (one != null && two != null && one.place() != two.place()) {
                RolloutRun behind = one.place() < two.place() ? one : two;
                assertThat(ready(behind) && !behind.hold().paused())
                        .as("seed %d: ready for a place where the other is, and not there", seed)
                        .isFalse();
            }
        }

        /** All well and open: within two looks after both are ready, and no window closed at that very look, both have gone on, until both are complete. */
        private void getOn() {
            revive();
            start();
            world.finding = Finding.NOT_WORSE;
            world.flowing = true;
            for (int minute = 0; minute < 6 * 24 * 60 && GATES.stream().anyMatch(name -> run(name) != null); minute++) {
                world.time.advance(Rig.MINUTE);
                for (String name : GATES) {
                    quietly(() -> processOf(name).rollouts.resume(gate(name), Rig.ALICE, ""));
                }
                ticks();
                hold();
                GATES.forEach(this::nobodyOutside);
                RolloutRun one = run(GATES.get(0));
                RolloutRun two = run(GATES.get(1));
                if (one != null && two != null && goesOn(one) && goesOn(two) && one.place() == two.place()) {
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

        /** One whose window has just closed says at the next look that it is ready no more. */
        private static boolean goesOn(RolloutRun run) {
            return ready(run) && !run.conditions().shut();
        }

        private static boolean ready(RolloutRun run) {
            return run.conditions().ready() == run.place() + 1;
        }

        private void ticks() {
            rigs.forEach(rig -> rig.rollouts.tick());
        }
    }
}
