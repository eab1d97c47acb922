package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chance is as it should be, in its mean and in its variance. */
class CrowdTest {

    private static final int RUNS = 2000;

    private interface Drawn {
        double one(Draws draws);
    }

    private static void has(double mean, double variance, Drawn drawn) {
        double[] values = IntStream.range(0, RUNS)
                .mapToDouble(i -> drawn.one(new Draws(3, i)))
                .toArray();
        double sum = IntStream.range(0, RUNS).mapToDouble(i -> values[i]).sum();
        double squares = IntStream.range(0, RUNS)
                .mapToDouble(i -> (values[i] - sum / RUNS) * (values[i] - sum / RUNS))
                .sum();
        assertThat(sum / RUNS).as("mean, seed 3").isCloseTo(mean, within(4 * Math.sqrt(variance / RUNS)));
        assertThat(squares / RUNS).as("variance, seed 3").isCloseTo(variance, within(0.2 * variance));
    }

    /** Mean and variance of the number of full boxes in the classical occupancy problem, both by one and by one and at once. */
    @ParameterizedTest
    @CsvSource({"1000, 500", "1000, 4000", "10000, 5000", "5000, 20000"})
    void asManyCallersAreSeenAsBoxesAreHit(int callers, int calls) {
        double q = Math.pow(1 - 1.0 / callers, calls);
        double both = Math.pow(1 - 2.0 / callers, calls);
        double variance = callers * q * (1 - q) + (double) callers * (callers - 1) * (both - q * q);
        has(callers * (1 - q), variance, draws -> {
            Crowd crowd = new Crowd();
            crowd.resize(callers);
            crowd.call(calls, draws);
            return crowd.seen();
        });
    }

    @ParameterizedTest
    @CsvSource({"40, 0.3", "1000, 0.004", "1000, 0.996", "5000, 0.4"})
    void binomialsAreBinomial(int of, double p) {
        has(of * p, of * p * (1 - p), draws -> draws.binomial(of, p));
    }

    @Test
    void aCohortGrowsAndItsShareIsTheWeightOnAverage() {
        for (int run = 0; run < 50; run++) {
            Callers callers = new Callers(10_000, new Draws(3, run));
            int half = callers.cohort(0.5);
            int tenth = callers.cohort(0.1);
            assertThat(tenth).isBetween(850, 1150).isLessThan(half);
            assertThat(callers.cohort(0.3)).isBetween(tenth, half);
            assertThat(callers.cohort(0.5)).isEqualTo(half);
            assertThat(callers.cohort(1)).isEqualTo(10_000);
            assertThat(callers.cohort(0)).isZero();
        }
        has(1000, 900, draws -> new Callers(10_000, draws).cohort(0.1));
    }

    @Test
    void aCallersFirstMissCountsOnce() {
        Callers callers = new Callers(100, new Draws(3, 0));
        long fresh = 0;
        for (int i = 0; i < 1000; i++) {
            fresh += callers.firstCalls(0, 100, 1);
        }
        assertThat(fresh).isEqualTo(100);
    }

    @Test
    void spreadsHaveTheQuantilesTheyWereGiven() {
        Spread lognormal = Spread.lognormal(20, 80);
        Spread quantiles = Spread.quantiles(new double[] {0.5, 0.9}, new double[] {10, 40});
        assertThat(quantile(lognormal, 0.5)).isCloseTo(20, within(0.6));
        assertThat(quantile(lognormal, 0.99)).isCloseTo(80, within(4.0));
        assertThat(quantile(quantiles, 0.5)).isCloseTo(10, within(0.6));
        assertThat(quantile(quantiles, 0.7)).isCloseTo(20, within(0.9));
        assertThat(quantile(quantiles, 0.95)).isCloseTo(40, within(1e-9));
        assertThat(Normal.quantile(0.975)).isCloseTo(1.959964, within(1e-6));
        assertThat(Normal.quantile(0.999)).isCloseTo(3.090232, within(1e-6));
    }

    private static double quantile(Spread spread, double p) {
        double[] drawn = new double[20_000];
        int[] next = {0};
        spread.draw(drawn.length, new Draws(3, 0), (value, times) -> {
            for (long i = 0; i < times; i++) {
                drawn[next[0]++] = value;
            }
        });
        assertThat(next[0]).isEqualTo(drawn.length);
        Arrays.sort(drawn);
        return drawn[(int) (p * drawn.length)];
    }
}
