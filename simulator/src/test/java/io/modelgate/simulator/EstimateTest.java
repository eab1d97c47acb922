package io.modelgate.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EstimateTest {

    /** The classical example of Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263. */
    @Test
    void aShareHasWilsonsInterval() {
        Estimate share = Estimate.share(81, 263);
        assertThat(share.value()).isCloseTo(0.3080, within(0.0001));
        assertThat(share.low()).isCloseTo(0.2553, within(0.0001));
        assertThat(share.high()).isCloseTo(0.3662, within(0.0001));
    }

    @Test
    void noneOfManyIsNotSurelyNone() {
        Estimate none = Estimate.share(0, 20);
        assertThat(none.low()).isZero();
        assertThat(none.high()).isCloseTo(0.1611, within(0.0001));
        assertThat(Estimate.share(20, 20).high()).isEqualTo(1);
    }

    @Test
    void nothingIsUnknown() {
        assertThat(Estimate.share(0, 0).known()).isFalse();
        assertThat(Estimate.quantile(new double[0], 0.5).known()).isFalse();
    }

    @Test
    void aMedianLiesBetweenTheOrderStatisticsOfItsRank() {
        double[] values = IntStream.rangeClosed(1, 100).mapToDouble(i -> i).toArray();
        Estimate median = Estimate.quantile(values, 0.5);
        assertThat(median.value()).isEqualTo(50);
        assertThat(median.low()).isEqualTo(40);
        assertThat(median.high()).isEqualTo(61);
    }
}
