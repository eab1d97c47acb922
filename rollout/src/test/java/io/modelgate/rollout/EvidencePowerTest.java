package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Cause;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** How soon a bad candidate is found, and a good one shown to be good. */
class EvidencePowerTest {

    private static final int SEED = 20_261_121;
    private static final int RATE = 100;
    private static final double STABLE = 0.002;

    private static final double[] FLAGGER = {0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5};
    private static final double[] ARGO = {0.2, 0.4, 0.6, 0.8};

    private record Found(long medianBad, long medianSeconds) {}

    /** Bad answers and seconds until the rollback, one look a second. */
    private static Found found(double[] shares, int step, double errors, int runs, Guardrail... guardrails) {
        long[] bad = new long[runs];
        long[] seconds = new long[runs];
        for (int run = 0; run < runs; run++) {
            EvidenceRig rig = new EvidenceRig(SEED + run, 0.05, guardrails);
            for (int second = 0; !rig.regressed() && second < 7200; second++) {
                int at = Math.min(second / step, shares.length - 1);
                if (second == at * step) {
                    rig.begin(shares[at]);
                }
                bad[run] += rig.second(RATE, shares[at], STABLE, errors);
                rig.look();
                seconds[run]++;
            }
        }
        Arrays.sort(bad);
        Arrays.sort(seconds);
        return new Found(bad[runs / 2], seconds[runs / 2]);
    }

    @Test
    void noMoreBadAnswersThanTheReferenceWithBothPeersSteps() {
        Guardrail alone = Guardrail.rate(Rate.ERRORS).worseBy(0.2);
        Guardrail[] five = {
            alone,
            Guardrail.rate(Rate.REFUSALS),
            Guardrail.rate(Rate.INVALID_OUTPUT),
            Guardrail.rate(Rate.LOW_CONFIDENCE),
            Guardrail.sampleRatio()
        };
        double[] errors = {0.02, 0.05, 0.2};
        long[] flagger = {5, 3, 3};
        long[] argo = {7, 6, 7};
        for (int i = 0; i < errors.length; i++) {
            Found slow = found(FLAGGER, 15, errors[i], 2_000, alone);
            Found fast = found(ARGO, 600, errors[i], 2_000, alone);
            Found slowOfFive = found(FLAGGER, 15, errors[i], 300, five);
            Found fastOfFive = found(ARGO, 600, errors[i], 300, five);
            System.out.printf(
                    "errors %s: 5 %% steps %s, with α split over five %s; 20 %% steps %s, split %s%n",
                    errors[i], slow, slowOfFive, fast, fastOfFive);
            assertThat(slow.medianBad)
                    .as("5 %% steps at %s, seed %d", errors[i], SEED)
                    .isLessThanOrEqualTo(flagger[i]);
            assertThat(fast.medianBad)
                    .as("20 %% steps at %s, seed %d", errors[i], SEED)
                    .isLessThanOrEqualTo(argo[i]);
            assertThat(slowOfFive.medianBad).as("split, seed %d", SEED).isLessThanOrEqualTo(2 * flagger[i] + 1);
        }
    }

    /** The seconds until a candidate that was good for so many epochs, and so long within the last one, is found. */
    private static long late(int goodEpochs, int goodSeconds, double errors, Guardrail guardrail) {
        int runs = 101;
        long[] seconds = new long[runs];
        for (int run = 0; run < runs; run++) {
            EvidenceRig rig = new EvidenceRig(SEED + run, 0.05, guardrail);
            for (int epoch = 0; epoch < goodEpochs; epoch++) {
                rig.begin(0.1);
                for (int look = 0; look < 30; look++) {
                    rig.second(20 * RATE, 0.1, STABLE, STABLE);
                    rig.look();
                }
            }
            rig.begin(0.1);
            for (int look = 0; look < goodSeconds / 20; look++) {
                rig.second(20 * RATE, 0.1, STABLE, STABLE);
                rig.look();
            }
            boolean early = rig.regressed();
            while (!rig.regressed() && seconds[run] < 3600) {
                rig.second(RATE, 0.1, STABLE, errors);
                rig.look();
                seconds[run]++;
            }
            seconds[run] = early ? 3600 : seconds[run];
        }
        Arrays.sort(seconds);
        return seconds[runs / 2];
    }

    @Test
    void aLateRegressionIsFoundAboutAsSoonAsAFreshOne() {
        for (Guardrail each : new Guardrail[] {
            Guardrail.rate(Rate.ERRORS).worseBy(0.2),
            Guardrail.rate(Rate.ERRORS).worseByPoints(0.003),
            Guardrail.rate(Rate.ERRORS).atMost(0.01)
        }) {
            long fresh = late(0, 0, 0.05, each);
            long afterTen = late(10, 0, 0.05, each);
            long withinAnEpoch = late(0, 12_000, 0.05, each);
            System.out.printf(
                    "%s %s: fresh %d s, after ten good epochs %d s, after 200 good minutes %d s%n",
                    each.name(), each.limit(), fresh, afterTen, withinAnEpoch);
            assertThat(afterTen).as("after ten epochs, seed %d", SEED).isLessThanOrEqualTo(6 * fresh + 10);
            assertThat(withinAnEpoch).as("within an epoch, seed %d", SEED).isLessThanOrEqualTo(6 * fresh + 10);
        }
    }

    @Test // kayenta#426
    void oneErrorAbortsNothing() {
        for (double share : new double[] {0.001, 0.01, 0.05, 0.5}) {
            EvidenceRig rig = new EvidenceRig(
                            SEED,
                            0.05,
                            Guardrail.rate(Rate.ERRORS).worseBy(0.2),
                            Guardrail.rate(Rate.ERRORS).worseByPoints(0.003).name("by-points"),
                            Guardrail.rate(Rate.ERRORS).atMost(0.01))
                    .begin(share);
            rig.answered(EvidenceRig.STABLE, 100, Math.round(1_000 * (1 - share)));
            rig.answered(EvidenceRig.CANDIDATE, 100, Math.round(1_000 * share));
            rig.missed(EvidenceRig.CANDIDATE, Cause.ERROR, 1).look();
            assertThat(rig.regressed()).as("one error at a share of %s", share).isFalse();
        }
    }

    @Test // kayenta#780, spinnaker#6278
    void sparseErrorsAreFound() {
        // One call in 300 fails where none did: every window of a minute's success rate reads 99.7 %.
        EvidenceRig rig =
                new EvidenceRig(SEED, 0.05, Guardrail.rate(Rate.ERRORS).worseBy(0.2)).begin(0.25);
        int looks = 0;
        while (!rig.regressed() && looks < 3600) {
            rig.second(RATE, 0.25, 0.0001, 0.003);
            rig.look();
            looks++;
        }
        assertThat(looks).as("seconds, seed %d", SEED).isLessThan(600);
    }

    @Test // kayenta#780
    void aVarianceThatGrowsWhileTheMeanStaysIsFound() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, Guardrail.latency(0.95).worseBy(0.25)).begin(0.25);
        int looks = 0;
        while (!rig.regressed() && looks < 3600) {
            rig.answered(EvidenceRig.STABLE, 100, 75);
            int slow = rig.binomial(25, 0.1);
            // The mean of both is 100 ms.
            rig.answered(EvidenceRig.CANDIDATE, 280, slow).answered(EvidenceRig.CANDIDATE, 80, 25 - slow);
            rig.look();
            looks++;
        }
        assertThat(looks).as("seconds, seed %d", SEED).isLessThan(300);
    }

    @Test // spinnaker#6278
    void threePointsOfTenAtAHundredTimesAreFound() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, Guardrail.latency(0.9).worseBy(0.25)).begin(0.25);
        for (int minute = 0; minute < 10; minute++) {
            rig.answered(EvidenceRig.STABLE, 100, 4500);
            rig.answered(EvidenceRig.CANDIDATE, minute % 3 == 2 ? 10_000 : 100, 1500);
            rig.look();
        }
        assertThat(rig.finding(0)).isEqualTo(Finding.REGRESSED);
    }

    @Test
    void callsThatNeverCameBackAreSlowInBothArms() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, Guardrail.latency(0.9).worseBy(0.25)).begin(0.5);
        // An open breaker: what still answers is fast.
        rig.answered(EvidenceRig.STABLE, 100, 1000).answered(EvidenceRig.CANDIDATE, 20, 500);
        rig.missed(EvidenceRig.CANDIDATE, Cause.BREAKER_OPEN, 500).look();
        assertThat(rig.finding(0)).as(rig.evidence(0).text()).isEqualTo(Finding.REGRESSED);

        EvidenceRig both = new EvidenceRig(SEED, 0.05, Guardrail.latency(0.9).worseBy(0.25)).begin(0.5);
        for (int arm = 0; arm < 2; arm++) {
            both.answered(arm, 100, 500).missed(arm, Cause.BREAKER_OPEN, 500);
        }
        assertThat(both.look().finding(0)).isEqualTo(Finding.INCONCLUSIVE);
    }

    /** The median hours at 100 calls a second until a candidate that is as good as stable is shown to be not worse. */
    private static double hoursToNotWorse(double share, Guardrail guardrail) {
        int runs = 41;
        double[] hours = new double[runs];
        for (int run = 0; run < runs; run++) {
            EvidenceRig rig = new EvidenceRig(SEED + run, 0.05, guardrail.requiredForPromotion()).begin(share);
            int looks = 0;
            while (rig.finding(0) == Finding.INCONCLUSIVE && looks < 1000) {
                rig.second(RATE * 600, share, STABLE, STABLE);
                rig.look();
                looks++;
            }
            hours[run] = looks / 6.0;
        }
        Arrays.sort(hours);
        return hours[runs / 2];
    }

    @Test
    void notWorseIsReachedInAboutTheReferencesTime() {
        Guardrail relative = Guardrail.rate(Rate.ERRORS).worseBy(0.2);
        Guardrail points = Guardrail.rate(Rate.ERRORS).worseByPoints(0.003).unit(Unit.CALL);
        Guardrail limit = Guardrail.rate(Rate.ERRORS).atMost(0.005);
        double atOne = hoursToNotWorse(0.01, relative);
        double atFive = hoursToNotWorse(0.05, relative);
        double pointsAtOne = hoursToNotWorse(0.01, points);
        double pointsAtFive = hoursToNotWorse(0.05, points);
        double limitAtFive = hoursToNotWorse(0.05, limit);
        System.out.printf(
                "not worse: by 20 %% at 1 %% after %.1f h, at 5 %% after %.1f h; by 0.3 points at 1 %% after %.1f h, "
                        + "at 5 %% after %.1f h; below 0.5 %% at 5 %% after %.1f h%n",
                atOne, atFive, pointsAtOne, pointsAtFive, limitAtFive);
        assertThat(atOne).as("hours at 1 %%, seed %d", SEED).isBetween(5.0, 40.0);
        assertThat(atFive).as("hours at 5 %%, seed %d", SEED).isBetween(2.0, 12.0);
        assertThat(pointsAtFive).as("hours by points, seed %d", SEED).isLessThan(atFive);
    }
}
