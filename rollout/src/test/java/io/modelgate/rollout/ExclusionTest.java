package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Watch;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.MemoryControlLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two candidates of an exclusion group never meet in one caller, unless they are declared a joint test. */
@Timeout(60)
class ExclusionTest {

    private static final List<Caller> CALLERS = callers(2_000);

    private static List<Caller> callers(int n) {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            callers.add(Caller.of("user-" + i));
        }
        return callers;
    }

    private static Gates process(MemoryControlLog log) {
        return Gates.open(g -> g.controlLog(log).eventExecutor(Runnable::run));
    }

    private static ModelGate<String, String> gate(Gates gates, String name) {
        return gates.gate(
                name,
                g -> g.stable("v1", input -> "v1")
                        .version("v2", input -> "v2")
                        .attributes("region")
                        .router(Cohorts.router()));
    }

    private static Set<String> cohort(ModelGate<?, ?> gate) {
        CohortRouting routing = Routings.of(gate);
        Set<String> cohort = new HashSet<>();
        if (routing.run() == null || !routing.run().promoted()) {
            for (int i = 0; i < CALLERS.size(); i++) {
                if (routing.toCandidate(CALLERS.get(i))) {
                    cohort.add("user-" + i);
                }
            }
        }
        return cohort;
    }

    private static Rollout start(ModelGate<?, ?> gate, Consumer<RolloutBuilder> who) {
        return Rollout.start(gate, "v2", who, Rig.ALICE, "");
    }

    private static Dependencies.Range range(ModelGate<?, ?> gate) {
        RolloutStart start = Routings.of(gate).running();
        Dependencies.Range range = start == null ? null : start.dependencies().range();
        if (range == null) {
            throw new AssertionError("no range");
        }
        return range;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noCallerIsEverInTwoCohortsUnlessTheyAreAJointTest(long seed) {
        Random random = new Random(seed);
        MemoryControlLog log = new MemoryControlLog();
        try (Gates one = process(log);
                Gates two = process(log)) {
            List<ModelGate<?, ?>> gates = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                gates.add(gate(i % 2 == 0 ? one : two, "g" + i)); // each in one process only
            }
            int joined = 0;
            int started = 0;
            for (int turn = 0; turn < 60; turn++) {
                ModelGate<?, ?> gate = gates.get(random.nextInt(gates.size()));
                Rollout running = Rollout.running(gate).orElse(null);
                Set<String> before = cohort(gate);
                if (running == null) {
                    boolean joint = random.nextInt(3) == 0;
                    Weight share = joint ? Weight.percent(20) : Weight.of(5_000 + random.nextInt(40_000));
                    try {
                        start(
                                gate,
                                joint ? r -> r.jointly("search", "both", share) : r -> r.exclusive("search", share));
                        started++;
                    } catch (IllegalStateException noRoom) {
                        assertThat(noRoom).hasMessageContaining("no room");
                    }
                } else if (random.nextInt(4) == 0) {
                    running.end(Rig.ALICE, "");
                } else {
                    int share = range(gate).share();
                    Weight weight = Weight.of(random.nextInt(share + 1));
                    Weight was = running.weight();
                    running.weight(weight, Rig.ALICE, "");
                    if (weight.compareTo(was) >= 0) {
                        assertThat(cohort(gate)).containsAll(before);
                    } else {
                        assertThat(before).containsAll(cohort(gate));
                    }
                }
                joined += requireApart(gates);
            }
            assertThat(started).isGreaterThan(5);
            assertThat(joined).as("callers in both of a joint test").isPositive();
        }
    }

    /** Whoever decides on a state that the log has left decides again. */
    @Test
    void aStartIsDecidedAgainWhereSomethingCameBetween() {
        try (Gates gates = process(new MemoryControlLog())) {
            ModelGate<String, String> gate = gate(gates, "g");
            AtomicInteger decided = new AtomicInteger();
            new Conditional(gates).make(gate, () -> {
                if (decided.incrementAndGet() == 1) {
                    gates.append(gates.decision("between", "drill", "g", Rig.ALICE, "", Map.of()));
                }
                return gates.decision("made", "drill", "g", Rig.ALICE, "", Map.of());
            });
            assertThat(decided).hasValue(2);
        }
    }

    /** How many callers are in two cohorts, all of which are of a joint test. */
    private static int requireApart(List<ModelGate<?, ?>> gates) {
        Map<String, ModelGate<?, ?>> of = new HashMap<>();
        int joined = 0;
        for (ModelGate<?, ?> gate : gates) {
            for (String caller : cohort(gate)) {
                ModelGate<?, ?> other = of.putIfAbsent(caller, gate);
                if (other != null) {
                    joined++;
                    assertThat(range(gate).test())
                            .as("%s on %s and %s", caller, gate.name(), other.name())
                            .isEqualTo("both")
                            .isEqualTo(range(other).test());
                }
            }
        }
        return joined;
    }

    @Test
    void theCallersOfAJointTestAreInBothCohortsOrInNone() {
        MemoryControlLog log = new MemoryControlLog();
        try (Gates one = process(log);
                Gates two = process(log)) {
            ModelGate<?, ?> ranker = gate(one, "ranker");
            ModelGate<?, ?> generator = gate(two, "generator");
            ModelGate<?, ?> other = gate(two, "speller");
            start(other, r -> r.exclusive("search", Weight.percent(30)).weight(Weight.percent(30)));
            for (ModelGate<?, ?> gate : List.of(ranker, generator)) {
                start(
                        gate,
                        r -> r.jointly("search", "ranker+generator", Weight.percent(40))
                                .deny("user-1")
                                .weight(Weight.percent(10)));
            }
            assertThat(range(ranker)).isEqualTo(range(generator));
            assertThat(cohort(ranker))
                    .isNotEmpty()
                    .isEqualTo(cohort(generator))
                    .doesNotContainAnyElementsOf(cohort(other));
        }
    }

    @Test
    void whatAJointTestSharesIsTheSameForAll() {
        try (Gates gates = process(new MemoryControlLog())) {
            start(
                    gate(gates, "ranker"),
                    r -> r.jointly("search", "both", Weight.percent(40)).deny("user-1"));
            ModelGate<?, ?> generator = gate(gates, "generator");
            assertThatIllegalStateException()
                    .isThrownBy(() -> start(
                            generator,
                            r -> r.jointly("search", "both", Weight.percent(30)).deny("user-1")))
                    .withMessageContaining("has 40 %, and 30 % was asked for");
            assertThatIllegalStateException()
                    .isThrownBy(() -> start(generator, r -> r.jointly("search", "both", Weight.percent(40))))
                    .withMessageContaining("give the same deny and only");
        }
    }

    @Test
    void withoutRoomTheStartSaysWhoHasWhat() {
        try (Gates gates = process(new MemoryControlLog())) {
            ModelGate<?, ?> ranker = gate(gates, "ranker");
            Rollout first = start(ranker, r -> r.exclusive("search", Weight.percent(70)));
            ModelGate<?, ?> generator = gate(gates, "generator");
            assertThatIllegalStateException()
                    .isThrownBy(() -> start(generator, r -> r.exclusive("search", Weight.percent(40))))
                    .withMessageContaining("no room for 40 %")
                    .withMessageContaining("version \"v2\" on gate \"ranker\" has 70 % from 0 %")
                    .withMessageContaining("largest free share is 30 %");
            start(generator, r -> r.exclusive("search", Weight.percent(30)));
            assertThat(range(generator).from()).isEqualTo(70_000);
            first.end(Rig.ALICE, "");
            start(ranker, r -> r.exclusive("search", Weight.percent(70)));
            assertThat(range(ranker).from()).as("free again").isZero();
            start(gate(gates, "speller"), r -> r.exclusive("answers", Weight.percent(80)));
        }
    }

    @Test
    void aFreePieceInTheMiddleIsFound() {
        try (Gates gates = process(new MemoryControlLog())) {
            List<Rollout> three = new ArrayList<>();
            for (String name : List.of("a", "b", "c")) {
                three.add(start(gate(gates, name), r -> r.exclusive("search", Weight.percent(30))));
            }
            three.get(1).end(Rig.ALICE, "");
            ModelGate<?, ?> fourth = gate(gates, "d");
            assertThatIllegalStateException()
                    .isThrownBy(() -> start(fourth, r -> r.exclusive("search", Weight.percent(31))))
                    .withMessageContaining("largest free share is 30 %");
            start(fourth, r -> r.exclusive("search", Weight.percent(30)));
            assertThat(range(fourth).from()).isEqualTo(30_000);
        }
    }

    @Test
    void nobodyIsSentPastTheShare() {
        try (Gates gates = process(new MemoryControlLog())) {
            ModelGate<?, ?> ranker = gate(gates, "ranker");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> start(
                            ranker,
                            r -> r.exclusive("search", Weight.percent(40)).allow("qa")))
                    .withMessageContaining("leave the group");
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            start(ranker, r -> r.force("region", "eu").exclusive("search", Weight.percent(40))))
                    .withMessageContaining("leave the group");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> start(
                            ranker,
                            r -> r.exclusive("search", Weight.percent(40)).weight(Weight.percent(41))))
                    .withMessageContaining("above the share of 40 %");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> start(
                            ranker,
                            r -> r.exclusive("search", Weight.percent(40)).bucketing(Bucketing.unleash("search"))))
                    .withMessageContaining("leave out the bucketing");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> start(ranker, r -> r.exclusive("search", Weight.NONE)));
            assertThatIllegalArgumentException().isThrownBy(() -> start(ranker, r -> r.exclusive(" ", Weight.FULL)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> start(
                            ranker, r -> r.exclusive("search", Weight.FULL).jointly("answers", "both", Weight.FULL)));
            Rollout rollout = start(ranker, r -> r.exclusive("search", Weight.percent(40)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rollout.weight(Weight.percent(41), Rig.ALICE, ""))
                    .withMessageContaining("above the share of 40 %");
        }
    }

    @Test
    void aPolicyMustLeaveSomeOfTheShareToCompareWith() {
        try (Rig rig = new Rig()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> rig.rollouts.start(
                            rig.gate,
                            "v2",
                            Rig.read(Rig.policy()),
                            who -> who.exclusive("search", Weight.percent(50)),
                            Rig.ALICE,
                            ""))
                    .withMessageContaining("ends its steps at 50 %")
                    .withMessageContaining("leaves 45 % beside the 5 % that it holds back");
            rig.rollouts.start(
                    rig.gate,
                    "v2",
                    Rig.read(Rig.policy()),
                    who -> who.exclusive("search", Weight.percent(55)),
                    Rig.ALICE,
                    "");
            assertThat(rig.stage()).isEqualTo(Stage.CANARY);
        }
    }

    /** Nobody but the callers of the range is compared with: others may have another candidate of the group. */
    @Test
    void onlyCallersOfTheRangeAreCompared() {
        try (Gates gates = process(new MemoryControlLog())) {
            start(gate(gates, "first"), r -> r.exclusive("search", Weight.percent(30)));
            ModelGate<?, ?> gate = gate(gates, "ranker");
            start(gate, r -> r.exclusive("search", Weight.percent(40)).weight(Weight.percent(10)));
            RolloutStart start = Routings.of(gate).running();
            for (boolean promoted : List.of(false, true)) {
                RolloutWatch watch = new RolloutWatch(
                        new RolloutUnits(),
                        start.salt(),
                        start.bucketing(),
                        start.dependencies(),
                        promoted ? 35_000 : 10_000,
                        null,
                        List.of(),
                        Wanted.calls(false),
                        promoted);
                for (Caller caller : CALLERS) {
                    long place = watch.place(caller);
                    if (place != Watch.NOWHERE) {
                        watch.answered(place, 1, "");
                    }
                }
                StepCounts counts = watch.counts();
                long candidate = counts.candidate().calls().calls();
                long all = candidate + counts.stable().calls().calls();
                assertThat(all).as("40 % of 2,000").isBetween(720L, 880L);
                assertThat(candidate).isBetween(promoted ? 620L : 150L, promoted ? 780L : 250L);
                assertThat(counts.byRule().calls()).isEqualTo(promoted ? 2_000 - all : 0);
            }
        }
    }

    /** The split is weight to share: were it taken for weight to all, every rollout of a group would be a sample ratio mismatch. */
    @Test
    void theSplitOfTheCallersIsJudgedWithinTheRange() {
        try (Gates gates = Gates.open(g -> g.eventExecutor(Runnable::run));
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<String, String> gate = gate(gates, "ranker");
            rollouts.start(
                    gate,
                    "v2",
                    RolloutPolicy.of(p ->
                            p.name("half of a share").step(Weight.percent(10)).holdback(Weight.percent(5))),
                    who -> who.exclusive("search", Weight.percent(20)),
                    Rig.ALICE,
                    "");
            for (Caller caller : callers(6_000)) {
                gate.call("", caller);
            }
            rollouts.tick();
            RolloutStatus status = rollouts.status(gate).orElseThrow();
            assertThat(status.stage()).isEqualTo(Stage.CANARY);
            assertThat(status.evidence()).noneMatch(each -> each.finding() == Finding.REGRESSED);
            assertThat(Routings.of(gate).counts().candidate().callers()).isBetween(500L, 700L);
            assertThat(Routings.of(gate).counts().stable().callers()).isBetween(500L, 700L);
        }
    }

    /** The range is kept as long as some of it are held back, and who is held back is of the range. */
    @Test
    void theHoldbackIsWithinTheRange() {
        Rig.World world = new Rig.World();
        try (Rig rig = new Rig(world, r -> {})) {
            ModelGate<String, String> other = rig.gate("other", "v1", "v2");
            Rollout.start(other, "v2", r -> r.exclusive("search", Weight.percent(30)), Rig.ALICE, "");
            world.finding = Finding.NOT_WORSE;
            rig.rollouts.start(
                    rig.gate,
                    "v2",
                    Rig.read(Rig.policy()),
                    who -> who.exclusive("search", Weight.percent(60)),
                    Rig.ALICE,
                    "");
            rig.minutes(31);
            assertThat(rig.stage()).isIn(Stage.FULL, Stage.SOAK);
            CohortRouting routing = Routings.of(rig.gate);
            for (Caller caller : CALLERS) {
                int bucket = Spots.bucket(caller.keyHash(), Dependencies.Range.salt("search"));
                assertThat(routing.toCandidate(caller))
                        .as("bucket %d", bucket)
                        .isEqualTo(bucket >= 85_000 && bucket < 90_000);
            }
            ModelGate<String, String> third = rig.gate("third", "v1", "v2");
            assertThatIllegalStateException()
                    .isThrownBy(() ->
                            Rollout.start(third, "v2", r -> r.exclusive("search", Weight.percent(30)), Rig.ALICE, ""));
            rig.minutes(62);
            assertThat(rig.stage()).isEqualTo(Stage.COMPLETE);
            Rollout.start(third, "v2", r -> r.exclusive("search", Weight.percent(30)), Rig.ALICE, "");
        }
    }

    @Test
    void processesThatStartAtOnceGetRangesOfTheirOwn() throws Exception {
        MemoryControlLog log = new MemoryControlLog();
        List<Gates> processes = new ArrayList<>();
        List<ModelGate<?, ?>> gates = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int i = 0; i < 4; i++) {
                processes.add(process(log));
                gates.add(gate(processes.get(i), "g" + i));
            }
            CountDownLatch go = new CountDownLatch(1);
            List<Future<Rollout>> starts = new ArrayList<>();
            for (ModelGate<?, ?> gate : gates) {
                starts.add(threads.submit(() -> {
                    go.await();
                    return start(
                            gate, r -> r.exclusive("search", Weight.percent(25)).weight(Weight.percent(25)));
                }));
            }
            go.countDown();
            for (Future<Rollout> each : starts) {
                each.get();
            }
            assertThat(gates.stream().map(each -> range(each).from()))
                    .containsExactlyInAnyOrder(0, 25_000, 50_000, 75_000);
            requireApart(gates);
        } finally {
            threads.shutdownNow();
            processes.forEach(Gates::close);
        }
    }

    @Test
    void rangesAreTheSameAfterARestart(@TempDir Path directory) {
        Path file = directory.resolve("modelgate.log");
        Set<String> before;
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(file)))) {
            start(gate(gates, "first"), r -> r.exclusive("search", Weight.percent(30)));
            ModelGate<?, ?> gate = gate(gates, "ranker");
            start(gate, r -> r.exclusive("search", Weight.percent(40)).weight(Weight.percent(20)));
            before = cohort(gate);
        }
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(file)))) {
            ModelGate<?, ?> gate = gate(gates, "ranker"); // the first one's gate is not in this process
            assertThat(cohort(gate)).isNotEmpty().isEqualTo(before);
            ModelGate<?, ?> third = gate(gates, "third");
            assertThatIllegalStateException()
                    .isThrownBy(() -> start(third, r -> r.exclusive("search", Weight.percent(31))));
            start(third, r -> r.exclusive("search", Weight.percent(30)));
            assertThat(range(third).from()).isEqualTo(70_000);
        }
    }

    /** A process of the version before knows the salt at its old place only: without it, it starts nothing and sends nobody. */
    @Test
    void aProcessThatKnowsNoDependenciesFindsNoSalt() {
        try (Rig rig = new Rig()) {
            Rollout.start(rig.gate, "v2", r -> r.exclusive("search", Weight.percent(40)), Rig.ALICE, "");
            Entry entry = rig.entries("rollout").get(0);
            assertThat(entry.decision().data()).doesNotContainKey("salt").containsKey("dependencies");
            assertThat(RolloutStart.of(entry)).isNotNull();
            Map<String, Object> known = new HashMap<>(entry.decision().data());
            known.remove("dependencies");
            assertThat(RolloutStart.of(Log.entry(1, "r", "rollout", Log.GATE, known)))
                    .isNull();
        }
    }

    @Test
    void anEntryThatWouldSendCallersPastTheRangeStartsNothing() {
        Map<String, Object> exclusive = Map.of("group", "search", "from", 10_000L, "share", 20_000L);
        String salt = "0123456789abcdef";
        Map<String, Object> sound = Map.of("salt", salt, "exclusive", exclusive);
        assertThat(started(20_000, sound, Map.of())).isTrue();
        assertThat(started(20_001, sound, Map.of())).isFalse();
        assertThat(started(1, sound, Map.of("allow", List.of("x")))).isFalse();
        assertThat(started(1, sound, Map.of("force", Map.of("region", List.of("eu")))))
                .isFalse();
        assertThat(started(1, Map.of("exclusive", exclusive), Map.of())).isFalse();
        assertThat(started(1, Map.of("salt", salt, "exclusive", exclusive, "other", 1L), Map.of()))
                .isFalse();
        for (long from : List.of(-1L, 80_001L, 100_000L, Long.MAX_VALUE)) {
            Map<String, Object> past = Map.of("group", "search", "from", from, "share", 20_000L);
            assertThat(started(1, Map.of("salt", salt, "exclusive", past), Map.of()))
                    .as("from %d", from)
                    .isFalse();
        }
        Log log = new Log();
        Map<String, Object> data = data(1_000, sound);
        log.write("rollout", data).weight("r", 20_001);
        assertThat(((CohortRouting) log.routing()).weight()).isEqualTo(Weight.percent(1));
    }

    private static Map<String, Object> data(int weight, Map<String, Object> dependencies) {
        Map<String, Object> data = Log.startData("r", "v2", weight);
        data.remove("salt");
        data.put("dependencies", dependencies);
        return data;
    }

    private static boolean started(int weight, Map<String, Object> dependencies, Map<String, Object> more) {
        Map<String, Object> data = data(weight, dependencies);
        data.putAll(more);
        return new Log().write("rollout", data).routing().candidate() != null;
    }
}
