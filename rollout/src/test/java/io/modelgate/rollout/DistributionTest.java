package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.modelgate.Bins;
import org.junit.jupiter.api.Test;

/** How far the candidate's values are from stable's. */
class DistributionTest {

    private static final int STABLE = EvidenceRig.STABLE;
    private static final int CANDIDATE = EvidenceRig.CANDIDATE;
    private static final int SEED = 20_261_129;
    private static final Guardrail DISTANCE = Guardrail.distribution("score").worseByPoints(0.1);

    private static Bins bins(int... counts) {
        long[] all = new long[Bins.COUNT];
        for (int i = 0; i < counts.length; i++) {
            all[i] = counts[i];
        }
        return Bins.of(all);
    }

    @Test
    void theRadiusIsThatOfThePaper() {
        // The check value of the public implementation, with the square root that it omits.
        assertThat(Distance.radius(1_000, 0.05)).isCloseTo(0.08656913, within(1e-8));
        assertThat(Distance.radius(0, 0.05)).isEqualTo(1);
        assertThat(Distance.radius(1, 0.05)).isEqualTo(1);
    }

    @Test
    void theDistanceIsTheGreatestBetweenTheDistributionFunctions() {
        assertThat(Distance.seen(bins(10, 0, 10), bins(5, 10, 5))).isCloseTo(0.25, within(1e-12));
        assertThat(Distance.seen(bins(7), bins(0, 3))).isEqualTo(1);
        assertThat(Distance.seen(bins(1, 2, 3), bins(10, 20, 30))).isZero();
        assertThat(Distance.seen(bins(), bins(1))).isZero();
    }

    private static void spread(EvidenceRig rig, int each, double narrower) {
        for (int arm = 0; arm < 2; arm++) {
            double width = arm == CANDIDATE ? 1 - narrower : 1;
            rig.answered(arm, 10, each);
            for (int i = 0; i < each; i++) {
                rig.score(arm, 0.5 + (rig.random.nextDouble() - 0.5) * width, 1);
            }
        }
        rig.look();
    }

    @Test
    void anotherShapeWithTheSameMeanIsFound() {
        EvidenceRig rig =
                new EvidenceRig(SEED, 0.05, DISTANCE, Guardrail.mean("score").worseByPoints(0.05)).begin(0.5);
        int looks = 0;
        for (; looks < 1_000 && !rig.regressed(); looks++) {
            spread(rig, 100, 0.5);
        }
        assertThat(rig.finding(0)).isEqualTo(Finding.REGRESSED);
        assertThat(rig.finding(1)).isNotEqualTo(Finding.REGRESSED);
        assertThat(rig.evidence(0).text())
                .contains("the distributions of score are 0.1")
                .contains("at most 0.1 allowed");
        // A quarter of the values lie elsewhere: some 3,200 values of each arm take the radii from 1 to 0.15.
        assertThat(looks).isBetween(5, 40);
    }

    @Test
    void theSameDistributionIsShownToBeWithinTheMargin() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, DISTANCE.requiredForPromotion()).begin(0.5);
        for (int look = 0; look < 60; look++) {
            spread(rig, 100, 0);
        }
        assertThat(rig.finding(0)).isEqualTo(Finding.NOT_WORSE);
        Band band = rig.book.shown().get(0).band().orElseThrow();
        assertThat(band.high()).isLessThan(0.1);
        assertThat(band.low()).isZero();
    }

    @Test
    void aCandidateThatChangesLateIsFoundByItsLateValues() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, DISTANCE).begin(0.5);
        for (int look = 0; look < 100; look++) {
            spread(rig, 1_000, 0);
        }
        int looks = 0;
        for (; looks < 100 && !rig.regressed(); looks++) {
            spread(rig, 1_000, 0.5);
        }
        assertThat(rig.regressed()).isTrue();
        // Without parts it would take as many values again as there were good ones.
        assertThat(looks).isLessThan(30);
    }

    @Test
    void aNewWeightBeginsAnew() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, DISTANCE).begin(0.5);
        for (int look = 0; look < 60; look++) {
            spread(rig, 100, 0);
        }
        rig.begin(0.25);
        assertThat(rig.finding(0)).isEqualTo(Finding.INCONCLUSIVE);
        spread(rig, 100, 0);
        assertThat(rig.evidence(0).numbers())
                .containsEntry("candidateValues", "100")
                .containsEntry("stableValues", "100");
    }

    @Test
    void itGoesOnAfterARestart() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, DISTANCE).begin(0.5);
        for (int look = 0; look < 10; look++) {
            spread(rig, 100, 0.3);
        }
        EvidenceBook goesOn = EvidenceRig.book(0.05, DISTANCE);
        EvidenceBook fromZero = EvidenceRig.book(0.05, DISTANCE);
        assertThat(goesOn.restore(rig.book.checkpoint())).isTrue();
        assertThat(fromZero.restore(rig.book.checkpoint())).isTrue();
        StepCounts before = rig.counts();
        spread(rig, 100, 0.3);
        goesOn.look(rig.counts());
        fromZero.look(CountSums.minus(rig.counts(), before));
        assertThat(goesOn.evidence()).isEqualTo(rig.book.evidence());
        assertThat(fromZero.evidence().get(0).numbers())
                .isEqualTo(rig.book.evidence().get(0).numbers());
    }

    @Test
    void noValuesAreNoEvidence() {
        EvidenceRig rig = new EvidenceRig(SEED, 0.05, DISTANCE).begin(0.5);
        rig.answered(STABLE, 10, 1_000).answered(CANDIDATE, 10, 1_000).look();
        assertThat(rig.finding(0)).isEqualTo(Finding.INCONCLUSIVE);
        assertThat(rig.book.shown().get(0).band()).isEmpty();
    }
}
