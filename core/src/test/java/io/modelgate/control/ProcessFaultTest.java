package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that run into a limit, or are killed, while they append. */
class ProcessFaultTest {

    @TempDir
    Path directory;

    @Test
    @Timeout(120)
    void whatAFileSizeLimitPreventsIsNotAcknowledgedAndStoredByTheRetry() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash to set the limit with");
        Path path = directory.resolve("modelgate.log");
        List<String> stored;
        String failed;
        // 64 KB, and 10 KB an entry: the write that crosses the limit is cut short by the system.
        try (ChildJvm child =
                ChildJvm.withFileSizeLimit(64, AppendingProcess.class, path.toString(), "k-", "100", "10000")) {
            List<String> lines = child.remainingLines();
            assertThat(child.exitValue()).isZero();
            failed = lines.remove(lines.size() - 1);
            stored = ids(lines);
        }
        assertThat(stored).hasSize(6);
        assertThat(failed).startsWith("failed k-6 control log " + path).contains("again with the same ids is safe");
        assertThat(FileControlLog.verify(path).entries()).isEqualTo(6);
        assertThat(FileControlLog.verify(path).tornBytes()).isZero();

        try (ChildJvm child = new ChildJvm(AppendingProcess.class, path.toString(), "k-", "8", "10000")) {
            assertThat(ids(child.remainingLines()))
                    .containsExactly("k-0", "k-1", "k-2", "k-3", "k-4", "k-5", "k-6", "k-7");
        }
        try (FileControlLog log = FileControlLog.open(path)) {
            assertThat(Decisions.ids(Decisions.all(log)))
                    .containsExactly("k-0", "k-1", "k-2", "k-3", "k-4", "k-5", "k-6", "k-7");
        }
    }

    @Test
    @Timeout(180)
    void noAcknowledgedEntryIsLostWhenTheProcessIsKilled() throws Exception {
        killing(20);
    }

    @Test
    @Tag("soak")
    @Timeout(1800)
    void noAcknowledgedEntryIsLostWhenTheProcessIsKilledAThousandTimes() throws Exception {
        killing(1_000);
    }

    /** Rounds on one file: a process appends until it is killed, and this one looks at what is there. */
    private void killing(int rounds) throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path path = directory.resolve("modelgate.log");
        Set<String> acknowledged = new HashSet<>();
        long head = 0;
        int torn = 0;
        for (int round = 1; round <= rounds; round++) {
            String place = "seed " + seed + ", round " + round;
            List<String> stored = new ArrayList<>();
            String length = String.valueOf(random.nextBoolean() ? 10 : random.nextInt(20_000));
            try (ChildJvm child =
                    new ChildJvm(AppendingProcess.class, path.toString(), "r" + round + "-", "1000000", length)) {
                if (random.nextInt(4) > 0) {
                    // Mostly in the middle of appending; otherwise anywhere, opening included.
                    stored.addAll(ids(List.of(child.line())));
                    LockSupport.parkNanos(
                            random.nextInt((int) Duration.ofMillis(20).toNanos()));
                } else {
                    LockSupport.parkNanos(
                            random.nextInt((int) Duration.ofMillis(400).toNanos()));
                }
                child.kill();
                stored.addAll(ids(child.remainingLines()));
                child.exitValue();
            }
            acknowledged.addAll(stored);

            Verification found = FileControlLog.verify(path);
            if (found.head().seq() == 0 && !Files.exists(path)) {
                continue;
            }
            assertThat(found.problem()).as(place).isNull();
            torn += found.tornBytes() > 0 ? 1 : 0;
            try (Stderr stderr = new Stderr();
                    FileControlLog log = FileControlLog.open(path)) {
                List<Entry> fresh = log.read(head, Integer.MAX_VALUE);
                assertThat(Decisions.ids(fresh)).as(place).containsAll(stored);
                // What was written and not acknowledged may be there: the one append that was under way.
                assertThat(fresh.size()).as(place).isBetween(stored.size(), stored.size() + 1);
                head = log.head().seq();
            }
        }
        try (FileControlLog log = FileControlLog.open(path)) {
            assertThat(Decisions.ids(Decisions.all(log))).as("seed %d", seed).containsAll(acknowledged);
        }
        System.out.printf(
                "%d processes killed (seed %d): %d entries acknowledged, %d in the log, %d torn tails%n",
                rounds, seed, acknowledged.size(), head, torn);
    }

    private static List<String> ids(List<String> lines) {
        assertThat(lines).allMatch(line -> line.startsWith("stored "));
        return lines.stream().map(line -> line.substring("stored ".length())).toList();
    }
}
