package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpotsTest {

    private static final long SEED = 20_261_121;
    private static final int KEYS = 1_000_000;

    /** Standard deviations from what chance gives; one test in 150,000 would be beyond by chance, but the seed is fixed. */
    private static final double FAR = 4.5;

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 100_000})
    void bucketsOfRandomKeysAreUniform(int cells) {
        SplittableRandom random = new SplittableRandom(SEED);
        assertUniform(cells, i -> new UUID(random.nextLong(), random.nextLong()).toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 1_000, 100_000})
    void bucketsOfSequentialKeysAreUniform(int cells) {
        assertUniform(cells, i -> "user-" + i);
    }

    private static void assertUniform(int cells, IntFunction<String> keys) {
        long salt = Spots.salt("credit-risk-1");
        int[] counts = new int[cells];
        for (int i = 1; i <= KEYS; i++) {
            counts[Spots.bucket(Caller.of(keys.apply(i)).keyHash(), salt) / (Spots.BUCKETS / cells)]++;
        }
        double expected = (double) KEYS / cells;
        double chiSquare = 0;
        for (int count : counts) {
            chiSquare += (count - expected) * (count - expected) / expected;
        }
        assertThat(Math.abs(deviations(chiSquare, cells - 1)))
                .as("seed %d: chi-square %.1f of %d cells", SEED, chiSquare, cells)
                .isLessThan(FAR);
    }

    /** How many standard deviations a chi-square is from its mean (normal approximation by Wilson and Hilferty, 1931). */
    private static double deviations(double chiSquare, int freedom) {
        double spread = 2.0 / (9.0 * freedom);
        return (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread);
    }

    @ParameterizedTest
    @CsvSource({"1000, 1000", "10000, 10000", "50000, 50000", "1000, 50000", "10000, 50000"})
    void twoRolloutsOfRandomIdsAreIndependent(int weight, int other) {
        SplittableRandom random = new SplittableRandom(SEED);
        assertIndependent(weight, other, i -> new long[] {random.nextLong(), random.nextLong()});
    }

    @ParameterizedTest
    @CsvSource({"1000, 1000", "10000, 10000", "50000, 50000"})
    void twoRolloutsOfConsecutiveIdsAreIndependent(int weight, int other) {
        assertIndependent(weight, other, i ->
                new long[] {Spots.salt("credit-risk-" + i), Spots.salt("credit-risk-" + (i + 1))});
    }

    @ParameterizedTest
    @CsvSource({"1000, 1000", "10000, 10000", "50000, 50000"})
    void twoRolloutsWhoseSaltsDifferInOneBitAreIndependent(int weight, int other) {
        SplittableRandom random = new SplittableRandom(SEED);
        assertIndependent(weight, other, i -> {
            long salt = random.nextLong();
            return new long[] {salt, salt ^ 1L << i};
        });
    }

    /** For 200 pairs of salts, the two-by-two table of 100,000 sequential keys; the chi-squares of all pairs add up. */
    private static void assertIndependent(int weight, int other, IntFunction<long[]> salts) {
        int keys = 100_000;
        int pairs = 200;
        int[] hashes = new int[keys];
        for (int i = 0; i < keys; i++) {
            hashes[i] = Caller.of("user-" + i).keyHash();
        }
        double p = weight / 100_000.0;
        double q = other / 100_000.0;
        double sum = 0;
        double worst = 0;
        for (int pair = 0; pair < pairs; pair++) {
            long[] salt = salts.apply(pair);
            int both = 0;
            int first = 0;
            int second = 0;
            for (int hash : hashes) {
                boolean one = Spots.bucket(hash, salt[0]) < weight;
                boolean two = Spots.bucket(hash, salt[1]) < other;
                first += one ? 1 : 0;
                second += two ? 1 : 0;
                both += one && two ? 1 : 0;
            }
            double expected = (double) first * second / keys;
            double variance = keys * p * (1 - p) * q * (1 - q);
            double chiSquare = (both - expected) * (both - expected) / variance;
            sum += chiSquare;
            worst = Math.max(worst, chiSquare);
        }
        assertThat(Math.abs(deviations(sum, pairs)))
                .as("seed %d: chi-square %.1f of %d pairs at %d and %d", SEED, sum, pairs, weight, other)
                .isLessThan(FAR);
        assertThat(Math.sqrt(worst))
                .as("seed %d: the worst pair, in deviations", SEED)
                .isLessThan(5.5);
    }

    @Test
    void theBucketIsTheKeyHashThOutputOfSplitMix64() {
        long golden = 0x9e3779b97f4a7c15L;
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 100_000; i++) {
            long salt = random.nextLong();
            int hash = random.nextInt();
            long before = salt + ((hash & 0xffffffffL) - 1) * golden;
            long output = new SplittableRandom(before).nextLong();
            assertThat(Spots.bucket(hash, salt))
                    .as("seed %d, salt %x, hash %x", SEED, salt, hash)
                    .isEqualTo((int) Math.floor((output >>> 32) * 100_000.0 / 4294967296.0));
        }
    }

    @Test
    void everyBucketIsInRange() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int i = 0; i < 1_000_000; i++) {
            int bucket = Spots.bucket(random.nextInt(), random.nextLong());
            if (bucket < 0 || bucket >= 100_000) {
                throw new AssertionError("seed " + SEED + ": bucket " + bucket);
            }
        }
    }
}
