package io.modelgate.redis.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Entry;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A fleet of real processes on a real Redis, all of which is killed, stopped, cut off, and robbed of its data while decisions are made.
 * The system property {@code chaos.seed} repeats a schedule, {@code chaos.seconds} its length.
 */
class ChaosTest {

    @BeforeEach
    void needsTheBinary() {
        RedisServer.assumeAvailable();
    }

    @Test
    void aSmallFleetKeepsItsRules() throws Exception {
        run(4, Duration.ofSeconds(Long.getLong("chaos.seconds", 40)), 700, 20);
    }

    @Test
    @Tag("soak")
    void aFleetKeepsItsRules() throws Exception {
        run(20, Duration.ofSeconds(Long.getLong("chaos.seconds", 600)), 400, 80);
    }

    private static void run(int size, Duration duration, int faultEveryMillis, int pauseMillis) throws Exception {
        long seed = Long.getLong("chaos.seed", new Random().nextInt(1_000_000));
        // Every second seed.
        boolean sentinels = seed % 2 == 1;
        System.out.println("chaos: seed " + seed + ", " + size + " processes" + (sentinels ? ", sentinels" : ""));
        Path folder = Files.createTempDirectory("chaos-" + seed + "-");
        Random random = new Random(seed);
        Chaos chaos;
        Map<String, List<String>> journals = new TreeMap<>();
        List<String> stream;
        try (Fleet fleet = new Fleet(folder, size, sentinels, random, pauseMillis)) {
            chaos = new Chaos(fleet, random);
            try {
                chaos.startAll();
                chaos.run(duration, faultEveryMillis);
                stream = chaos.settle();
            } catch (RuntimeException e) {
                throw new IllegalStateException(
                        "seed " + seed + ", journals in " + folder + ", schedule:\n"
                                + String.join("\n", chaos.schedule()),
                        e);
            } finally {
                Files.write(folder.resolve("schedule"), chaos.schedule());
            }
            assertThat(fleet.processes)
                    .as("seed %d, output in %s: nobody ends by itself", seed, folder)
                    .noneMatch(FleetJvm::gaveUp);
            fleet.processes.forEach(FleetJvm::quit);
            for (FleetJvm process : fleet.processes) {
                journals.put(process.name, process.journal());
            }
        }
        judge(seed, folder, journals, stream, chaos.schedule());
    }

    private static void judge(
            long seed, Path folder, Map<String, List<String>> journals, List<String> stream, List<String> schedule)
            throws IOException {
        long lives = journals.values().stream()
                .flatMap(List::stream)
                .filter(line -> line.startsWith(Life.BOOT))
                .count();
        int lost = (int) lives - journals.size();
        Checker checker = new Checker(journals, FleetBudgets.bounds(lost));
        checker.stream(stream.stream()
                .map(line -> Entry.parse(line.getBytes(StandardCharsets.UTF_8)))
                .toList());
        List<Violation> violations = checker.check();
        System.out.println("chaos: seed " + seed + ": " + checker.figures());
        assertThat(violations)
                .withFailMessage(() -> "seed " + seed + ", journals in " + folder + ", broken:\n"
                        + violations.stream().map(Violation::toString).collect(Collectors.joining("\n"))
                        + "\nschedule:\n" + String.join("\n", schedule))
                .isEmpty();
        Fleet.delete(folder);
    }
}
