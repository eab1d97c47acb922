package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.modelgate.Actor;
import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.ModelGate;
import io.modelgate.control.Entry;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rollouts in lockstep step, are promoted and go back together. */
@Timeout(120)
class LockstepTest {

    private static final long HARM = 66_666;

    private final Rig.World world = new Rig.World();

    /** How many callers a gate's candidate has had; {@link #HARM} of them have come to harm. */
    private final Map<String, Long> callers = new ConcurrentHashMap<>();

    /** What the first process's promotion gate says against it, by gate. */
    private final Map<String, String> objections = new ConcurrentHashMap<>();

    private final Rig one = rig("one");
    private final Rig two = rig("two");
    private ModelGate<String, String> ranker;
    private ModelGate<String, String> generator;

    private Rig rig(String instance) {
        return new Rig(
                world,
                r -> r.instance(instance)
                        .promotionGate(status ->
                                Optional.ofNullable(instance.equals("one") ? objections.get(status.gate()) : null))
                        .observations(this::counts)
                        .guardrailTest(
                                "harm",
                                (counts, share, alpha) -> counts.candidate().callers() == HARM
                                        ? Finding.REGRESSED
                                        : Finding.INCONCLUSIVE));
    }

    /** Steps of ten minutes and a hundred callers, and a guardrail of each gate's own. */
    private static RolloutPolicy policy(Consumer<PolicyBuilder> more) {
        return Rig.policy(p -> {
            p.guardrail(Guardrail.custom("harm", (counts, share, alpha) -> Finding.INCONCLUSIVE));
            more.accept(p);
        });
    }

    private static RolloutPolicy policy() {
        return policy(Rig::steps);
    }

    private StepCounts counts(ModelGate<?, ?> gate, String rollout, long since) {
        CallTally tally = new CallTally(0);
        for (long i = world.calls(); i > 0; i--) {
            tally.answered(1_000, 1);
        }
        long had = callers.getOrDefault(gate.name(), 1_000L);
        ArmCounts arm = new ArmCounts(tally.counts(), CallCounts.NONE, had, had, Map.of());
        return new StepCounts(arm, arm, CallCounts.NONE, had);
    }

    /** The ranker is in the first process only, the generator in the second. */
    @BeforeEach
    void hasGates() {
        ranker = one.gate("ranker", "v1", "v8");
        generator = two.gate("generator", "v1", "v3");
    }

    @AfterEach
    void closes() {
        one.close();
        two.close();
    }

    private static Rollout start(Rig rig, ModelGate<?, ?> gate, String version, RolloutPolicy policy) {
        return rig.rollouts.start(
                gate,
                version,
                Rig.read(policy),
                who -> who.lockstep("search", 2).afterAbort(),
                Rig.ALICE,
                "");
    }

    private void startBoth() {
        start(one, ranker, "v8", policy());
        start(two, generator, "v3", policy());
    }

    private void minutes(int minutes) {
        for (int i = 0; i < minutes; i++) {
            world.time.advance(Rig.MINUTE);
            one.rollouts.tick();
            two.rollouts.tick();
        }
    }

    private RolloutStatus rankers() {
        return one.rollouts.status(ranker).orElseThrow();
    }

    private RolloutStatus generators() {
        return two.rollouts.status(generator).orElseThrow();
    }

    private void assertSteps(int step) {
        assertThat(rankers().step()).isEqualTo(step);
        assertThat(generators().step()).isEqualTo(step);
    }

    @Test
    void theFirstWaitsForTheOthersToStart() {
        start(one, ranker, "v8", policy());
        minutes(60);
        assertThat(rankers().stage()).isEqualTo(Stage.DRAFT);
        assertThat(rankers().reason()).contains("has 1 of 2 rollouts");
        assertThat(one.heard(RolloutEvent.HeldByOthers.class)).hasSize(1);
        start(two, generator, "v3", policy());
        minutes(2);
        assertSteps(0);
    }

    @Test
    void theyStepAndArePromotedAndCompleteTogether() {
        startBoth();
        minutes(2);
        assertSteps(0);
        callers.put("generator", 10L);
        minutes(30);
        assertSteps(0);
        assertThat(rankers().reason()).contains("waits for gate \"generator\", not ready yet");
        callers.put("generator", 1_000L);
        minutes(2);
        assertSteps(1);
        world.finding = Finding.NOT_WORSE;
        minutes(24);
        assertThat(rankers().stage()).isEqualTo(Stage.SOAK);
        assertThat(generators().stage()).isEqualTo(Stage.SOAK);
        minutes(65);
        assertThat(rankers().stage()).isEqualTo(Stage.COMPLETE);
        assertThat(generators().stage()).isEqualTo(Stage.COMPLETE);
        assertTogether(world.log.read(0, 100_000));
    }

    @Test
    void aRegressionOfOneTakesTheOtherBackAtTheSameLook() {
        startBoth();
        minutes(15);
        assertSteps(1);
        callers.put("generator", HARM);
        world.time.advance(Rig.MINUTE);
        two.rollouts.tick(); // the process of the ranker does not look
        assertThat(generators().stage()).isEqualTo(Stage.ABORTED);
        assertThat(rankers().stage()).isEqualTo(Stage.ABORTED);
        assertThat(rankers().reason())
                .contains("lockstep \"search\"", "gate \"generator\"", "was aborted", "regressed");
    }

    @Test
    void gatesOfOneProcessGoBackAtOneLookWhicheverIsLookedAtFirst() {
        for (String harmed : List.of("ranker", "also")) {
            ModelGate<?, ?> also = harmed.equals("ranker") ? one.gate("also", "v1", "v3") : one.gates.gate("also");
            callers.clear();
            start(one, ranker, "v8", policy());
            start(one, also, "v3", policy());
            minutes(2);
            assertThat(rankers().stage()).isEqualTo(Stage.CANARY);
            callers.put(harmed, HARM);
            world.time.advance(Rig.MINUTE);
            one.rollouts.tick();
            assertThat(rankers().stage()).isEqualTo(Stage.ABORTED);
            assertThat(one.rollouts.status(also).orElseThrow().stage()).isEqualTo(Stage.ABORTED);
        }
    }

    @Test
    void aKillOfOneTakesTheOtherBack() {
        startBoth();
        minutes(3);
        generator.version("v3").kill(Rig.BOB, "empty lists");
        one.rollouts.tick(); // the killed one's process has not looked yet
        assertThat(rankers().stage()).isEqualTo(Stage.ABORTED);
        assertThat(rankers().reason()).contains("version \"v3\" of gate \"generator\" was killed");
        assertThat(generators().stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void aKillOfACompleteOneTakesTheOtherBack() {
        startBoth();
        minutes(2);
        generator.version("v3").promote(Rig.BOB, "it is needed now");
        minutes(1);
        assertThat(generators().stage()).isEqualTo(Stage.COMPLETE);
        assertThat(rankers().stage()).isEqualTo(Stage.CANARY);
        generator.version("v3").kill(Rig.BOB, "empty lists");
        one.rollouts.tick();
        assertThat(rankers().stage()).isEqualTo(Stage.ABORTED);
        assertThat(rankers().reason()).contains("version \"v3\" of gate \"generator\" was killed");
    }

    @Test
    void whoIsMissingOrLateForTooLongIsAPersonsBusiness() {
        RolloutPolicy impatient = policy(p -> {
            Rig.steps(p);
            p.pauseAlert(Duration.ofMinutes(5), Duration.ofHours(4));
        });
        start(one, ranker, "v8", impatient);
        minutes(5);
        assertThat(one.entries("rollout-alert")).isEmpty();
        minutes(3);
        assertThat(one.entries("rollout-alert"))
                .singleElement()
                .satisfies(alert ->
                        assertThat(alert.decision().reason()).contains("does not get on", "has 1 of 2 rollouts"));
        start(two, generator, "v3", policy());
        minutes(3);
        assertSteps(0);
        callers.put("generator", 10L);
        minutes(16);
        assertThat(alerts("ranker")).as("no later than the other's least time").isEqualTo(1);
        minutes(8);
        assertThat(alerts("ranker")).isEqualTo(2);
    }

    private long alerts(String gate) {
        return one.entries("rollout-alert").stream()
                .filter(each -> each.gate().equals(gate))
                .count();
    }

    /** Nobody is ready in hours in which it may not step, and those are not waited in either. */
    @Test
    void hoursInWhichOneIsClosedAreNotWaitedIn() {
        start(one, ranker, "v8", hours(9, 11));
        start(two, generator, "v3", policy());
        minutes(2);
        callers.put("generator", 10L);
        minutes(20); // ready at 10:12 at the earliest
        assertSteps(0);
        world.time.advance(Duration.between(world.time.instant(), Instant.parse("2026-03-02T11:00:00Z")));
        minutes(600);
        world.time.advance(Duration.between(world.time.instant(), Instant.parse("2026-03-09T09:00:00Z")));
        minutes(1);
        assertThat(alerts("ranker")).isZero();
        minutes(5);
        assertThat(alerts("ranker")).isEqualTo(1);
    }

    private static RolloutPolicy hours(int from, int to) {
        return policy(p -> {
            Rig.steps(p);
            p.zone(ZoneOffset.UTC).businessHours(Set.of(DayOfWeek.MONDAY), LocalTime.of(from, 0), LocalTime.of(to, 0));
        });
    }

    private static RolloutPolicy window(int from, int to) {
        return policy(p -> {
            Rig.steps(p);
            p.window(ZoneId.of("Etc/UTC"), Set.of(DayOfWeek.MONDAY), LocalTime.of(from, 0), LocalTime.of(to, 0));
        });
    }

    @Test
    void hoursThatNeverMeetAreRefused() {
        start(one, ranker, "v8", window(8, 12));
        for (RolloutPolicy never : List.of(window(13, 17), hours(13, 17), window(12, 13))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> start(two, generator, "v3", never))
                    .withMessageContaining("on gates [ranker]")
                    .withMessageContaining("let the hours of all of them overlap");
        }
        start(two, generator, "v3", window(11, 17));
    }

    /** Each two of them meet, and the three never. */
    @Test
    void hoursOfAllAreToMeetAtOnce() {
        two.rollouts.start(generator, "v3", Rig.read(hours(8, 12)), who -> who.lockstep("search", 3), Rig.ALICE, "");
        one.rollouts.start(ranker, "v8", Rig.read(hours(11, 15)), who -> who.lockstep("search", 3), Rig.ALICE, "");
        ModelGate<String, String> speller = two.gate("speller", "v1", "v2");
        RolloutPolicy never = policy(p -> {
            Rig.steps(p);
            p.zone(ZoneOffset.UTC)
                    .businessHours(Set.of(DayOfWeek.MONDAY), LocalTime.of(9, 0), LocalTime.of(10, 0))
                    .businessHours(Set.of(DayOfWeek.MONDAY), LocalTime.of(14, 0), LocalTime.of(16, 0));
        });
        assertThatIllegalArgumentException()
                .isThrownBy(() -> two.rollouts.start(
                        speller, "v2", Rig.read(never), who -> who.lockstep("search", 3), Rig.ALICE, ""))
                .withMessageContaining("on gates [generator, ranker]");
        two.rollouts.start(speller, "v2", Rig.read(hours(9, 12)), who -> who.lockstep("search", 3), Rig.ALICE, "");
    }

    @Test
    void aGateIsOneMemberWhicheverOfItsVersionsItIs() {
        ModelGate<String, String> speller = two.gate("speller", "v1", "v2");
        ModelGate<String, String> lister = two.gate("lister", "v1", "v2", "v4");
        Consumer<RolloutBuilder> three = who -> who.lockstep("search", 3);
        join(generator, "v3", three);
        join(lister, "v2", three);
        lister.version("v2").promote(Rig.BOB, "");
        join(lister, "v4", three);
        minutes(30);
        assertThat(generators().reason()).contains("has 2 of 3 rollouts");
        one.rollouts.start(ranker, "v8", Rig.read(policy()), three, Rig.ALICE, "");
        assertThatIllegalStateException()
                .isThrownBy(() -> join(speller, "v2", three))
                .withMessageContaining("has its 3 rollouts, on gates [generator, lister, ranker]");
        minutes(3);
        assertSteps(0);
        assertThat(two.rollouts.status(lister).orElseThrow().step()).isZero();
    }

    @Test
    void whatIsCompleteBeforeTheLastOneStartsCountsForThatToo() {
        ModelGate<String, String> lister = two.gate("lister", "v1", "v2");
        Consumer<RolloutBuilder> three = who -> who.lockstep("search", 3);
        join(generator, "v3", three);
        join(lister, "v2", three);
        lister.version("v2").promote(Rig.BOB, "it is needed now");
        one.rollouts.start(ranker, "v8", Rig.read(policy()), three, Rig.ALICE, "");
        minutes(3);
        assertSteps(0);
    }

    @Test
    void aCompleteOneHasItsPlace() {
        ModelGate<String, String> speller = two.gate("speller", "v1", "v2");
        startBoth();
        minutes(2);
        generator.version("v3").promote(Rig.BOB, "it is needed now");
        assertThatIllegalStateException()
                .isThrownBy(() -> join(speller, "v2", who -> who.lockstep("search", 2)))
                .withMessageContaining("on gates [generator, ranker]");
    }

    @Test
    void whatACompleteOneIsRolledOutForLaterLeavesItsPlaceAsItIs() {
        startBoth();
        minutes(2);
        generator.version("v3").promote(Rig.BOB, "it is needed now");
        generator.version("v1").promote(Rig.BOB, "but not yet");
        two.rollouts.start(generator, "v3", Rig.read(policy()), who -> {}, Rig.ALICE, "again, by itself");
        two.rollouts.abort(generator, Rig.BOB, "not yet");
        minutes(12);
        assertThat(rankers().step()).isEqualTo(1);
    }

    @Test
    void aPersonsAbortOfOneTakesTheOtherBackAndSoDoesAPromotionOfAnotherVersion() {
        startBoth();
        minutes(3);
        two.rollouts.abort(generator, Actor.of("bob"), "complaints");
        minutes(1);
        assertThat(rankers().stage()).isEqualTo(Stage.ABORTED);
        assertThat(rankers().reason()).contains("was aborted by bob: complaints");
        startBoth();
        minutes(3);
        assertSteps(0);
        generator.version("v1").promote(Rig.BOB, "as it was");
        minutes(1);
        assertThat(rankers().stage()).isEqualTo(Stage.ABORTED);
    }

    @Test
    void aRollbackAfterThePromotionTakesTheOtherBackToo() {
        startBoth();
        world.finding = Finding.NOT_WORSE;
        minutes(40);
        assertThat(rankers().stage()).isEqualTo(Stage.SOAK);
        one.rollouts.rollback(ranker, Actor.of("bob"), "slow");
        minutes(1);
        assertThat(generators().stage()).isEqualTo(Stage.ROLLED_BACK);
        assertThat(generator.describe().stable()).contains("v1");
        assertThat(generators().reason()).contains("was rolled back by bob: slow");
    }

    @Test
    void aPauseOfOneHoldsTheOtherThoughItWasReady() {
        startBoth();
        minutes(2);
        callers.put("generator", 10L);
        minutes(15);
        one.rollouts.pause(ranker, Rig.ALICE, "wait");
        callers.put("generator", 1_000L);
        minutes(30);
        assertSteps(0);
        one.rollouts.resume(ranker, Rig.ALICE, "go on");
        minutes(2);
        assertSteps(1);
    }

    @Test
    void whatIsReadyIsReadyNoMoreWhenItsCalendarCloses() {
        RolloutPolicy office = policy(p -> {
            Rig.steps(p);
            p.zone(ZoneOffset.UTC).businessHours(Set.of(DayOfWeek.MONDAY), LocalTime.of(9, 0), LocalTime.of(11, 0));
        });
        start(one, ranker, "v8", office);
        start(two, generator, "v3", policy());
        minutes(2);
        callers.put("generator", 10L);
        minutes(30);
        world.time.advance(Duration.between(world.time.instant(), Instant.parse("2026-03-02T11:00:00Z")));
        minutes(1);
        callers.put("generator", 1_000L);
        minutes(60);
        assertSteps(0);
        assertThat(one.entries("rollout-ready"))
                .anyMatch(each -> Boolean.FALSE.equals(each.decision().data().get("ready")));
    }

    @Test
    void whatIsReadyToBePromotedIsReadyNoMoreOnceAGateObjects() {
        toThePromotion();
        two.rollouts.pause(generator, Rig.BOB, "wait");
        callers.put("generator", 1_000L);
        minutes(20);
        objections.put("ranker", "frozen");
        minutes(1);
        two.rollouts.resume(generator, Rig.BOB, "go on");
        minutes(130);
        assertThat(rankers().stage()).isEqualTo(Stage.CANARY);
        assertThat(generators().stage()).isEqualTo(Stage.CANARY);
        assertThat(generators().reason()).contains("waits for gate \"ranker\"");
        assertThat(taken()).extracting(each -> each.decision().reason()).containsExactly("frozen");
        assertThat(one.heard(RolloutEvent.PromotionRefused.class)).hasSize(1);

        objections.clear();
        minutes(4);
        assertThat(rankers().stage()).isEqualTo(Stage.SOAK);
        assertThat(generators().stage()).isEqualTo(Stage.SOAK);
    }

    @Test
    void anObjectionThatComesAndGoesFillsNoLog() {
        toThePromotion();
        two.rollouts.pause(generator, Rig.BOB, "wait");
        for (int i = 0; i < 2_400; i++) {
            if (i % 2 == 0) {
                objections.put("ranker", "no " + i);
            } else {
                objections.clear();
            }
            world.time.advance(Duration.ofMillis(250));
            one.rollouts.tick();
            two.rollouts.tick();
        }
        assertThat(taken()).hasSizeBetween(1, 11);
    }

    @Test
    void anObjectionOfOneProcessAloneFillsNoLog() {
        ModelGate<String, String> there = two.gate("ranker", "v1", "v8"); // where nobody objects
        toThePromotion();
        two.rollouts.pause(generator, Rig.BOB, "wait");
        objections.put("ranker", "frozen");
        for (int i = 0; i < 2_400; i++) {
            world.time.advance(Duration.ofMillis(250));
            two.rollouts.tick();
            one.rollouts.tick();
        }
        assertThat(two.rollouts.status(there).orElseThrow().stage()).isEqualTo(Stage.CANARY);
        assertThat(taken()).hasSizeBetween(1, 11);
    }

    /** Both have had their last step and are shown to be as good; the ranker has said that it is ready. */
    private void toThePromotion() {
        startBoth();
        minutes(26);
        callers.put("generator", 10L);
        world.finding = Finding.NOT_WORSE;
        minutes(12);
        assertSteps(2);
    }

    private List<Entry> taken() {
        return one.entries(EntryTypes.ROLLOUT_READY).stream()
                .filter(each -> Boolean.FALSE.equals(each.decision().data().get(EntryTypes.READY)))
                .toList();
    }

    @Test
    void whoeverIsBehindFollowsAtTheNextLookOfAnyProcess() {
        startBoth();
        minutes(12);
        world.flowing = false;
        world.time.advance(Rig.MINUTE);
        one.rollouts.tick(); // and the second process ends before it steps
        assertThat(rankers().step()).isEqualTo(1);
        assertThat(generators().step()).isZero();
        world.time.advance(Duration.ofMinutes(2)); // by itself it would not step now, for want of recent calls
        two.rollouts.tick();
        assertSteps(1);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        RolloutPolicy two = policy(p -> p.step(Weight.percent(1)).step(Weight.percent(2)));
        start(one, ranker, "v8", policy());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> start(this.two, generator, "v3", two))
                .withMessageContaining("has 2 steps")
                .withMessageContaining("gate \"ranker\"")
                .withMessageContaining("has 3");
        assertThatIllegalStateException()
                .isThrownBy(() -> join(generator, "v3", who -> who.lockstep("search", 3)))
                .withMessageContaining("has 2 members");
        start(this.two, generator, "v3", policy());
        ModelGate<String, String> third = this.two.gate("speller", "v1", "v2");
        assertThatIllegalStateException()
                .isThrownBy(() -> join(third, "v2", who -> who.lockstep("search", 2)))
                .withMessageContaining("has its 2 rollouts, on gates [generator, ranker]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> join(third, "v2", who -> who.lockstep("search", 1)))
                .withMessageContaining("members is 1: expected 2 to 100");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rollout.start(third, "v2", who -> who.lockstep("other", 2), Rig.ALICE, ""))
                .withMessageContaining("under a policy");
    }

    private void join(ModelGate<?, ?> gate, String version, Consumer<RolloutBuilder> who) {
        two.rollouts.start(gate, version, Rig.read(policy()), who, Rig.ALICE, "");
    }

    /** Whatever the order of looks and of what people do, none takes a place before all were ready for it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void inAnyOrderOfLooksNoneTakesAPlaceBeforeAllWereReady(long seed) {
        Random random = new Random(seed);
        world.finding = Finding.NOT_WORSE;
        startBoth();
        for (int i = 0; i < 600; i++) {
            switch (random.nextInt(12)) {
                case 0 ->
                    callers.put(random.nextBoolean() ? "ranker" : "generator", random.nextBoolean() ? 10L : 1_000L);
                case 1 -> quietly(() -> one.rollouts.pause(ranker, Rig.ALICE, ""));
                case 2, 3 -> quietly(() -> one.rollouts.resume(ranker, Rig.ALICE, ""));
                case 4, 5 -> world.time.advance(Duration.ofSeconds(random.nextInt(600)));
                case 6 -> {
                    if (seed % 3 == 0 && random.nextInt(40) == 0) {
                        callers.put(random.nextBoolean() ? "ranker" : "generator", HARM);
                    }
                }
                case 7, 8, 9 -> one.rollouts.tick();
                default -> two.rollouts.tick();
            }
            apart();
        }
        assertTogether(world.log.read(0, 100_000));
        minutes(2);
        if (List.of(Stage.ABORTED, Stage.ROLLED_BACK).contains(rankers().stage())) {
            assertThat(generators().stage()).isIn(Stage.ABORTED, Stage.ROLLED_BACK);
        }
    }

    /** At no time are they more than one place apart. */
    private void apart() {
        RolloutRun here = Routings.of(ranker).run();
        RolloutRun there = Routings.of(generator).run();
        if (here != null && there != null) {
            assertThat(Math.abs(here.place() - there.place())).isLessThan(2);
        }
    }

    private static void quietly(Runnable action) {
        try {
            action.run();
        } catch (IllegalStateException notNow) {
            assertThat(notNow.getMessage()).isNotEmpty();
        }
    }

    @Test
    void controllersThatLookAtOnceKeepTheStepTogether() throws Exception {
        world.finding = Finding.NOT_WORSE;
        Rig three = rig("three");
        three.gate("ranker", "v1", "v8");
        three.gate("generator", "v1", "v3");
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            startBoth();
            for (int minute = 0; minute < 120; minute++) {
                world.time.advance(Rig.MINUTE);
                CountDownLatch go = new CountDownLatch(1);
                List<Future<?>> ticks = new ArrayList<>();
                for (Rig rig : List.of(one, two, three)) {
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
            assertThat(rankers().stage()).isEqualTo(Stage.COMPLETE);
            assertThat(generators().stage()).isEqualTo(Stage.COMPLETE);
            assertTogether(world.log.read(0, 100_000));
        } finally {
            threads.shutdownNow();
            three.close();
        }
    }

    /** Reads the log alone: at each place that one takes, the other was there or had said, and not unsaid, that it is ready. */
    private static void assertTogether(List<Entry> log) {
        Map<String, Integer> place = new HashMap<>();
        Map<String, Integer> ready = new HashMap<>();
        int taken = 0;
        for (Entry entry : log) {
            String gate = entry.gate();
            if (!List.of("ranker", "generator").contains(gate)) {
                continue;
            }
            String other = gate.equals("ranker") ? "generator" : "ranker";
            int to = switch (entry.type()) {
                case "rollout-weight" -> (int) entry.number("step", -1);
                case "promote" -> 3;
                case "rollout-end" -> 4;
                default -> -1;
            };
            if (entry.type().equals("rollout-ready")) {
                boolean is = Boolean.TRUE.equals(entry.decision().data().get("ready"));
                ready.put(gate, is ? (int) entry.number("step", -1) : -1);
            } else if (entry.type().equals("rollout-pause")) {
                ready.put(gate, -1);
            } else if (to >= 0) {
                taken++;
                assertThat(Math.max(place.getOrDefault(other, -1), ready.getOrDefault(other, -1)))
                        .as("%s of %s to %d, entry %d", entry.type(), gate, to, entry.seq())
                        .isGreaterThanOrEqualTo(to);
                place.put(gate, to);
            }
        }
        assertThat(taken).isGreaterThanOrEqualTo(2);
    }
}
