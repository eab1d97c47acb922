package io.modelgate.benchmarks.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpreadTest {

    private static List<Double> upTo(int n) {
        return IntStream.rangeClosed(1, n).mapToObj(i -> (double) i).toList();
    }

    /** The ranks of the sign test: of 15 numbers the 4th and the 12th, of 20 the 6th and the 15th. */
    @Test
    void theIntervalIsThatOfTheSignTest() {
        assertThat(Spread.of(upTo(15))).isEqualTo(new Spread(8, 4, 12));
        assertThat(Spread.of(upTo(20))).isEqualTo(new Spread(10.5, 6, 15));
        assertThat(Spread.of(upTo(6))).isEqualTo(new Spread(3.5, 1, 6));
    }

    @Test
    void fewNumbersHaveNoIntervalButTheirEnds() {
        assertThat(Spread.of(upTo(5))).isEqualTo(new Spread(3, 1, 5));
        assertThat(Spread.of(List.of(7.0))).isEqualTo(new Spread(7, 7, 7));
    }
}
