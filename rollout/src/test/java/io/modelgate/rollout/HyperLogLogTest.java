package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HyperLogLogTest {

    private static final long SEED = 20_261_121;

    /** Standard error 1.04/√4096. */
    private static final double ERROR = 0.01625;

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 100, 1_000, 5_000, 12_000, 20_000, 100_000, 1_000_000})
    void estimateIsCloseHoweverOftenEachIsAdded(int different) {
        double squares = 0;
        int runs = 20;
        SplittableRandom random = new SplittableRandom(SEED);
        for (int run = 0; run < runs; run++) {
            HyperLogLog sketch = new HyperLogLog();
            int from = random.nextInt();
            for (int i = 0; i < different; i++) {
                sketch.add(HyperLogLog.hash(from + i));
                sketch.add(HyperLogLog.hash(from + i));
            }
            double error = sketch.estimate() / (double) different - 1;
            squares += error * error;
        }
        assertThat(Math.sqrt(squares / runs))
                .as("seed %d, %d different values", SEED, different)
                .isLessThan(1.5 * ERROR);
    }

    @Test
    void nothingIsZero() {
        assertThat(new HyperLogLog().estimate()).isZero();
    }

    @Test
    void everyRegisterAtItsMostIsStillANumber() {
        HyperLogLog sketch = new HyperLogLog();
        for (long register = 0; register < 4_096; register++) {
            sketch.add(register << 52);
        }
        assertThat(sketch.estimate()).isPositive();
        HyperLogLog read = HyperLogLog.fromText(sketch.toText());
        assertThat(read).isNotNull();
        assertThat(read.toText()).isEqualTo(sketch.toText());
    }

    @Test
    void mergedSketchIsThatOfAllValues() {
        HyperLogLog one = new HyperLogLog();
        HyperLogLog other = new HyperLogLog();
        HyperLogLog both = new HyperLogLog();
        for (int i = 0; i < 30_000; i++) {
            (i < 20_000 ? one : other).add(HyperLogLog.hash(i));
            both.add(HyperLogLog.hash(i));
        }
        assertThat((double) one.estimate()).isCloseTo(20_000, within(4 * ERROR * 20_000));

        one.merge(other);

        assertThat(one.toText()).isEqualTo(both.toText());
        assertThat(one.estimate()).isEqualTo(both.estimate());
    }

    @Test
    void textHoldsAllOfIt() {
        HyperLogLog sketch = new HyperLogLog();
        for (int i = 0; i < 1_000; i++) {
            sketch.add(HyperLogLog.hash(i));
        }
        HyperLogLog read = HyperLogLog.fromText(sketch.toText());

        assertThat(read).isNotNull();
        assertThat(read.estimate()).isEqualTo(sketch.estimate());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "\u00e4", "AAAA====", "/"})
    void nonsenseIsNoSketch(String start) {
        assertThat(HyperLogLog.fromText(start)).isNull();
        if (!start.equals("A")) {
            assertThat(HyperLogLog.fromText((start + "?".repeat(4_096)).substring(0, 4_096)))
                    .isNull();
        }
        assertThat(HyperLogLog.fromText("/" + "A".repeat(4_095)))
                .as("a rank of 63")
                .isNull();
    }
}
