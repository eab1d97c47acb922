package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeightTest {

    @ParameterizedTest
    @CsvSource({"0, 0", "-0.0, 0", "0.001, 1", "0.5, 500", "1, 1000", "16.1, 16100", "99.999, 99999", "100, 100000"})
    void percentIsExact(double percent, int parts) {
        assertThat(Weight.percent(percent)).isEqualTo(Weight.of(parts));
    }

    @Test
    void everyWeightIsReachedByItsPercentAndPrintsIt() {
        for (int parts = 0; parts <= 100_000; parts++) {
            Weight weight = Weight.percent(parts / 1000.0);
            assertThat(weight.parts()).isEqualTo(parts);
            assertThat(Double.parseDouble(weight.toString().replace(" %", ""))).isEqualTo(parts / 1000.0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0.0005, '0 %', '0.001 %'",
        "99.9995, '99.999 %', '100 %'",
        "12.34567, '12.345 %', '12.346 %'",
        "0.0000001, '0 %', '0.001 %'"
    })
    void aPercentBetweenTwoWeightsIsRefusedWithBoth(double percent, String below, String above) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Weight.percent(percent))
                .withMessageContaining("between the weights " + below + " and " + above);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.001, 100.001, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void aPercentOutOfRangeIsRefused(double percent) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Weight.percent(percent))
                .withMessageContaining("percent is " + percent)
                .withMessageContaining("0 to 100");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 100_001, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void partsOutOfRangeAreRefused(int parts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Weight.of(parts))
                .withMessageContaining("weight is " + parts)
                .withMessageContaining("0 to 100,000");
    }

    @Test
    void weightsCompareByTheirSize() {
        assertThat(Weight.NONE).isLessThan(Weight.percent(0.001)).isLessThan(Weight.FULL);
        assertThat(Weight.percent(0.5)).hasToString("0.5 %");
        assertThat(Weight.FULL).hasToString("100 %");
    }
}
