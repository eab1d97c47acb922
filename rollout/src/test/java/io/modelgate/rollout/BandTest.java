package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.modelgate.Cause;
import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class BandTest {

    private static final int STABLE = EvidenceRig.STABLE;
    private static final int CANDIDATE = EvidenceRig.CANDIDATE;
    private static final int SEED = 20_261_129;
    private static final double ALPHA = 0.05;

    private static final Guardrail ERRORS = Guardrail.rate(Rate.ERRORS).worseBy(0.2);

    private static Guardrail[] all() {
        return new Guardrail[] {
            ERRORS,
            ERRORS.name("points").worseByPoints(0.01),
            ERRORS.name("limit").atMost(0.03),
            Guardrail.latency(0.9).worseBy(0.25),
            Guardrail.latency(0.9).name("latency-points").worseByPoints(0.003),
            Guardrail.latency(0.9).name("latency-limit").atMost(0.02),
            Guardrail.mean("score").worseByPoints(0.1),
            Guardrail.mean("score").name("score-share").lowerIsWorse().worseBy(0.1),
            Guardrail.mean("score").name("score-drift").worseBy(0.1),
            Guardrail.mean("score").name("score-lower").lowerIsWorse().worseByPoints(0.05),
            Guardrail.mean("score").name("score-limit").atLeast(0.6),
            Guardrail.mean("score").name("score-most").atMost(0.8),
            Guardrail.sampleRatio(),
            Guardrail.custom("own", (counts, share, alpha) -> Finding.NOT_WORSE)
        };
    }

    /** A second of traffic: the candidate fails, takes and scores otherwise than stable by its badness, which is 0 for as good as stable. */
    private static void second(EvidenceRig rig, double share, double badness) {
        int candidate = rig.binomial(100, share);
        for (int arm = 0; arm < 2; arm++) {
            double bad = arm == CANDIDATE ? badness : 0;
            int calls = arm == CANDIDATE ? candidate : 100 - candidate;
            int missed = rig.binomial(calls, 0.02 + 0.1 * bad);
            rig.missed(arm, Cause.ERROR, missed);
            for (int i = 0; i < calls - missed; i++) {
                rig.answered(arm, (long) ((5 + 10 * rig.random.nextDouble()) * (1 + bad)), 1);
            }
            int high = rig.binomial(calls, 0.7 - 0.4 * bad);
            rig.score(arm, 1, high).score(arm, 0, calls - high);
        }
    }

    private static void agrees(Evidence evidence) {
        Band band = evidence.band().orElseThrow();
        String as = evidence + "";
        assertThat(band.low()).as(as).isLessThanOrEqualTo(band.high());
        double worst = band.worse() == Worse.HIGHER ? band.high() : -band.low();
        double best = band.worse() == Worse.HIGHER ? band.low() : -band.high();
        double limit = band.worse() == Worse.HIGHER ? band.limit() : -band.limit();
        switch (evidence.finding()) {
            case REGRESSED -> assertThat(best).as(as).isGreaterThanOrEqualTo(limit);
            case NOT_WORSE -> assertThat(worst).as(as).isLessThanOrEqualTo(limit);
            case INCONCLUSIVE -> {
                assertThat(best).as(as).isLessThanOrEqualTo(limit);
                assertThat(worst).as(as).isGreaterThanOrEqualTo(limit);
            }
        }
    }

    @Test
    void theBandAgreesWithTheFindingWhateverHappens() {
        Map<Finding, Integer> found = new EnumMap<>(Finding.class);
        for (int run = 0; run < 30; run++) {
            EvidenceRig rig = new EvidenceRig(SEED + run, ALPHA, all());
            double badness = run % 6 / 5.0;
            for (double share : new double[] {0.05, 0.25, 0.5}) {
                rig.begin(share);
                for (int look = 0; look < 40; look++) {
                    for (int i = 0; i < 20; i++) {
                        second(rig, share, badness);
                    }
                    rig.look();
                    for (Evidence each : rig.book.shown()) {
                        if (each.band().isPresent()) {
                            agrees(each);
                            found.merge(each.finding(), 1, Integer::sum);
                        }
                    }
                }
            }
            assertThat(rig.book.shown().stream().map(Evidence::band))
                    .as("run %s", run)
                    .filteredOn(Optional::isPresent)
                    .hasSizeGreaterThanOrEqualTo(all().length - 2);
        }
        assertThat(found)
                .hasSize(3)
                .allSatisfy((finding, times) -> assertThat(times).isGreaterThan(1000));
    }

    /**
     * How often the end that shows a regression was ever beyond the truth, and the other one, at a look a second through three epochs. The
     * truth is chosen so that nothing has regressed, and is not shown to be within the margin by right: there an end is moved to the limit.
     */
    private static double[] missed(Guardrail guardrail, double truth, Consumer<EvidenceRig> traffic) {
        int runs = 1_000;
        double[] missed = new double[2];
        for (int run = 0; run < runs; run++) {
            EvidenceRig rig = new EvidenceRig(SEED + run, ALPHA, guardrail);
            boolean below = false;
            boolean above = false;
            for (int epoch = 0; epoch < 2; epoch++) {
                rig.begin(0.25);
                for (int look = 0; look < 25; look++) {
                    traffic.accept(rig);
                    rig.look();
                    Optional<Band> band = rig.book.shown().get(0).band();
                    below |= band.isPresent() && band.get().low() > truth;
                    above |= band.isPresent() && band.get().high() < truth;
                }
            }
            missed[0] += below ? 1.0 / runs : 0;
            missed[1] += above ? 1.0 / runs : 0;
        }
        return missed;
    }

    private static void covers(String what, Guardrail guardrail, double truth, Consumer<EvidenceRig> traffic) {
        double[] missed = missed(guardrail, truth, traffic);
        System.out.printf("%s: truth below the band %.4f, above it %.4f%n", what, missed[0], missed[1]);
        // α of the guardrail for the one end, the policy's promotionAlpha, 0.05 too, for the other.
        assertThat(missed[0]).as("%s, low, seed %d", what, SEED).isLessThanOrEqualTo(ALPHA);
        assertThat(missed[1]).as("%s, high, seed %d", what, SEED).isLessThanOrEqualTo(ALPHA);
    }

    private static Consumer<EvidenceRig> errors(double stable, double candidate) {
        return rig -> rig.second(100, 0.25, stable, candidate);
    }

    @Test
    void theBandOfARateHoldsTheTruthAtAllTimesOfARun() {
        covers("ratio, as good", ERRORS, 1, errors(0.05, 0.05));
        covers("ratio, at the limit", ERRORS, 1.2, errors(0.05, 0.06));
        covers("ratio, worse", ERRORS, 2, errors(0.05, 0.1));
        Guardrail points = ERRORS.worseByPoints(0.01);
        covers("points, as good", points, 0, errors(0.05, 0.05));
        covers("points, at the limit", points, 0.01, errors(0.05, 0.06));
        covers("points, worse", points, 0.05, errors(0.05, 0.1));
        Guardrail limit = ERRORS.atMost(0.05);
        covers("limit, better", limit, 0.02, errors(0.05, 0.02));
        covers("limit, at the limit", limit, 0.05, errors(0.05, 0.05));
        covers("limit, worse", limit, 0.1, errors(0.05, 0.1));
    }

    @Test
    void theBandsOfMeansLatenciesAndTheSplitHoldTheTruth() {
        Consumer<EvidenceRig> same = rig -> second(rig, 0.25, 0);
        covers("mean", Guardrail.mean("score").lowerIsWorse().worseByPoints(0), 0, same);
        covers("mean's share", Guardrail.mean("score").lowerIsWorse().worseBy(0), 1, same);
        covers("mean alone", Guardrail.mean("score").atLeast(0.7), 0.7, same);
        covers("sample ratio", Guardrail.sampleRatio(), 0.25, same);
        covers("latency", Guardrail.latency(0.5).worseBy(0), 1, same);
        covers("latency points", Guardrail.latency(0.5).worseByPoints(0.001), 0, same);
    }

    @Test
    void aShareIsWhereItsMixtureHasNotReachedWhatIsNeeded() {
        // By quadrature: the mean likelihood under Beta(½, ½), substituted by θ = sin²φ, over that at the edge.
        Interval rate = Inversion.rate(12, 400, Math.log(20));
        double mean = 0;
        int steps = 200_000;
        for (int i = 0; i < steps; i++) {
            double phi = (i + 0.5) / steps * Math.PI / 2;
            mean += likelihood(Math.pow(Math.sin(phi), 2), 12, 400) / steps;
        }
        assertThat(mean / likelihood(rate.low(), 12, 400)).isEqualTo(20, within(0.01));
        assertThat(mean / likelihood(rate.high(), 12, 400)).isEqualTo(20, within(0.01));
        assertThat(rate.low()).isBetween(0.005, 0.03);
        assertThat(rate.high()).isBetween(0.03, 0.08);
        assertThat(Inversion.rate(0, 400, Math.log(20)).low()).isZero();
        assertThat(Inversion.rate(400, 400, Math.log(20)).high()).isEqualTo(1);
        assertThat(Inversion.rate(0, 0, Math.log(20))).isEqualTo(new Interval(0, 1));
    }

    /** Relative to the likelihood at 3 %. */
    private static double likelihood(double share, int missed, int calls) {
        return Math.exp(missed * Math.log(share / 0.03) + (calls - missed) * Math.log((1 - share) / 0.97));
    }

    @Test
    void theEdgesOfARateAreWhereThePagesOwnTestWouldTurn() {
        EvidenceRig rig = new EvidenceRig(
                SEED, ALPHA, ERRORS.unit(Unit.CALL), ERRORS.name("limit").atMost(0.03));
        rig.begin(0.25);
        rig.answered(CANDIDATE, 10, 2_400).missed(CANDIDATE, Cause.ERROR, 100);
        rig.answered(STABLE, 10, 7_400).missed(STABLE, Cause.ERROR, 150).look();
        Band ratio = rig.book.shown().get(0).band().orElseThrow();
        Band limit = rig.book.shown().get(1).band().orElseThrow();
        assertThat(ratio.quantity()).isEqualTo("errors, times stable's");
        assertThat(limit.quantity()).isEqualTo("errors, share of calls");
        for (double nearby : new double[] {0.98, 1.02}) {
            double margin = ratio.low() * nearby - 1;
            double share = limit.low() * nearby;
            EvidenceRig other = new EvidenceRig(
                    SEED,
                    ALPHA,
                    ERRORS.unit(Unit.CALL).worseBy(margin),
                    ERRORS.name("limit").atMost(share));
            other.begin(0.25);
            other.answered(CANDIDATE, 10, 2_400).missed(CANDIDATE, Cause.ERROR, 100);
            other.answered(STABLE, 10, 7_400).missed(STABLE, Cause.ERROR, 150).look();
            Finding expected = nearby < 1 ? Finding.REGRESSED : Finding.INCONCLUSIVE;
            assertThat(other.finding(0)).isEqualTo(expected);
            assertThat(other.finding(1)).isEqualTo(expected);
        }
    }

    @Test
    void noDataAndNoControlArmShowNoBand() {
        EvidenceRig rig = new EvidenceRig(SEED, ALPHA, all());
        assertThat(rig.book.shown()).allMatch(each -> each.band().isEmpty());
        rig.begin(0.25).look();
        rig.book.look(StepCounts.NONE);
        assertThat(rig.book.shown()).allMatch(each -> each.band().isEmpty());
        rig.begin(1).answered(CANDIDATE, 10, 100).score(CANDIDATE, 0.5, 100).look();
        assertThat(rig.book.shown().stream()
                        .filter(each -> each.band().isPresent())
                        .map(Evidence::guardrail))
                .containsExactly("limit", "latency-limit", "score-limit", "score-most");
        NoDataPage none = new NoDataPage(Guardrail.mean("score"), "no such metric");
        assertThat(none.shown().band()).isEmpty();
    }

    @Test
    void whatHasNoEndIsCutAtTenTimesTheLimit() {
        EvidenceRig rig = new EvidenceRig(SEED, ALPHA, all()).begin(0.25);
        rig.answered(STABLE, 10, 7_500).missed(CANDIDATE, Cause.ERROR, 2_500).look();
        Evidence ratio = rig.book.shown().get(0);
        assertThat(ratio.finding()).isEqualTo(Finding.REGRESSED);
        assertThat(ratio.band().orElseThrow().high()).isEqualTo(12, within(1e-9));
        for (int latency : new int[] {3, 4}) {
            Evidence each = rig.book.shown().get(latency);
            assertThat(each.finding()).as(each.text()).isEqualTo(Finding.REGRESSED);
            Band band = each.band().orElseThrow();
            assertThat(band.low()).isGreaterThan(band.limit());
            assertThat(band.high()).isFinite();
        }
    }

    @Test
    void whatShowsARegressionMakesTheOneEndAndWhatShowsNotWorseTheOther() {
        Bands.Arms worse = new Bands.Arms(new Interval(2, 3), new Interval(1, 2));
        Bands.Arms not = new Bands.Arms(new Interval(2, 4), new Interval(0.5, 2.5));
        assertThat(new Bands("x", Band.Unit.NUMBER, Worse.HIGHER, new Limit.Relative(0.25), false).of(worse, not))
                .isEqualTo(new Band("x, times stable's", Band.Unit.RATIO, 1, 8, 1.25, Worse.HIGHER));
        assertThat(new Bands("x", Band.Unit.NUMBER, Worse.LOWER, new Limit.Relative(0.25), false).of(worse, not))
                .isEqualTo(new Band("x, times stable's", Band.Unit.RATIO, 0.8, 3, 0.75, Worse.LOWER));
        assertThat(new Bands("x", Band.Unit.NUMBER, Worse.EITHER, new Limit.Relative(0.25), false).of(worse, not))
                .isEqualTo(new Band(
                        "x, distance from stable's as a share of it", Band.Unit.SHARE, 0, 7, 0.25, Worse.HIGHER));
        assertThat(new Bands("x", Band.Unit.NUMBER, Worse.HIGHER, new Limit.Absolute(1), false).of(worse, not))
                .isEqualTo(new Band("x, minus stable's", Band.Unit.NUMBER, 0, 3.5, 1, Worse.HIGHER));
        assertThat(new Bands("x", Band.Unit.NUMBER, Worse.LOWER, new Limit.Absolute(1), false).of(worse, not))
                .isEqualTo(new Band("x, minus stable's", Band.Unit.NUMBER, -0.5, 2, -1, Worse.LOWER));
        assertThat(new Bands("x", Band.Unit.NUMBER, Worse.LOWER, new Limit.Bound(2.5), false).of(worse, not))
                .isEqualTo(new Band("x", Band.Unit.NUMBER, 2, 3, 2.5, Worse.LOWER));
    }

    @Test
    void theArmsOfADifferenceAndTheSplitHaveTheirPartsOfAlpha() {
        EvidenceRig rig =
                new EvidenceRig(SEED, ALPHA, ERRORS.unit(Unit.CALL).worseByPoints(0.01), Guardrail.sampleRatio());
        rig.begin(0.25);
        rig.answered(CANDIDATE, 10, 2_400).missed(CANDIDATE, Cause.ERROR, 100);
        rig.answered(STABLE, 10, 7_400).missed(STABLE, Cause.ERROR, 150).look();
        Band points = rig.book.shown().get(0).band().orElseThrow();
        Band split = rig.book.shown().get(1).band().orElseThrow();
        // Half of the guardrail's half of α for each arm, of which the first epoch has 92 %; and of promotion's, which
        // is not split.
        double worse = Math.log(4 / (ALPHA * 0.92));
        double not = Math.log(2 / (ALPHA * 0.92));
        assertThat(points.low())
                .isEqualTo(
                        Inversion.rate(100, 2_500, worse).low()
                                - Inversion.rate(150, 7_550, worse).high(),
                        within(1e-9));
        assertThat(points.high())
                .isEqualTo(
                        Inversion.rate(100, 2_500, not).high()
                                - Inversion.rate(150, 7_550, not).low(),
                        within(1e-9));
        for (double edge : new double[] {split.low(), split.high()}) {
            assertThat(new BetaMixture(edge, 25, 75, BetaMixture.Alternative.OTHER).log(2_500, 7_550))
                    .isEqualTo(Math.log(2 / (ALPHA * 0.92)), within(0.01));
        }
    }

    @Test
    void aNumberThatMayBeBelowZeroIsComparedByWhatIsBeyondTheLimit() {
        Interval candidate = new Interval(-1, 1);
        Interval stable = new Interval(-4, -2);
        Bands.Arms arms = new Bands.Arms(candidate, stable);
        Band drift = new Bands("mean of score", Band.Unit.NUMBER, Worse.EITHER, new Limit.Relative(0.5), true)
                .of(arms, arms);
        // −2 may rise to −1 at most and −4 fall to −6: the candidate's −1 is at the edge, its 1 is 3 above the −2 that
        // −4 may rise to.
        assertThat(drift)
                .isEqualTo(new Band("mean of score, beyond what is allowed", Band.Unit.NUMBER, 0, 3, 0, Worse.HIGHER));
        Band lower =
                new Bands("mean of score", Band.Unit.NUMBER, Worse.LOWER, new Limit.Relative(0.5), true).of(arms, arms);
        assertThat(lower)
                .isEqualTo(new Band("mean of score, beyond what is allowed", Band.Unit.NUMBER, 2, 7, 0, Worse.LOWER));
    }

    @Test
    void aRegressionOfAnEarlierWeightIsStillSeen() {
        EvidenceRig rig = new EvidenceRig(SEED, ALPHA, ERRORS).begin(0.25);
        rig.answered(STABLE, 10, 7_500).answered(CANDIDATE, 10, 2_000).missed(CANDIDATE, Cause.ERROR, 500);
        rig.look();
        rig.begin(0.5).answered(STABLE, 10, 5_000).missed(STABLE, Cause.ERROR, 500);
        rig.answered(CANDIDATE, 10, 5_000).look();
        Evidence evidence = rig.book.shown().get(0);
        assertThat(evidence.finding()).isEqualTo(Finding.REGRESSED);
        assertThat(evidence.band().orElseThrow().low()).isEqualTo(1.2);
    }

    @Test
    void whatIsNoBandIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Band("x", Band.Unit.NUMBER, Double.NaN, 1, 1, Worse.HIGHER))
                .withMessage("low is NaN: expected a finite number");
        assertThatIllegalArgumentException().isThrownBy(() -> new Band("x", Band.Unit.NUMBER, 2, 1, 1, Worse.HIGHER));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Band("x", Band.Unit.NUMBER, 0, Double.POSITIVE_INFINITY, 1, Worse.HIGHER));
        assertThatIllegalArgumentException().isThrownBy(() -> new Band("x", Band.Unit.NUMBER, 0, 1, 1, Worse.EITHER));
        Evidence without = new Evidence(
                "x", true, Finding.INCONCLUSIVE, OptionalDouble.empty(), OptionalDouble.empty(), "", Map.of());
        assertThat(List.of(without.band())).containsExactly(Optional.empty());
    }
}
