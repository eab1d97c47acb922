package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Cause;
import io.modelgate.control.Decision;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class EvidenceBookTest {

    private static final int STABLE = EvidenceRig.STABLE;
    private static final int CANDIDATE = EvidenceRig.CANDIDATE;
    private static final int SEED = 20_261_121;

    private static final Guardrail ERRORS = Guardrail.rate(Rate.ERRORS).worseBy(0.2);

    private static Guardrail[] oneOfEach() {
        return new Guardrail[] {
            ERRORS,
            ERRORS.name("points").worseByPoints(0.003),
            ERRORS.name("limit").atMost(0.01),
            Guardrail.latency(0.9).worseBy(0.25),
            Guardrail.latency(0.5).atMost(0.3),
            Guardrail.mean("score").worseByPoints(0.1),
            Guardrail.mean("score").name("score-limit").atLeast(0.2),
            Guardrail.sampleRatio(),
            Guardrail.custom("own", (counts, share, alpha) -> Finding.NOT_WORSE)
        };
    }

    private static void traffic(EvidenceRig rig, double candidateErrors, double shift) {
        rig.second(100, 0.25, 0.002, candidateErrors);
        for (int arm = 0; arm < 2; arm++) {
            rig.score(arm, 0.5 + arm * shift, 20);
        }
    }

    @Test
    void noDataIsInconclusive() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, oneOfEach());
        assertThat(rig.book.evidence()).hasSize(9).allMatch(each -> each.finding() == Finding.INCONCLUSIVE);
        rig.begin(0.25).look();
        rig.book.look(StepCounts.NONE);
        assertThat(rig.book.evidence().subList(0, 8)).allMatch(each -> each.finding() == Finding.INCONCLUSIVE);
        assertThat(rig.book.regressed()).isFalse();
    }

    @Test
    void evidenceReadsAtThreeInTheMorning() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, ERRORS.unit(Unit.CALL)).begin(0.05);
        rig.answered(CANDIDATE, 10, 1028).missed(CANDIDATE, Cause.ERROR, 12);
        rig.answered(STABLE, 10, 19_779).missed(STABLE, Cause.ERROR, 21).look();
        Evidence evidence = rig.evidence(0);
        assertThat(evidence.finding()).isEqualTo(Finding.REGRESSED);
        assertThat(evidence.text())
                .startsWith("candidate 12 of 1,040 calls, stable 21 of 19,800, at most 20 % more allowed; e = ")
                .endsWith(", needed 20 to be worse");
        assertThat(evidence.numbers()).containsEntry("candidate", "12").containsEntry("stableCalls", "19800");
        assertThat(evidence.regressed().orElseThrow()).isGreaterThan(20);
    }

    @Test
    void aRegressionStandsAndNotWorseIsWhatHoldsNow() {
        EvidenceRig rig =
                new EvidenceRig(SEED, 0.05, ERRORS, ERRORS.name("limit").atMost(0.01)).begin(0.5);
        rig.answered(STABLE, 10, 4000).answered(CANDIDATE, 10, 4000).look();
        assertThat(rig.finding(1)).isEqualTo(Finding.NOT_WORSE);
        rig.missed(CANDIDATE, Cause.ERROR, 45).look();
        assertThat(rig.finding(1)).isNotEqualTo(Finding.NOT_WORSE);
        assertThat(rig.finding(0)).isEqualTo(Finding.REGRESSED);
        rig.begin(0.5).answered(STABLE, 10, 4000).answered(CANDIDATE, 10, 4000);
        rig.missed(STABLE, Cause.ERROR, 300).look();
        assertThat(rig.finding(0)).isEqualTo(Finding.REGRESSED);
    }

    @Test
    void alphaIsSplitByShareAndByProcesses() {
        List<Double> given = new ArrayList<>();
        GuardrailTest test = (counts, share, alpha) -> {
            given.add(alpha);
            return Finding.INCONCLUSIVE;
        };
        RolloutPolicy policy = EvidenceRig.policy(
                0.06,
                2,
                Guardrail.custom("a", test),
                Guardrail.custom("b", test).share(2));
        EvidenceBook book = new EvidenceBook(policy, List.of(), List.of(), name -> null);
        book.begin(0.1, true);
        book.look(StepCounts.NONE);
        assertThat(given.get(0)).isEqualTo(0.01, within(1e-12));
        assertThat(given.get(1)).isEqualTo(0.02, within(1e-12));
    }

    @Test
    void withoutAControlArmTheAbsoluteLimitsDecide() {
        for (double share : new double[] {0, 1}) {
            EvidenceRig rig = new EvidenceRig(SEED, 0.05, oneOfEach()).begin(share);
            CallTally byRule = new CallTally(1);
            byRule.answered(1_000_000, 50);
            byRule.missed(Cause.ERROR, 50);
            rig.byRule = byRule.counts();
            rig.look();
            for (int relative : new int[] {0, 1, 3, 5, 7}) {
                assertThat(rig.finding(relative)).isEqualTo(Finding.INCONCLUSIVE);
                assertThat(rig.evidence(relative).text()).startsWith("nothing to compare");
            }
            assertThat(rig.finding(2)).as(rig.evidence(2).text()).isEqualTo(Finding.REGRESSED);
        }
    }

    @Test
    void anOpenBreakerIsEvidenceOfErrorsAndOfRefusals() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, ERRORS, Guardrail.rate(Rate.REFUSALS)).begin(0.1);
        rig.answered(STABLE, 10, 900).missed(CANDIDATE, Cause.BREAKER_OPEN, 100).look();
        assertThat(rig.finding(0)).isEqualTo(Finding.REGRESSED);
        assertThat(rig.finding(1)).isEqualTo(Finding.REGRESSED);
    }

    @Test
    void aKillIsNoEvidence() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, oneOfEach()).begin(0.25);
        rig.answered(STABLE, 10, 750).answered(CANDIDATE, 10, 10);
        for (Rate rate : Rate.values()) {
            assertThat(rate.counts(Cause.KILLED)).isFalse();
        }
        rig.missed(CANDIDATE, Cause.KILLED, 240).look();
        assertThat(rig.book.evidence().subList(0, 7)).noneMatch(each -> each.finding() == Finding.REGRESSED);
    }

    @Test
    void aMeanIsComparedInItsOwnUnitsAndDirection() {
        Guardrail mean = Guardrail.mean("score").worseByPoints(0.1);
        for (boolean higher : new boolean[] {true, false}) {
            EvidenceRig rig = new EvidenceRig(
                            SEED,
                            0.05,
                            mean,
                            mean.name("up").higherIsWorse(),
                            mean.name("down").lowerIsWorse())
                    .begin(0.5);
            for (int look = 0; look < 50; look++) {
                rig.answered(STABLE, 1, 20).answered(CANDIDATE, 1, 20);
                rig.score(STABLE, 0.5, 20)
                        .score(CANDIDATE, higher ? 0.8 : 0.2, 20)
                        .look();
            }
            assertThat(rig.finding(0)).isEqualTo(Finding.REGRESSED);
            assertThat(rig.finding(1)).isEqualTo(higher ? Finding.REGRESSED : Finding.NOT_WORSE);
            assertThat(rig.finding(2)).isEqualTo(higher ? Finding.NOT_WORSE : Finding.REGRESSED);
        }
    }

    @Test
    void aSplitThatIsOffIsARegression() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, Guardrail.sampleRatio()).begin(0.2);
        rig.answered(STABLE, 10, 700).answered(CANDIDATE, 10, 300).look();
        assertThat(rig.finding(0)).isEqualTo(Finding.REGRESSED);
        assertThat(rig.evidence(0).text())
                .startsWith("300 of 1,000 callers got the candidate, expected 20 %, seen 30 %");
    }

    @Test
    void aTestThatThrowsOrIsMissingIsInconclusive() {
        Guardrail throwing = Guardrail.custom("throws", (counts, share, alpha) -> {
            throw new IllegalStateException("no connection");
        });
        Guardrail unknown = new Guardrail(
                "unknown",
                Guardrail.Kind.CUSTOM,
                null,
                0,
                null,
                Guardrail.Worse.HIGHER,
                new Guardrail.Limit.Relative(0),
                Unit.CALL,
                false,
                1,
                null,
                null);
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, throwing, unknown, Guardrail.mean("absent"))
                .begin(0.2)
                .look();
        assertThat(rig.book.evidence()).allMatch(each -> each.finding() == Finding.INCONCLUSIVE);
        assertThat(rig.evidence(0).text()).contains("no connection");
        assertThat(rig.evidence(1).text()).contains("\"unknown\"");
        assertThat(rig.evidence(2).text()).contains("\"absent\"");
    }

    @Test
    void countsThatBecomeFewerAreNoDataAndWhatComesAfterIs() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, ERRORS, Guardrail.mean("score")).begin(0.5);
        rig.answered(STABLE, 10, 1000)
                .answered(CANDIDATE, 10, 1000)
                .score(CANDIDATE, 1, 10)
                .look();
        rig.clear();
        rig.missed(CANDIDATE, Cause.ERROR, 50).look();
        assertThat(rig.finding(0)).isEqualTo(Finding.INCONCLUSIVE);
        assertThat(rig.evidence(0).text())
                .contains("candidate 0 callers in 1,000 calls")
                .contains("began anew 1 time");
        rig.missed(CANDIDATE, Cause.ERROR, 50).look();
        assertThat(rig.finding(0)).isEqualTo(Finding.REGRESSED);
        assertThat(rig.evidence(0).text()).contains("candidate 50 callers in 1,050 calls");
    }

    @Test
    void hostileCountsNeverThrowNorDecide() {
        SplittableRandom random = new SplittableRandom(SEED);
        long[] sizes = {0, 1, 1_000, 1L << 40, -5};
        for (int run = 0; run < 300; run++) {
            EvidenceRig rig = new EvidenceRig(SEED, 0.05, oneOfEach());
            rig.book.begin(run % 7 == 0 ? Double.NaN : random.nextDouble(-0.5, 1.5), random.nextBoolean());
            for (int look = 0; look < 5; look++) {
                rig.calls[look & 1].answered(random.nextLong(), sizes[random.nextInt(sizes.length)]);
                rig.calls[random.nextInt(2)].missed(Cause.BREAKER_OPEN, sizes[random.nextInt(sizes.length)]);
                rig.calls[random.nextInt(2)].value(0, random.nextDouble(), sizes[random.nextInt(3)]);
                rig.units[random.nextInt(2)] += sizes[random.nextInt(sizes.length)];
                rig.missed(random.nextInt(2), Rate.ERRORS, sizes[random.nextInt(sizes.length)]);
                rig.look();
                for (Evidence each : rig.book.evidence()) {
                    each.regressed()
                            .ifPresent(e ->
                                    assertThat(e).as(each.toString()).isNotNaN().isFinite());
                    each.notWorse()
                            .ifPresent(e ->
                                    assertThat(e).as(each.toString()).isNotNaN().isFinite());
                    assertThat(each.text()).doesNotContain("NaN");
                }
                assertThat(rig.book.restore(rig.book.checkpoint()))
                        .as("run %d, seed %d", run, SEED)
                        .isTrue();
            }
        }
    }

    @Test
    void aRestoredBookDecidesAsTheOneThatWentOn() {
        for (int run = 0; run < 40; run++) {
            EvidenceRig rig = new EvidenceRig(SEED + run, 0.05, oneOfEach()).begin(0.1);
            double errors = run % 4 * 0.01;
            for (int look = 0; look < 20; look++) {
                traffic(rig, errors, run % 5 * 0.05);
                rig.look();
            }
            rig.begin(0.25);
            for (int look = 0; look < 30; look++) {
                traffic(rig, errors, run % 5 * 0.05);
                rig.look();
            }
            Map<String, Object> checkpoint = rig.book.checkpoint();
            EvidenceBook goesOn = EvidenceRig.book(0.05, oneOfEach());
            EvidenceBook fromZero = EvidenceRig.book(0.05, oneOfEach());
            fromZero.begin(0.25, true);
            assertThat(goesOn.restore(checkpoint)).isTrue();
            assertThat(fromZero.restore(checkpoint)).isTrue();
            assertThat(goesOn.checkpoint()).as("written again, run %d", run).isEqualTo(checkpoint);
            same(rig.book, goesOn, 0, run);

            StepCounts before = rig.counts();
            for (int look = 0; look < 30; look++) {
                traffic(rig, errors, run % 5 * 0.05);
                rig.look();
                goesOn.look(rig.counts());
                fromZero.look(CountSums.minus(rig.counts(), before));
            }
            same(rig.book, goesOn, 1e-9, run);
            same(rig.book, fromZero, 1e-9, run);

            rig.begin(0.5);
            fromZero.begin(0.5, true);
            traffic(rig, errors, 0);
            rig.look();
            fromZero.look(rig.counts());
            same(rig.book, fromZero, 1e-9, run);
        }
    }

    private static void same(EvidenceBook one, EvidenceBook other, double close, int run) {
        List<Evidence> of = one.evidence();
        for (int i = 0; i < 8; i++) { // a user's own test keeps what it knows itself
            Evidence expected = of.get(i);
            Evidence actual = other.evidence().get(i);
            assertThat(actual.finding())
                    .as("%s, run %d, seed %d", expected, run, SEED)
                    .isEqualTo(expected.finding());
            assertThat(actual.regressed().orElse(0))
                    .as("%s, run %d, seed %d", expected, run, SEED)
                    .isEqualTo(
                            expected.regressed().orElse(0),
                            within(close * expected.regressed().orElse(0)));
        }
    }

    @Test
    void aCheckpointOfAnEarlierWeightIsFollowedByTheEpochThatHasBegun() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, ERRORS).begin(0.1);
        rig.missed(CANDIDATE, Cause.ERROR, 2).look();
        EvidenceBook later = EvidenceRig.book(0.05, ERRORS);
        later.begin(0.2, true);
        assertThat(later.restore(rig.book.checkpoint())).isTrue();
        rig.begin(0.2).missed(CANDIDATE, Cause.ERROR, 1).look();
        later.look(rig.counts());
        assertThat(later.evidence()).isEqualTo(rig.book.evidence());
    }

    @Test
    void nonsenseIsNotRestoredAndChangesNothing() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, oneOfEach()).begin(0.25);
        traffic(rig, 0.002, 0);
        List<Evidence> before = rig.look().book.evidence().subList(0, 8);
        Map<String, Object> good = rig.book.checkpoint();
        List<Map<String, Object>> bad = new ArrayList<>();
        bad.add(Map.of());
        bad.add(Map.of("guardrails", "none"));
        bad.add(EvidenceRig.book(0.05, ERRORS.name("another")).checkpoint());
        spoil(good, new ArrayList<>(), good, bad);
        assertThat(bad).hasSizeGreaterThan(60);
        int refused = 0;
        for (Map<String, Object> each : bad) {
            if (!rig.book.restore(each)) {
                refused++;
                assertThat(rig.book.evidence().subList(0, 8)).isEqualTo(before);
            } else {
                assertThat(rig.book.restore(good)).isTrue();
            }
        }
        // What is optional, as counts of causes that did not occur, may be left out.
        assertThat(refused).isGreaterThan(bad.size() * 3 / 4);
    }

    /** Every value of a checkpoint replaced by something else, one at a time. */
    private static void spoil(
            Map<?, ?> at, List<String> path, Map<String, Object> whole, List<Map<String, Object>> into) {
        for (Map.Entry<?, ?> each : at.entrySet()) {
            List<String> here = new ArrayList<>(path);
            here.add((String) each.getKey());
            into.add(replaced(whole, here, List.of(Map.of())));
            if (each.getValue() instanceof Map<?, ?> map) {
                spoil(map, here, whole, into);
            } else {
                into.add(replaced(whole, here, "NaN"));
                into.add(replaced(whole, here, -1L));
            }
        }
    }

    private static Map<String, Object> replaced(Map<?, ?> map, List<String> path, Object value) {
        Map<String, Object> copy = new HashMap<>();
        map.forEach((key, old) -> copy.put((String) key, old));
        Object old = copy.get(path.get(0));
        copy.put(
                path.get(0),
                path.size() == 1 || !(old instanceof Map<?, ?> inner)
                        ? value
                        : replaced(inner, path.subList(1, path.size()), value));
        return copy;
    }

    @Test
    void aCheckpointFitsAnEntryOfTheLog() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, oneOfEach()).begin(0.25);
        traffic(rig, 0.02, 0);
        Map<String, Object> checkpoint = rig.look().book.checkpoint();
        // The constructor refuses what the log cannot hold.
        assertThat(new Decision("id", Instant.EPOCH, "type", false, "gate", "a", "asserted", "", checkpoint).data())
                .isEqualTo(checkpoint);
        assertThat(checkpoint.toString().length()).isLessThan(20_000);
    }

    @Test
    void callsOfCallersWhomARuleSentAreNotCompared() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, ERRORS).begin(0.1);
        CallTally byRule = new CallTally(1);
        byRule.missed(Cause.ERROR, 1000);
        rig.byRule = byRule.counts();
        rig.answered(STABLE, 10, 900).answered(CANDIDATE, 10, 100).look();
        assertThat(rig.byRule.calls()).isEqualTo(1000);
        assertThat(CallCounts.NONE.calls()).isZero();
        assertThat(rig.finding(0)).isEqualTo(Finding.INCONCLUSIVE);
    }
}
