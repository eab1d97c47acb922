package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.modelgate.Bins;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.Router;
import io.modelgate.Values;
import io.modelgate.Watch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class RolloutWatchTest {

    private static final long SALT = Spots.salt("rollout-1");
    private static final int TEN_PERCENT = 10_000;

    private static final long ROLLOUT = 7;
    private final RolloutUnits shared = new RolloutUnits(ROLLOUT);

    private RolloutWatch watch(int weight) {
        return new RolloutWatch(
                shared,
                SALT,
                Bucketing.modelgate(),
                Dependencies.NONE,
                weight,
                null,
                List.of(),
                Wanted.calls(true),
                false);
    }

    /** A key whose bucket is below (or not below) ten percent, by number. */
    private static Caller caller(boolean candidate, int number) {
        for (int i = 0, found = 0; ; i++) {
            Caller caller = Caller.of("user-" + i);
            if (Spots.bucket(caller.keyHash(), SALT) < TEN_PERCENT == candidate && found++ == number) {
                return caller;
            }
        }
    }

    private static void answers(RolloutWatch watch, Caller caller) {
        watch.answered(watch.place(caller), 1_000, "answer");
    }

    private static void misses(RolloutWatch watch, Caller caller, Cause cause) {
        watch.missed(watch.place(caller), cause);
    }

    @Test
    void unitAndSpotLieInTheBucket() {
        for (int i = 0; i < 1_000_000; i++) {
            int spot = Spots.spot(i * 0x9e3779b9, SALT);
            assertThat(Spots.unit(spot) >> 2).isEqualTo(Spots.bucketOf(spot));
            assertThat(Spots.unit(spot)).isBetween(0, Spots.UNITS - 1);
            assertThat(spot >>> Spots.SPOT_BITS).isZero();
        }
    }

    @Test
    void callersAreInTheArmOfTheirBucket() {
        RolloutWatch watch = watch(TEN_PERCENT);
        for (int i = 0; i < 10_000; i++) {
            answers(watch, Caller.of("user-" + i));
        }
        StepCounts counts = watch.counts();

        assertThat(counts.candidate().calls().calls() + counts.stable().calls().calls())
                .isEqualTo(10_000);
        assertThat((double) counts.candidate().calls().calls()).isCloseTo(1_000, within(120.0));
        assertThat((double) counts.candidate().callers())
                .isCloseTo((double) counts.candidate().calls().calls(), within(60.0));
        assertThat((double) counts.candidate().units())
                .isCloseTo((double) counts.candidate().calls().calls(), within(30.0));
        assertThat(counts.reached()).isEqualTo(counts.candidate().callers());
        assertThat(counts.byRule().calls()).isZero();
    }

    @Test
    void firstMissOfACallerCountsOnceInTheRolloutAndEachRateByItself() {
        RolloutWatch watch = watch(TEN_PERCENT);
        Caller caller = caller(true, 0);
        misses(watch, caller, Cause.ERROR);
        misses(watch, caller, Cause.TIMEOUT);
        misses(watch, caller, Cause.BREAKER_OPEN);
        misses(watch, caller, Cause.KILLED);
        misses(watch, caller(false, 0), Cause.LOW_CONFIDENCE);

        StepCounts counts = watch.counts();
        assertThat(counts.candidate().missed())
                .containsEntry(Rate.ERRORS, 1L)
                .containsEntry(Rate.REFUSALS, 1L)
                .containsEntry(Rate.FALLBACK, 1L)
                .containsEntry(Rate.LOW_CONFIDENCE, 0L)
                .containsEntry(Rate.INVALID_OUTPUT, 0L);
        assertThat(counts.stable().missed())
                .containsEntry(Rate.LOW_CONFIDENCE, 1L)
                .containsEntry(Rate.ERRORS, 0L);
        assertThat(counts.candidate().calls().missed(Cause.ERROR)).isEqualTo(1);
        assertThat(counts.candidate().calls().missed(Cause.BREAKER_OPEN)).isEqualTo(1);
        assertThat(counts.candidate().calls().answered()).isZero();
        assertThat(counts.reached()).as("nobody was answered").isZero();

        RolloutWatch next = watch(2 * TEN_PERCENT);
        misses(next, caller, Cause.ERROR);
        assertThat(next.counts().candidate().missed()).containsEntry(Rate.ERRORS, 0L);
        assertThat(next.counts().candidate().units())
                .as("seen in this epoch too")
                .isEqualTo(1);
        assertThat(next.counts().candidate().calls().calls()).isEqualTo(1);
    }

    @Test
    void firstCallOfACallerIsCountedOnceAtEachWeight() {
        RolloutWatch watch = watch(TEN_PERCENT);
        Caller answered = caller(true, 0);
        Caller missed = caller(true, 1);
        answers(watch, answered);
        misses(watch, answered, Cause.ERROR);
        misses(watch, missed, Cause.ERROR);
        answers(watch, missed);

        assertThat(watch.counts().candidate().firstCalls().answered()).isEqualTo(1);
        assertThat(watch.counts().candidate().firstCalls().missed(Cause.ERROR)).isEqualTo(1);

        RolloutWatch next = watch(2 * TEN_PERCENT);
        answers(next, answered);
        answers(next, answered);
        assertThat(next.counts().candidate().firstCalls().calls()).isEqualTo(1);
    }

    @Test
    void firstCallsAreNotCountedUnlessAskedFor() {
        RolloutWatch watch = new RolloutWatch(
                shared,
                SALT,
                Bucketing.modelgate(),
                Dependencies.NONE,
                TEN_PERCENT,
                null,
                List.of(),
                Wanted.calls(false),
                false);
        answers(watch, caller(true, 0));

        assertThat(watch.counts().candidate().firstCalls().calls()).isZero();
        assertThat(watch.counts().candidate().calls().calls()).isEqualTo(1);
    }

    @Test
    void inAnotherSystemsOrderTheArmsAreThoseThatTheRoutingMakes() {
        Bucketing bucketing = Bucketing.unleash("checkout");
        RolloutStart start = new RolloutStart(
                "r", "v2", TEN_PERCENT, SALT, List.of(), List.of(), Map.of(), Map.of(), bucketing, Dependencies.NONE);
        Router.Routing routing = new Log().write("rollout", start.data()).routing();
        RolloutWatch watch = new RolloutWatch(
                shared, SALT, bucketing, Dependencies.NONE, TEN_PERCENT, null, List.of(), Wanted.calls(true), false);
        int candidates = 0;
        for (int i = 0; i < 1_000; i++) {
            Caller caller = Caller.of("user-" + i);
            answers(watch, caller);
            candidates += routing.toCandidate(caller) ? 1 : 0;
            assertThat(watch.counts().candidate().calls().calls()).isEqualTo(candidates);
        }
        assertThat(candidates).isBetween(50, 150);
    }

    @Test
    void callersWithoutAKeyTakeNoPart() {
        assertThat(watch(TEN_PERCENT).place(Caller.anonymous())).isEqualTo(Watch.NOWHERE);
    }

    private RolloutWatch ruled(boolean promoted) {
        try (Gates gates = Gates.open(g -> {})) {
            var identities = gates.identities();
            RolloutStart start = new RolloutStart(
                    "rollout-1",
                    "v2",
                    TEN_PERCENT,
                    SALT,
                    List.of(identities.hash("allowed")),
                    List.of(identities.hash("denied")),
                    Map.of("region", List.of("eu")),
                    Map.of("tier", List.of("beta")));
            return new RolloutWatch(
                    shared,
                    SALT,
                    Bucketing.modelgate(),
                    Dependencies.NONE,
                    TEN_PERCENT,
                    CohortRules.of(start, identities),
                    List.of(),
                    Wanted.calls(true),
                    promoted);
        }
    }

    @Test
    void whomARuleSentToTheCandidateIsCountedBeside() {
        RolloutWatch watch = ruled(false);
        answers(watch, Caller.of("allowed"));
        answers(watch, Caller.of("anyone").with("tier", "beta"));
        answers(watch, Caller.anonymous().with("tier", "beta"));
        misses(watch, Caller.of("allowed"), Cause.ERROR);

        StepCounts counts = watch.counts();
        assertThat(counts.byRule().answered()).isEqualTo(3);
        assertThat(counts.byRule().missed(Cause.ERROR)).isEqualTo(1);
        assertThat(counts.reached()).isEqualTo(2);
        assertThat(counts.candidate().calls().calls()).isZero();
        assertThat(counts.candidate().units()).isZero();
        assertThat(counts.candidate().missed()).containsEntry(Rate.ERRORS, 0L);
    }

    @Test
    void whomARuleKeptAtStableTakesNoPart() {
        RolloutWatch watch = ruled(false);

        assertThat(watch.place(Caller.of("denied").with("region", "eu"))).isEqualTo(Watch.NOWHERE);
        assertThat(watch.place(Caller.of("anyone"))).isEqualTo(Watch.NOWHERE);
        assertThat(watch.place(Caller.of("anyone").with("region", "us"))).isEqualTo(Watch.NOWHERE);
        assertThat(watch.place(Caller.of("anyone").with("region", "eu"))).isNotNegative();
    }

    @Test
    void promotedVersionReachesThoseWhomARuleKeptFromIt() {
        RolloutWatch watch = ruled(true);
        answers(watch, Caller.of("denied").with("region", "eu"));
        answers(watch, Caller.of("anyone"));
        answers(watch, Caller.anonymous());

        assertThat(watch.counts().byRule().answered()).isEqualTo(3);
        assertThat(watch.counts().reached()).isEqualTo(2);
    }

    @Test
    void metricsAreReadOffAnswersAndScaled() {
        Metric<String> length = new Metric<>("length", 10, 20, String::length);
        Metric<String> none = new Metric<>("none", 0, 1, answer -> Double.NaN);
        RolloutWatch watch = new RolloutWatch(
                shared,
                SALT,
                Bucketing.modelgate(),
                Dependencies.NONE,
                TEN_PERCENT,
                null,
                List.of(length, none),
                Wanted.calls(true),
                false);
        long place = watch.place(caller(true, 0));
        watch.answered(place, 1, "x".repeat(15));
        watch.answered(place, 1, "x".repeat(20));
        watch.answered(place, 1, "x".repeat(1_000));
        watch.answered(place, 1, "");

        assertThat(watch.counts().candidate().calls().values(0)).isEqualTo(new Values(4, 2.5, 2.25));
        assertThat(watch.counts().candidate().calls().values(1)).isEqualTo(Values.NONE);
        assertThat(watch.counts().candidate().firstCalls().values(0)).isEqualTo(new Values(1, 0.5, 0.25));
        assertThat(watch.counts().stable().calls().values(0)).isEqualTo(Values.NONE);
    }

    private static Wanted by(Guardrail... guardrails) {
        return Wanted.by(EvidenceRig.policy(0.05, 1, guardrails));
    }

    @Test
    void callersAreCountedInTheirGroupsToo() {
        Metric<String> length = new Metric<>("length", 0, 20, String::length);
        Wanted wanted = by(
                Guardrail.rate(Rate.ERRORS).by("home", "own", "rent"),
                Guardrail.mean("length").by("region", "eu", "us"));
        RolloutWatch watch = new RolloutWatch(
                shared,
                SALT,
                Bucketing.modelgate(),
                Dependencies.NONE,
                TEN_PERCENT,
                null,
                List.of(length),
                wanted,
                false);
        Caller someone = caller(true, 0);
        watch.answered(watch.place(someone.with("home", "rent").with("region", "eu")), 1, "x".repeat(10));
        watch.answered(watch.place(someone.with("home", "rent").with("region", "us")), 1, "x".repeat(5));
        watch.answered(watch.place(someone.with("home", "barge")), 1, "x".repeat(5));
        watch.missed(watch.place(someone.with("home", "own")), Cause.ERROR);
        watch.missed(watch.place(someone.with("home", "rent")), Cause.ERROR);
        watch.missed(watch.place(someone.with("home", "rent")), Cause.ERROR);

        StepCounts counts = watch.counts();
        assertThat(counts.candidate().calls().answered()).isEqualTo(3);
        assertThat(counts.candidate().missed()).containsEntry(Rate.ERRORS, 1L);
        assertThat(counts.groups())
                .containsOnlyKeys(
                        new Group("home", "own"),
                        new Group("home", "rent"),
                        new Group("region", "eu"),
                        new Group("region", "us"));
        StepCounts renters = counts.of(new Group("home", "rent"));
        assertThat(renters.candidate().calls().answered()).isEqualTo(2);
        // The caller missed in two groups: in each of them that is its first miss.
        assertThat(renters.candidate().missed()).containsEntry(Rate.ERRORS, 1L);
        assertThat(counts.of(new Group("home", "own")).candidate().missed()).containsEntry(Rate.ERRORS, 1L);
        assertThat(renters.candidate().units()).isEqualTo(1);
        StepCounts american = counts.of(new Group("region", "us"));
        assertThat(american.candidate().firstCalls().values(0)).isEqualTo(new Values(1, 0.25, 0.0625));
        assertThat(american.stable().calls().answered()).isZero();
    }

    @Test
    void fourAttributesFitIntoAPlace() {
        Wanted wanted = by(
                Guardrail.rate(Rate.ERRORS).by("a", fifty()),
                Guardrail.rate(Rate.ERRORS).name("b").by("b", fifty()),
                Guardrail.rate(Rate.ERRORS).name("c").by("c", fifty()),
                Guardrail.rate(Rate.ERRORS).name("d").by("d", fifty()));
        RolloutWatch watch = new RolloutWatch(
                shared, SALT, Bucketing.modelgate(), Dependencies.NONE, TEN_PERCENT, null, List.of(), wanted, false);
        long place = watch.place(
                caller(true, 0).with("a", "g49").with("b", "g0").with("c", "g7").with("d", "g49"));
        assertThat(place).isNotNegative();
        watch.answered(place, 1, "answer");
        assertThat(watch.counts().groups())
                .containsOnlyKeys(
                        new Group("a", "g49"), new Group("b", "g0"), new Group("c", "g7"), new Group("d", "g49"));
        assertThat(watch.counts().candidate().calls().answered()).isEqualTo(1);
    }

    private static String[] fifty() {
        return GroupRig.names(50);
    }

    @Test
    void whoTakesNoPartIsInNoGroupEither() {
        RolloutWatch watch = new RolloutWatch(
                shared,
                SALT,
                Bucketing.modelgate(),
                Dependencies.NONE,
                TEN_PERCENT,
                null,
                List.of(),
                by(Guardrail.rate(Rate.ERRORS).by("home", "own", "rent")),
                false);
        assertThat(watch.place(Caller.anonymous().with("home", "own"))).isEqualTo(Watch.NOWHERE);
    }

    @Test
    void valuesAreSpreadOverBinsOnlyWhereAGuardrailAsks() {
        Metric<String> length = new Metric<>("length", 0, 64, String::length);
        Metric<String> other = new Metric<>("other", 0, 64, String::length);
        RolloutWatch watch = new RolloutWatch(
                shared,
                SALT,
                Bucketing.modelgate(),
                Dependencies.NONE,
                TEN_PERCENT,
                null,
                List.of(other, length),
                by(Guardrail.distribution("length")),
                false);
        long place = watch.place(caller(true, 0));
        watch.answered(place, 1, "x".repeat(3));
        watch.answered(place, 1, "x".repeat(3));
        watch.answered(place, 1, "x".repeat(1_000));
        Bins bins = watch.counts().candidate().calls().bins(1);
        assertThat(bins.at(3)).isEqualTo(2);
        assertThat(bins.at(63)).isEqualTo(1);
        assertThat(bins.count()).isEqualTo(3);
        assertThat(watch.counts().candidate().calls().bins(0)).isEqualTo(Bins.NONE);
        assertThat(watch.counts().candidate().firstCalls().bins(1).count()).isEqualTo(1);
    }

    @Test
    void nothingIsTakenBeforeTheFirstCall() {
        assertThat(watch(TEN_PERCENT).counts()).isEqualTo(StepCounts.NONE);
    }

    @Test
    void callersReachedOutliveAProcess() {
        RolloutWatch watch = watch(TEN_PERCENT);
        for (int i = 0; i < 5_000; i++) {
            answers(watch, Caller.of("user-" + i));
        }
        RolloutUnits restarted = new RolloutUnits();
        assertThat(restarted.reachedText()).isEmpty();
        assertThat(restarted.mergeReached("")).isTrue();
        assertThat(restarted.mergeReached("nonsense")).isFalse();

        assertThat(restarted.mergeReached(shared.reachedText())).isTrue();
        assertThat(restarted.reached()).isEqualTo(watch.counts().reached()).isPositive();

        RolloutWatch again = new RolloutWatch(
                restarted,
                SALT,
                Bucketing.modelgate(),
                Dependencies.NONE,
                TEN_PERCENT,
                null,
                List.of(),
                Wanted.calls(true),
                false);
        for (int i = 0; i < 5_000; i++) {
            answers(again, Caller.of("user-" + i));
        }
        assertThat(again.counts().reached())
                .as("the same callers")
                .isEqualTo(watch.counts().reached());
    }

    @Test
    void racingCallersAreCountedExactly() throws Exception {
        int threads = 4;
        int callers = 20_000;
        for (int round = 0; round < 5; round++) {
            RolloutUnits fresh = new RolloutUnits();
            RolloutWatch watch = new RolloutWatch(
                    fresh,
                    SALT,
                    Bucketing.modelgate(),
                    Dependencies.NONE,
                    TEN_PERCENT,
                    null,
                    List.of(),
                    Wanted.calls(true),
                    false);
            Set<Integer> candidates = new HashSet<>();
            Set<Integer> stables = new HashSet<>();
            List<Caller> all = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                Caller caller = Caller.of(round + "-" + i);
                int unit = Spots.unit(Spots.spot(caller.keyHash(), SALT));
                (unit / 4 < TEN_PERCENT ? candidates : stables).add(unit);
                all.add(caller);
            }
            CyclicBarrier start = new CyclicBarrier(threads);
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            try {
                List<Future<?>> done = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    done.add(pool.submit(() -> {
                        start.await(); // all in one order, so that they meet at each caller
                        for (Caller caller : all) {
                            misses(watch, caller, Cause.ERROR);
                            answers(watch, caller);
                        }
                        return null;
                    }));
                }
                for (Future<?> each : done) {
                    each.get();
                }
            } finally {
                pool.shutdownNow();
            }

            StepCounts counts = watch.counts();
            assertExact(counts.candidate(), candidates.size());
            assertExact(counts.stable(), stables.size());
            assertThat(counts.candidate().calls().calls()
                            + counts.stable().calls().calls())
                    .isEqualTo(2L * threads * callers);
        }
    }

    private static void assertExact(ArmCounts arm, int units) {
        assertThat(arm.units()).isEqualTo(units);
        assertThat(arm.missed()).containsEntry(Rate.ERRORS, (long) units).containsEntry(Rate.FALLBACK, (long) units);
        assertThat(arm.firstCalls().calls()).isEqualTo(units);
        assertThat(arm.calls().answered()).isEqualTo(arm.calls().missed(Cause.ERROR));
    }

    @Test
    void orderOfCallersDoesNotMatter() {
        List<Caller> callers = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            callers.add(Caller.of("user-" + i));
        }
        Function<List<Caller>, StepCounts> run = order -> {
            RolloutWatch watch = new RolloutWatch(
                    new RolloutUnits(),
                    SALT,
                    Bucketing.modelgate(),
                    Dependencies.NONE,
                    TEN_PERCENT,
                    null,
                    List.of(),
                    Wanted.calls(true),
                    false);
            order.forEach(caller -> {
                misses(watch, caller, Cause.INVALID_OUTPUT);
                answers(watch, caller);
            });
            return watch.counts();
        };
        StepCounts inOrder = run.apply(callers);
        Collections.shuffle(callers, new Random(20_261_121));
        StepCounts shuffled = run.apply(callers);

        assertThat(shuffled.candidate().missed()).isEqualTo(inOrder.candidate().missed());
        assertThat(shuffled.candidate().callers()).isEqualTo(inOrder.candidate().callers());
        assertThat(shuffled.reached()).isEqualTo(inOrder.reached());
    }

    private static double[] labels(ArmCounts arm) {
        return new double[] {
            arm.calls().values(1).count(), arm.calls().values(1).sum(),
            arm.firstCalls().values(1).count(), arm.firstCalls().values(1).sum()
        };
    }

    /** With a metric and the label of a gate. */
    private RolloutWatch labelled() {
        return labelled(Wanted.calls(true));
    }

    private RolloutWatch labelled(Wanted wanted) {
        try (Gates gates = Gates.open(g -> {})) {
            return new RolloutWatch(
                    shared,
                    SALT,
                    Bucketing.modelgate(),
                    Dependencies.NONE,
                    TEN_PERCENT,
                    null,
                    gates.<String, String>gate(
                                    "g",
                                    g -> g.stable("v1", input -> input)
                                            .metric("length", 0, 10, String::length)
                                            .label("kept", 0, 1))
                            .metricsAndLabels(),
                    wanted,
                    false);
        }
    }

    @Test
    void ofAUnitTheFirstLabelOfEachArmCounts() {
        RolloutWatch watch = labelled();
        long place = watch.carried(watch.place(caller(true, 0)));
        watch.labelled(place, 0, 1);
        watch.labelled(place, 0, 0.5);
        long asStable = watch.carried(watch.place(caller(true, 0)) & ((1L << Spots.SPOT_BITS) - 1));
        watch.labelled(asStable, 0, 0.25);

        assertThat(labels(watch.counts().candidate())).containsExactly(2, 1.5, 1, 1);
        assertThat(labels(watch.counts().stable())).containsExactly(1, 0.25, 1, 0.25);
        assertThat(watch.counts().candidate().calls().values(0)).isEqualTo(Values.NONE);
        assertThat(watch.counts().candidate().calls().calls()).isZero();
        assertThat(watch.counts().candidate().callers()).isZero();
        assertThat(watch.rollout()).isEqualTo(ROLLOUT);
    }

    @Test
    void anAnswerHasNoLabel() {
        RolloutWatch watch = labelled();
        answers(watch, caller(true, 0));
        assertThat(watch.counts().candidate().calls().values(0).count()).isEqualTo(1);
        assertThat(watch.counts().candidate().calls().values(1).count()).isZero();
        watch.labelled(watch.place(caller(true, 0)), 0, 1);
        assertThat(labels(watch.counts().candidate())).containsExactly(1, 1, 1, 1);
    }

    @Test
    void whatAnIdCarriesSaysTheUnitAndNothingFiner() {
        RolloutWatch watch = labelled();
        for (int i = 0; i < 1_000; i++) {
            long place = watch.place(Caller.of("user-" + i));
            long carried = watch.carried(place);
            assertThat(carried & 1023).isZero();
            assertThat(carried >>> 10).isEqualTo(place >>> 10);
        }
    }

    @Test
    void aLabelThatTheGateDoesNotHaveIsPassedOver() {
        RolloutWatch watch = labelled();
        watch.labelled(0, 1, 1);
        watch.labelled(0, -1, 1);
        watch.labelled(0, -2, 1);
        assertThat(labels(watch.counts().stable())).containsExactly(0, 0, 0, 0);
    }

    @Test
    void labelsByRuleCountBesideTheArms() {
        RolloutWatch watch = labelled();
        watch.labelled(2L << Spots.SPOT_BITS | 4096, 0, 1);
        watch.labelled(3L << Spots.SPOT_BITS, 0, 1);
        assertThat(watch.counts().byRule().values(1)).isEqualTo(new Values(2, 2, 2));
        assertThat(labels(watch.counts().candidate())).containsExactly(0, 0, 0, 0);
    }

    @Test
    void aLabelCountsInTheGroupsOfItsCaller() {
        RolloutWatch watch = labelled(by(Guardrail.mean("kept").by("home", "own", "rent")));
        Caller someone = caller(true, 0);
        watch.labelled(watch.carried(watch.place(someone.with("home", "rent"))), 0, 1);
        watch.labelled(watch.carried(watch.place(someone.with("home", "barge"))), 0, 0);

        ArmCounts renters = watch.counts().of(new Group("home", "rent")).candidate();
        assertThat(labels(renters)).containsExactly(1, 1, 1, 1);
        assertThat(labels(watch.counts().candidate())).containsExactly(2, 1, 1, 1);
        assertThat(watch.counts().groups()).containsOnlyKeys(new Group("home", "rent"));
    }
}
