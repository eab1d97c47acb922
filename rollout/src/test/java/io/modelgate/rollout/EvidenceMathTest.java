package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.modelgate.Values;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The formulas against published values, and against values from numeric integration of the same integrals by another program. */
class EvidenceMathTest {

    private static final Offset<Double> CLOSE = within(1e-9);

    private static double e(double a, double b, double theta, long c, long s, BetaMixture.Alternative alternative) {
        return Math.exp(new BetaMixture(theta, a, b, alternative).log(c, s));
    }

    @Test
    void theMixtureHasItsPublishedValues() {
        assertThat(e(1, 1, 0.5, 30, 10, BetaMixture.Alternative.OTHER)).isEqualTo(31.6369064, within(5e-8));
        assertThat(e(1, 1, 0.5, 30, 10, BetaMixture.Alternative.ABOVE)).isEqualTo(63.2279, within(5e-5));
        assertThat(e(1, 1, 0.5, 140, 100, BetaMixture.Alternative.OTHER)).isEqualTo(2.26426292, within(5e-9));
        assertThat(1 / e(20, 80, 0.2, 52, 116, BetaMixture.Alternative.OTHER))
                .isEqualTo(0.04675270375081281, within(1e-12));
    }

    @Test
    void theCutMixtureIsTheIntegralOverItsAlternative() {
        double theta = 0.05 * 1.2 / (0.05 * 1.2 + 0.95);
        double a = 20 * theta;
        double b = 10 * (1 - theta);
        assertThat(e(a, b, theta, 3, 0, BetaMixture.Alternative.ABOVE)).isEqualTo(39.46098812254736, within(1e-5));
        assertThat(e(a, b, theta, 5, 9, BetaMixture.Alternative.ABOVE)).isEqualTo(63.71434496405777, within(1e-5));
        assertThat(e(a, b, theta, 5, 9, BetaMixture.Alternative.BELOW)).isEqualTo(0.17591907073624194, within(5e-8));
        assertThat(e(a, b, theta, 12, 400, BetaMixture.Alternative.BELOW)).isEqualTo(22.53543233847113, within(1e-5));
        assertThat(e(0.2, 9.9, 0.01, 12, 500, BetaMixture.Alternative.ABOVE))
                .isEqualTo(8.327026845420002, within(1e-5));
        assertThat(e(0.2, 9.9, 0.01, 2, 1500, BetaMixture.Alternative.BELOW)).isEqualTo(2007.39, within(0.1));
    }

    @Test
    void theMixtureIsAMartingaleUnderItsNullHypothesis() {
        // Its expectation after one more event, at θ0, is its value before: for any counts.
        for (BetaMixture.Alternative each : BetaMixture.Alternative.values()) {
            for (double theta : new double[] {0.001, 0.05, 0.5, 0.95}) {
                BetaMixture mixture = new BetaMixture(theta, 10 * Math.max(2 * theta, 0.02), 10 * (1 - theta), each);
                for (int[] counts : new int[][] {{0, 0}, {3, 1}, {0, 40}, {500, 20}, {20_000, 20_000}}) {
                    double now = mixture.log(counts[0], counts[1]);
                    double first = mixture.log(counts[0] + 1, counts[1]) - now;
                    double second = mixture.log(counts[0], counts[1] + 1) - now;
                    assertThat(theta * Math.exp(first) + (1 - theta) * Math.exp(second))
                            .as("%s of %s at %d, %d", each, theta, counts[0], counts[1])
                            .isEqualTo(1, within(1e-7));
                }
            }
        }
    }

    @Test
    void farTailsAndHugeCountsStayNumbers() {
        BetaMixture above = new BetaMixture(0.06, 1.2, 9.4, BetaMixture.Alternative.ABOVE);
        BetaMixture below = new BetaMixture(0.06, 1.2, 9.4, BetaMixture.Alternative.BELOW);
        double last = 0;
        for (long n = 1_000; n <= 1_000_000_000; n *= 10) {
            double good = above.log(n / 100, n / 100 * 99);
            double bad = above.log(n / 5, n / 5 * 4);
            assertThat(good).as("good at %d", n).isFinite().isLessThan(last);
            assertThat(bad).as("bad at %d", n).isFinite().isPositive();
            assertThat(below.log(n / 5, n / 5 * 4)).isFinite().isNegative();
            last = good;
        }
        // Where the tail is below the smallest double: by numeric integration.
        assertThat(new BetaMixture(0.06, 1, 1, BetaMixture.Alternative.ABOVE).log(1_000, 99_000))
                .isEqualTo(-11.33065348941572, within(1e-6));
    }

    @Test
    void anEpochProcessIsAMixtureOverTheEpochInWhichItTurnsBad() {
        double[] logs = {0.7, -2, 3, 0.1, -0.4};
        Epochs epochs = new Epochs();
        double rest = 1;
        double[] chains = new double[logs.length];
        for (int k = 0; k < logs.length; k++) {
            epochs.begin(k == 0 ? 0 : logs[k - 1]);
            chains[k] = Epochs.part(k + 1);
            rest -= chains[k];
            double sum = rest;
            for (int j = 0; j <= k; j++) {
                chains[j] *= Math.exp(logs[k]);
                sum += chains[j];
            }
            assertThat(epochs.value(logs[k])).isEqualTo(sum, CLOSE);
        }
        double parts = 0;
        for (int k = 1; k <= 1_000_000; k++) {
            parts += Epochs.part(k);
        }
        assertThat(parts).isEqualTo(1, within(1e-6)).isLessThanOrEqualTo(1);
    }

    @Test
    void theMeanHasItsPublishedBounds() {
        assertThat(lowAfter100(false)).isEqualTo(0.385422933, within(5e-10));
        assertThat(1 - lowAfter100(true)).isEqualTo(0.617729343, within(5e-10));
    }

    /** Each side on its own begins with a guess of 0: the upper one is the lower one of the mirrored values. */
    private static double lowAfter100(boolean mirrored) {
        EmpiricalBernstein mean = new EmpiricalBernstein();
        double needed = Math.log(2 / 0.05);
        double sum = 0;
        for (int i = 1; i <= 100; i++) {
            double x = (7 * i) % 11 / 10.0;
            x = mirrored ? 1 - x : x;
            mean.add(new Values(1, x, x * x), i == 1 ? 0 : sum / (i - 1), needed);
            sum += x;
        }
        return mean.interval(needed).low();
    }

    @Test
    void aBatchOfOneIsAValueAndALargeOneIsAboutAsMuch() {
        SplittableRandom random = new SplittableRandom(5);
        EmpiricalBernstein single = new EmpiricalBernstein();
        EmpiricalBernstein batches = new EmpiricalBernstein();
        double needed = Math.log(2 / 0.05);
        for (int i = 0; i < 100; i++) {
            double sum = 0;
            double squares = 0;
            for (int j = 0; j < 100; j++) {
                double x = random.nextDouble() * 0.5;
                single.add(new Values(1, x, x * x), needed);
                sum += x;
                squares += x * x;
            }
            batches.add(new Values(100, sum, squares), needed);
        }
        Interval one = single.interval(needed);
        Interval many = batches.interval(needed);
        assertThat(one.low()).isLessThan(0.25);
        assertThat(one.high()).isGreaterThan(0.25);
        assertThat(many.high() - many.low()).isLessThan(1.2 * (one.high() - one.low()));
    }

    @Test
    void nonsenseIsNoBatch() {
        EmpiricalBernstein mean = new EmpiricalBernstein();
        for (Values each : new Values[] {
            new Values(-1, -1, -1),
            new Values(1, Double.NaN, 1),
            new Values(1, 2, 2),
            new Values(1, 0.5, Double.NaN),
            new Values(1, 0.5, 0.6),
            new Values(1_000, 1_009, 1_009),
            new Values(1_000, 500, 509),
            new Values(0, 0, 0)
        }) {
            mean.add(each, 3);
        }
        assertThat(mean.interval(3)).isEqualTo(new Interval(0, 1));
    }

    /** The uniform bound, for all quantiles at once, at A = 0.85. */
    private static double uniformRadius(double t, double alpha) {
        return 0.85 * Math.sqrt((Math.log(Math.log(Math.E * t)) + 0.8 * Math.log(1612 / alpha)) / t);
    }

    /** A look comes between the additions that count a value of 1: two of its parts, or one, are in the batch after it or before it. */
    @ParameterizedTest
    @CsvSource({"0, -1, -1", "0, 0, -1", "-1, 0, 0", "-1, -1, 0", "0, 0, 1"})
    void aBatchThatAValueInPartsIsInIsNotLost(int count, int sum, int squares) {
        EmpiricalBernstein whole = new EmpiricalBernstein();
        EmpiricalBernstein inParts = new EmpiricalBernstein();
        for (double ones : new double[] {500, 1_000}) {
            whole.restore(new double[EmpiricalBernstein.STATE]);
            inParts.restore(new double[EmpiricalBernstein.STATE]);
            Values all = new Values(1_000, ones, ones);
            Values some = new Values(1_000 + count, ones + sum, ones + squares);
            for (int i = 0; i < 3; i++) {
                whole.add(all, 3);
                inParts.add(i == 0 ? some : i == 1 ? all.plus(all).minus(some) : all, 3);
            }
            assertThat(inParts.count()).isEqualTo(3_000);
            assertThat(inParts.interval(3).low()).isCloseTo(whole.interval(3).low(), within(1e-3));
            assertThat(inParts.interval(3).high()).isCloseTo(whole.interval(3).high(), within(1e-3));
        }
        inParts.add(new Values(0, 1, 1), 3); // all that comes of the last one
        assertThat(inParts.state()[1]).isEqualTo(3_001);
    }

    /** Each batch has parts of as many values as may be in parts. */
    @Test
    void valuesInPartsRaiseNoFalseAlarms() {
        SplittableRandom random = new SplittableRandom(5);
        double needed = Math.log(1 / 0.05);
        int below = 0;
        int above = 0;
        int runs = 1_000;
        for (int run = 0; run < runs; run++) {
            EmpiricalBernstein mean = new EmpiricalBernstein();
            boolean low = false;
            boolean high = false;
            double before = 0;
            for (int look = 0; look < 60; look++) {
                double ones = 0;
                for (int i = 0; i < 800; i++) {
                    ones += random.nextDouble() < 0.3 ? 1 : 0;
                }
                double late = 0;
                for (int i = 0; i < 8; i++) {
                    late += random.nextDouble() < 0.3 ? 1 : 0;
                }
                mean.add(
                        new Values(808, ones + late, ones + before), needed); // of those the square comes with the next
                before = late;
                low |= mean.interval(needed).low() > 0.3;
                high |= mean.interval(needed).high() < 0.3;
            }
            assertThat(mean.count()).isEqualTo(60 * 808);
            below += high ? 1 : 0;
            above += low ? 1 : 0;
        }
        assertThat(below).isLessThanOrEqualTo((int) (0.05 * runs));
        assertThat(above).isLessThanOrEqualTo((int) (0.05 * runs));
    }

    @Test
    void boundsOnOneQuantileAreCloserThanThoseOnAll() {
        assertThat(uniformRadius(1000, 0.05)).isEqualTo(0.08656913, within(5e-9));
        for (double q : new double[] {0.5, 0.9, 0.99}) {
            for (long n : new long[] {1_000, 10_000, 1_000_000}) {
                RankBounds bounds = new RankBounds(q);
                double radius = uniformRadius((double) n, 0.05);
                double low = bounds.atLeast(n, Math.log(1 / 0.05)) / (double) n;
                double high = bounds.atMost(n, Math.log(1 / 0.05)) / (double) n;
                assertThat(low).as("%s of %d", q, n).isBetween(q - radius, q);
                assertThat(high).as("%s of %d", q, n).isGreaterThan(q);
                if (q + radius < 1) {
                    assertThat(high).as("%s of %d", q, n).isLessThan(q + radius);
                }
            }
        }
    }

    @Test
    void theRanksAreTheFirstThatTheMixtureShows() {
        RankBounds remembering = new RankBounds(0.99);
        double needed = Math.log(20);
        BetaMixture mixture = new BetaMixture(1 - 0.99, 100 * (1 - 0.99), 99, BetaMixture.Alternative.OTHER);
        for (long n = 1; n < 200_000; n = n + 1 + n / 7) {
            long above = (long) Math.ceil(0.01 * n);
            while (above <= n && mixture.log(above, n - above) < needed) {
                above++;
            }
            long below = (long) Math.floor(0.01 * n);
            while (below >= 0 && mixture.log(below, n - below) < needed) {
                below--;
            }
            assertThat(remembering.atLeast(n, needed))
                    .as("at least, of %d", n)
                    .isEqualTo(above > n ? 0 : n - above + 1);
            assertThat(remembering.atMost(n, needed)).as("at most, of %d", n).isEqualTo(below < 0 ? n + 1 : n - below);
        }
        assertThat(remembering.atMost(100_000, needed)).isLessThan(100_000);
    }

    @Test
    void aBlockExpectsNoMoreThanOneWithinItsNullHypothesis() {
        // The exact expectation over all outcomes of a block, on the boundary and within, for both directions.
        for (boolean worse : new boolean[] {true, false}) {
            for (double delta : new double[] {0, 0.003, 0.1}) {
                for (double stable : new double[] {0.002, 0.05, 0.3}) {
                    for (double beyond : new double[] {0, 0.001, 0.05}) {
                        double candidate = stable + delta + (worse ? -beyond : beyond);
                        if (candidate >= 0) {
                            assertThat(expected(worse, delta, 0.01, candidate, 3, stable, 17))
                                    .as("worse %s, margin %s, %s against %s", worse, delta, candidate, stable)
                                    .isLessThanOrEqualTo(1 + 1e-9);
                        }
                    }
                }
            }
        }
        assertThat(expected(true, 0.003, 0.01, 0.3, 3, 0.01, 17)).isGreaterThan(1.5);
        assertThat(expected(false, 0.1, 0.01, 0.01, 30, 0.01, 17)).isGreaterThan(1.1);
    }

    private static double expected(
            boolean worse, double delta, double known, double candidate, int calls, double stable, int stableCalls) {
        double expectation = 0;
        for (int c = 0; c <= calls; c++) {
            for (int s = 0; s <= stableCalls; s++) {
                Blocks blocks = new Blocks(worse);
                blocks.add(delta, known, c, calls, s, stableCalls);
                expectation +=
                        binomial(c, calls, candidate) * binomial(s, stableCalls, stable) * Math.exp(blocks.log());
            }
        }
        return expectation;
    }

    private static double binomial(int k, int n, double p) {
        double chance = 1;
        for (int i = 0; i < k; i++) {
            chance *= (double) (n - i) / (i + 1) * p;
        }
        return chance * Math.pow(1 - p, n - k);
    }

    @Test
    void figuresReadAsAPersonWouldWriteThem() {
        assertThat(Figures.count(19_800)).isEqualTo("19,800");
        assertThat(Figures.count(-1_234_567)).isEqualTo("-1,234,567");
        assertThat(Figures.count(999)).isEqualTo("999");
        assertThat(Figures.three(43.2109)).isEqualTo("43.2");
        assertThat(Figures.three(20)).isEqualTo("20");
        assertThat(Figures.three(1234.5)).isEqualTo("1,235");
        assertThat(Figures.three(0.001314)).isEqualTo("0.00131");
        assertThat(Figures.three(0)).isEqualTo("0");
        assertThat(Figures.three(1.23e45)).isEqualTo("1.2e45");
        assertThat(Figures.three(9.99e-9)).isEqualTo("1.0e-8");
        assertThat(Figures.percent(0.003)).isEqualTo("0.3 %");
        assertThat(Figures.millis(250e6)).isEqualTo("250 ms");
    }
}
