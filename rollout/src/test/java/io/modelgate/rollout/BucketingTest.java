package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.modelgate.Caller;
import io.modelgate.Router;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the bucketings of other systems to vectors that an independent program made of their public descriptions. */
class BucketingTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");
    private static final long SALT = Spots.salt("moved");

    private record Vector(Bucketing bucketing, String key, int share, int grain) {

        static Vector of(String line) {
            String[] cells = line.split(",", -1);
            return new Vector(
                    logged(cells[0], cells[1]),
                    unescape(cells[2]),
                    Integer.parseInt(cells[4]),
                    Integer.parseInt(cells[5]));
        }

        int bucket() {
            return bucketOf(bucketing, key);
        }
    }

    private static int bucketOf(Bucketing bucketing, String key) {
        return Spots.bucketOf(bucketing.spot(Caller.of(key), SALT));
    }

    private static Bucketing logged(String name, String parameters) {
        Map<String, Object> data = new HashMap<>(Map.of("name", name, "fineSalt", "0"));
        for (String parameter : parameters.split(";", -1)) {
            String[] parts = parameter.split("=", 2);
            boolean number = parts[0].equals("seed") && !name.startsWith("growthbook");
            data.put(parts[0], number ? Long.valueOf(parts[1]) : unescape(parts[1]));
        }
        Bucketing read = Bucketing.of(data);
        assertThat(read).as("%s", data).isNotNull();
        return Objects.requireNonNull(read);
    }

    private static String unescape(String cell) {
        Matcher escapes = ESCAPE.matcher(cell);
        return escapes.replaceAll(
                escape -> Matcher.quoteReplacement(String.valueOf((char) HexFormat.fromHexDigits(escape.group(1)))));
    }

    private static List<String> lines() throws IOException {
        return Files.readAllLines(DOCS.resolve("bucketing-vectors-foreign.csv"), StandardCharsets.US_ASCII);
    }

    private static List<Vector> vectors() throws IOException {
        assertThat(lines().get(0)).isEqualTo("system,parameters,key,number,share,grain");
        return lines().stream().skip(1).map(Vector::of).toList();
    }

    @Test
    void atEveryShareThatTheOtherSystemKnowsTheSameCallersAreIn() throws IOException {
        List<Vector> vectors = vectors();
        assertThat(vectors).hasSizeGreaterThan(3_000);
        for (Vector vector : vectors) {
            int bucket = vector.bucket();
            for (int weight = 0; weight <= 100_000; weight += vector.grain()) {
                if (bucket < weight != vector.share() <= weight) {
                    throw new AssertionError(vector + " has the bucket " + bucket + ", wrong at the weight " + weight);
                }
            }
        }
    }

    @Test
    void theVectorsAreOfEverySystemAndOfKeysThatAreNotAscii() throws IOException {
        List<Vector> vectors = vectors();
        assertThat(vectors.stream().map(vector -> vector.bucketing().name()).distinct())
                .containsExactlyInAnyOrder(
                        "unleash",
                        "unleash-node",
                        "launchdarkly",
                        "growthbook-v2",
                        "growthbook-v2-coverage",
                        "flagd-v2",
                        "split",
                        "split-legacy",
                        "optimizely");
        assertThat(vectors).anyMatch(vector -> vector.key().equals("\ud83d\ude00"));
        assertThat(vectors).anyMatch(vector -> vector.key().equals("\ud800"));
        assertThat(vectors).anyMatch(vector -> vector.share() == 1).anyMatch(vector -> vector.share() == 100_000);
    }

    @Test
    void theProgramInTheDocumentsMakesTheVectors(@TempDir Path folder) throws Exception {
        Path out = folder.resolve("out");
        Process run;
        try {
            run = new ProcessBuilder(
                            "python3", DOCS.resolve("bucketing-foreign.py").toString())
                    .redirectOutput(out.toFile())
                    .redirectError(folder.resolve("err").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "python3 is not installed, so the program was not run");
            return;
        }
        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(folder.resolve("err"))).isEmpty();
        assertThat(Files.readAllLines(out)).isEqualTo(lines());
    }

    /** From the tests of Unleash's Java SDK (StrategyUtilsTest), said there to be the same in its SDKs for Node and Go. */
    @ParameterizedTest
    @CsvSource({"gr1, 123, 73", "groupX, 999, 25"})
    void whatUnleashPublishesHolds(String group, String key, int number) {
        assertThat(bucketOf(Bucketing.unleash(group), key) / 1_000).isEqualTo(number - 1);
        assertThat(bucketOf(Bucketing.unleashNode(group), key) / 1_000).isEqualTo(number - 1);
    }

    /** From Unleash's client specification, 10-flexible-rollout-strategy.json. */
    @ParameterizedTest
    @CsvSource({
        "Feature.flexibleRollout.10, 174, 10, true",
        "Feature.flexibleRollout.10, 499, 10, false",
        "Feature.flexibleRollout.userId.55, 25, 55, true",
        "Feature.flexibleRollout.sessionId.42, 147, 42, true"
    })
    void whatUnleashsClientSpecificationExpectsHolds(String group, String key, int percent, boolean in) {
        assertThat(bucketOf(Bucketing.unleash(group), key)
                        < Weight.percent(percent).parts())
                .isEqualTo(in);
    }

    /** From the tests of LaunchDarkly's Ruby SDK (evaluator_bucketing_spec), which round to single precision. */
    @ParameterizedTest
    @CsvSource({"userKeyA, 0.42157587, 0.09801207", "userKeyB, 0.6708485, 0.14483777", "userKeyC, 0.10343106, 0.9242641"
    })
    void whatLaunchDarklyPublishesHolds(String key, double salted, double seeded) {
        assertThat(bucketOf(Bucketing.launchDarkly("hashKey", "saltyA"), key)).isEqualTo((int) (salted * 100_000));
        assertThat(bucketOf(Bucketing.launchDarkly(61), key)).isEqualTo((int) (seeded * 100_000));
    }

    /** From GrowthBook's specification of its SDKs, cases.json, hash. */
    @ParameterizedTest
    @CsvSource({
        "seed, a, 505",
        "seed, b, 2696",
        "foo, ab, 2575",
        "foo, def, 2019",
        "89123klj, 8952klfjas09ujkasdf, 1240",
        "90850943850283058242805, 123, 7516"
    })
    void whatGrowthBookPublishesHolds(String seed, String key, int number) {
        assertThat(bucketOf(Bucketing.growthBook(seed), key) / 10).isEqualTo(number);
        assertThat(bucketOf(Bucketing.growthBookCoverage(seed), key) / 10).isEqualTo(number - 1);
    }

    /** From flagd's testbed, evaluator/gherkin/fractional.feature at fractional-v2: four suits at 25 each, in the order of the alphabet. */
    @ParameterizedTest
    @CsvSource({
        "fractional-flag, jack, 2",
        "fractional-flag, queen, 3",
        "fractional-flag, ten, 0",
        "fractional-flag, nine, 1",
        "fractional-flag, 3, 0",
        "shared-seed, seven, 2",
        "shared-seed, eight, 1",
        "shared-seed, nine, 0",
        "shared-seed, two, 3"
    })
    void whatFlagdsTestbedExpectsHolds(String prefix, String key, int quarter) {
        assertThat(bucketOf(Bucketing.flagd(prefix), key) / 25_000).isEqualTo(quarter);
    }

    /** From the same: keys whose hashes are 0, 1, 2^31 - 1, 2^31 and 2^32 - 1. */
    @ParameterizedTest
    @CsvSource({"ejOoVL, 0", "bY9fO-, 0", "SI7p-, 49999", "6LvT0, 50000", "ceQdGm, 99999"})
    void flagdsEdgesHold(String key, int bucket) {
        assertThat(bucketOf(Bucketing.flagd(""), key)).isEqualTo(bucket);
    }

    /** From the samples of Split's Java SDK, murmur3-sample-data-v2.csv. */
    @ParameterizedTest
    @CsvSource({
        "aUfEsdPN1twuEjff9Sl, 52",
        "EPxM1cYQnL4AuqD, 79",
        "aG2wQQSox6, 1",
        "4I7VfKAiVNJmeVlcI, 99",
        "IKH5Ob9veUTJeZr7Mq, 52"
    })
    void whatSplitPublishesHolds(String key, int number) {
        assertThat(bucketOf(Bucketing.split(467_569_525), key) / 1_000).isEqualTo(number - 1);
    }

    /** From the tests of Optimizely's SDKs, test_bucket_number in Python's. */
    @ParameterizedTest
    @CsvSource({
        "1886780721, ppid1, 5254",
        "1886780721, ppid2, 4299",
        "1886780722, ppid2, 2434",
        "1886780721, ppid3, 5439",
        "1886780721, a very very very very very very very very very very very very very very very long ppd string, 6128"
    })
    void whatOptimizelyPublishesHolds(String experiment, String key, int number) {
        assertThat(bucketOf(Bucketing.optimizely(experiment), key) / 10).isEqualTo(number);
    }

    static Stream<Bucketing> foreign() {
        return Stream.of(
                Bucketing.unleash("checkout"),
                Bucketing.unleashNode("checkout"),
                Bucketing.launchDarkly("flag", "salt"),
                Bucketing.launchDarkly(-61),
                Bucketing.growthBook("seed"),
                Bucketing.growthBookCoverage("seed"),
                Bucketing.flagd(""),
                Bucketing.split(-7),
                Bucketing.splitLegacy(7),
                Bucketing.optimizely("1"),
                Bucketing.unleash("checkout").fromTheTop(),
                Bucketing.growthBook("seed").startingAt(Weight.percent(50)),
                Bucketing.modelgate().fromTheTop());
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void callersAreToldApartWithinWhatTheOtherSystemTellsApart(Bucketing bucketing) {
        SplittableRandom random = new SplittableRandom(20_261_129);
        int[] thousandths = new int[1_000];
        Set<Integer> spots = new HashSet<>();
        int keys = 200_000;
        for (int i = 0; i < keys; i++) {
            int spot = bucketing.spot(Caller.of("user-" + random.nextLong()), SALT);
            assertThat(spot >= 0 && spot < Spots.SPOTS).isTrue();
            thousandths[spot / (Spots.SPOTS / 1_000)]++;
            spots.add(spot);
        }
        double chiSquare = 0;
        for (int count : thousandths) {
            chiSquare += (count - 200.0) * (count - 200.0) / 200.0;
        }
        assertThat(chiSquare).as("chi-square of 1,000 cells").isBetween(999 - 4.5 * 44.7, 999 + 4.5 * 44.7);
        // 200,000 of 409,600,000 at random: 49 pairs share a spot; GrowthBook's coverage has two cells in its first.
        assertThat(spots.size()).isGreaterThan(keys - 120);
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void theLogHoldsAllOfIt(Bucketing bucketing) {
        Map<String, Object> data = bucketing.data();
        data.put("fineSalt", "0123456789abcdef");
        assertThat(Bucketing.of(data)).isEqualTo(bucketing).hasToString(bucketing.toString());
        data.put("since", "a later version");
        assertThat(Bucketing.of(data))
                .as("what is not understood is not passed over")
                .isNull();
    }

    /** One is asked by all threads that serve, and must not remember who was asked before. */
    @Test
    void whereACallerStandsDependsOnNoOtherCall() {
        List<Bucketing> shared = foreign().toList();
        for (int i = 0; i < shared.size(); i++) {
            Bucketing one = shared.get(i);
            int[] spots = IntStream.range(0, 5_000)
                    .parallel()
                    .map(key -> one.spot(Caller.of("user-" + key), SALT))
                    .toArray();
            for (int key = 0; key < spots.length; key += 100) {
                List<Bucketing> fresh = foreign().toList();
                assertThat(spots[key]).as("%s", one).isEqualTo(fresh.get(i).spot(Caller.of("user-" + key), SALT));
            }
        }
    }

    @Test
    void aShareOfSixtyBitsIsCutExactly() {
        BigInteger most = BigInteger.ONE.shiftLeft(60).subtract(BigInteger.ONE);
        BigInteger spots = BigInteger.valueOf(Spots.SPOTS);
        SplittableRandom random = new SplittableRandom(20_261_129);
        for (int i = 0; i < 100_000; i++) {
            int spot = i < 3 ? i + 1 : random.nextInt(1, Spots.SPOTS);
            // The least value that is in this spot, and the one before it, which is in the spot before.
            BigInteger[] parts = BigInteger.valueOf(spot).multiply(most).divideAndRemainder(spots);
            long least = parts[0].longValueExact() + (parts[1].signum() == 0 ? 0 : 1);
            assertThat(Placing.ofSixtyBits(least)).isEqualTo(spot);
            assertThat(Placing.ofSixtyBits(least - 1)).isEqualTo(spot - 1);
        }
        assertThat(Placing.ofSixtyBits(most.longValueExact())).isEqualTo(Spots.SPOTS - 1);
    }

    @Test
    void theLastRangeIsReadFromTheTop() {
        Bucketing bucketing = Bucketing.unleash("checkout");
        for (int i = 0; i < 10_000; i++) {
            String key = "user-" + i;
            assertThat(bucketOf(bucketing.fromTheTop(), key)).isEqualTo(99_999 - bucketOf(bucketing, key));
        }
    }

    @Test
    void aRangeInTheMiddleBeginsWhereItIsSaidTo() {
        Bucketing bucketing = Bucketing.growthBook("exp");
        Bucketing second = bucketing.startingAt(Weight.percent(50));
        int in = 0;
        for (int i = 0; i < 10_000; i++) {
            int bucket = bucketOf(bucketing, "user-" + i);
            boolean secondArm = bucket >= 50_000 && bucket < 55_000;
            assertThat(bucketOf(second, "user-" + i) < 5_000).isEqualTo(secondArm);
            in += secondArm ? 1 : 0;
        }
        assertThat(in).isBetween(400, 600);
    }

    @Test
    void aRolloutSendsWhomTheOtherSystemSent() {
        Log log = new Log();
        Router.Routing routing = log.write("rollout", data(Bucketing.unleash("checkout"), 30_000))
                .routing();
        for (int i = 0; i < 10_000; i++) {
            Caller caller = Caller.of("user-" + i);
            long number = new Murmur32(0).utf8("checkout:user-" + i).value() % 100 + 1;
            assertThat(routing.toCandidate(caller)).isEqualTo(number <= 30);
        }
        assertThat(routing.toCandidate(Caller.anonymous())).isFalse();
    }

    @Test
    void raisingTheWeightOnlyAddsCallersInAnyOrder() {
        foreign().forEach(bucketing -> {
            Log log = new Log().write("rollout", data(bucketing, 0));
            boolean[] before = new boolean[2_000];
            int in = 0;
            for (int weight = 500; weight <= 100_000; weight += 500) {
                Router.Routing routing = log.weight("r", weight).routing();
                for (int i = 0; i < before.length; i++) {
                    boolean now = routing.toCandidate(Caller.of("user-" + i));
                    assertThat(now || !before[i])
                            .as("%s at %d: user-%d", bucketing, weight, i)
                            .isTrue();
                    in += now && !before[i] ? 1 : 0;
                    before[i] = now;
                }
            }
            assertThat(in).isEqualTo(before.length);
        });
    }

    private static Map<String, Object> data(Bucketing bucketing, int weight) {
        return new RolloutStart("r", "v2", weight, SALT, List.of(), List.of(), Map.of(), Map.of(), bucketing).data();
    }

    @Test
    void aProcessThatDoesNotKnowTheOrderSendsNobody() {
        Map<String, Object> data = data(Bucketing.unleash("checkout"), 100_000);
        Map<String, Object> later = new HashMap<>(Bucketing.unleash("checkout").data());
        later.put("name", "unleash-9");
        data.put("bucketing", later);
        assertThat(new Log().write("rollout", data).routing().candidate()).isNull();
        data.put("bucketing", "unleash");
        assertThat(new Log().write("rollout", data).routing().candidate()).isNull();
        // Nor does one that is older than bucketings: it looks for the salt, which is not there.
        assertThat(data(Bucketing.unleash("checkout"), 1)).doesNotContainKey("salt");
        assertThat(data(Bucketing.modelgate(), 1)).containsKey("salt").doesNotContainKey("bucketing");
    }

    @Test
    void aParameterThatNoSystemHasIsRefused() {
        assertThatThrownBy(() -> Bucketing.unleash("")).hasMessage("groupId has 0 characters: expected 1 to 200");
        assertThatThrownBy(() -> Bucketing.launchDarkly("flag", "x".repeat(201)))
                .hasMessage("salt has 201 characters: expected 1 to 200");
        assertThatThrownBy(() -> Bucketing.flagd("\ud800"))
                .hasMessageContaining("prefix holds half of a surrogate pair");
    }

    @Test
    void keysAreHashedWithoutGarbageExceptBySha1() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Caller[] callers = new Caller[100];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = Caller.of((i % 2 == 0 ? "user-" : "bénutzer-") + i);
        }
        foreign().filter(bucketing -> !bucketing.name().equals("launchdarkly")).forEach(bucketing -> {
            int calls = 200_000;
            long sum = spots(bucketing, callers, calls); // warms up
            long before = threads.getCurrentThreadAllocatedBytes();
            sum -= spots(bucketing, callers, calls);
            long bytes = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(sum).isZero();
            assertThat(bytes).as("bytes by %d calls of %s", calls, bucketing).isLessThan(40L * calls);
        });
    }

    private static long spots(Bucketing bucketing, Caller[] callers, int calls) {
        long sum = 0;
        for (int i = 0; i < calls; i++) {
            sum += bucketing.spot(callers[i % callers.length], SALT);
        }
        return sum;
    }
}
