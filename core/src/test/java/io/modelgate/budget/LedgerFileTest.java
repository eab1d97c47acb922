package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LedgerFileTest {

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("ledger");
    }

    private Path head() {
        return directory.resolve("ledger.head");
    }

    @Test
    void aClosedLedgerRemembersExactly() {
        try (LedgerFile ledger = LedgerFile.open(path())) {
            ledger.raise("tenant", "a", 7, 100);
            ledger.raise("tenant", "a", 7, 50);
            ledger.raise("tenant", "a", 8, 10);
            ledger.exact("tenant", "a", 8, 3);
        }
        try (LedgerFile ledger = LedgerFile.open(path())) {
            assertThat(ledger.repaired()).isEmpty();
            assertThat(ledger.mark("tenant", "a", 7)).isEqualTo(100);
            assertThat(ledger.mark("tenant", "a", 8)).isEqualTo(3);
            assertThat(ledger.mark("tenant", "b", 7)).isZero();
        }
    }

    @Test
    void marksOfPeriodsThatAreOverAreDropped() {
        try (LedgerFile ledger = LedgerFile.open(path())) {
            ledger.raise("tenant", "a", 7, 100);
            ledger.raise("tenant", "a", 8, 10);
        }
        try (LedgerFile ledger = LedgerFile.open(path(), (budget, period) -> period < 8)) {
            assertThat(ledger.mark("tenant", "a", 7)).isZero();
            assertThat(ledger.mark("tenant", "a", 8)).isEqualTo(10);
        }
    }

    @Test
    void aLedgerHasOneOwner() {
        try (LedgerFile ledger = LedgerFile.open(path())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> LedgerFile.open(path()))
                    .withMessageContaining("in use by this process");
            ledger.raise("tenant", "a", 7, 1);
        }
        LedgerFile.open(path()).close();
    }

    @Test
    void everyFlippedBitIsRefusedWithItsLine() throws IOException {
        byte[] bytes = written();
        for (int i = 0; i < bytes.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = bytes.clone();
                damaged[i] ^= (byte) (1 << bit);
                Files.write(path(), damaged);
                assertThatThrownBy(() -> LedgerFile.open(path()).close())
                        .as("byte %d, bit %d", i, bit)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("damaged at line ");
            }
        }
    }

    @Test
    void everyCutIsReportedOrRefusedAndForgetsNoCompleteLine() throws IOException {
        byte[] bytes = written();
        int header = "modelgate-ledger 1 00000000".length();
        byte[] head = Files.readAllBytes(head());
        for (int length = 0; length < bytes.length; length++) {
            Files.write(path(), Arrays.copyOf(bytes, length));
            Files.write(head(), head);
            assertThatIllegalStateException()
                    .as("cut to %d", length)
                    .isThrownBy(() -> LedgerFile.open(path()))
                    .withMessageContaining(length <= header ? "damaged at line 1," : "has become shorter");
            if (length <= header) {
                continue;
            }
            // As a process leaves it that dies before it can make the rest durable.
            Files.delete(head());
            Map<String, Long> complete = new HashMap<>();
            // A line that lacks only its newline is complete as well.
            for (String line : new String(bytes, 0, Math.min(bytes.length, length + 1), StandardCharsets.US_ASCII)
                    .split("(?<=\n)", -1)) {
                String[] words = line.split(" ", -1);
                if (words.length == 6 && line.endsWith("\n")) {
                    complete.put(words[2], Long.parseLong(words[4]));
                }
            }
            try (LedgerFile ledger = LedgerFile.open(path())) {
                assertThat(ledger.repaired()).as("cut to %d", length).isPresent();
                for (String key : new String[] {"a", "b"}) {
                    assertThat(ledger.mark("tenant", key, 7))
                            .as("%s, cut to %d", key, length)
                            .isEqualTo(complete.getOrDefault(key, 0L));
                }
            }
        }
    }

    private byte[] written() throws IOException {
        try (LedgerFile ledger = LedgerFile.open(path())) {
            ledger.raise("tenant", "a", 7, 100);
            ledger.raise("tenant", "b", 7, 20);
            ledger.raise("tenant", "a", 7, 200);
        }
        return Files.readAllBytes(path());
    }

    @Test
    void aFailedWriteRaisesNothingAndLeavesNothingBehind() {
        boolean[] full = {false};
        Disk disk = new Disk() {
            @Override
            void write(RandomAccessFile file, long at, byte[] bytes) throws IOException {
                if (full[0]) {
                    super.write(file, at, Arrays.copyOf(bytes, bytes.length / 2));
                    throw new IOException("No space left on device");
                }
                super.write(file, at, bytes);
            }
        };
        try (LedgerFile ledger = LedgerFile.open(path(), (budget, period) -> false, disk)) {
            ledger.raise("tenant", "a", 7, 100);
            full[0] = true;
            assertThatThrownBy(() -> ledger.raise("a-long-name-of-a-budget", "a", 7, 200))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(path().toString());
            assertThat(ledger.mark("a-long-name-of-a-budget", "a", 7)).isZero();
            assertThatThrownBy(() -> ledger.compact((budget, period) -> true)).isInstanceOf(UncheckedIOException.class);
            assertThat(ledger.mark("tenant", "a", 7)).isEqualTo(100);
            full[0] = false;
            ledger.raise("b", "a", 7, 5);
        }
        try (LedgerFile ledger = LedgerFile.open(path())) {
            assertThat(ledger.repaired()).isEmpty();
            assertThat(ledger.mark("tenant", "a", 7)).isEqualTo(100);
            assertThat(ledger.mark("b", "a", 7)).isEqualTo(5);
        }
    }

    @Test
    @Timeout(120)
    void killingTheProcessForgetsNoRaisedMark() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, Long> raised = new HashMap<>();
        for (int round = 0; round < 12; round++) {
            Process child = RaisingProcess.start(path());
            try (BufferedReader out = child.inputReader()) {
                note(out.readLine(), raised);
                LockSupport.parkNanos(random.nextInt(20_000_000));
                child.toHandle().destroyForcibly();
                for (String line = out.readLine(); line != null; line = out.readLine()) {
                    note(line, raised);
                }
            }
            child.waitFor();
            try (LedgerFile ledger = LedgerFile.open(path())) {
                assertThat(ledger.repaired()).isPresent();
                raised.forEach((key, mark) -> assertThat(ledger.mark("tenant", key, 7))
                        .as("seed %d, %s", seed, key)
                        .isBetween(mark, mark + 1));
                raised.replaceAll((key, mark) -> ledger.mark("tenant", key, 7)); // raised, and maybe not said any more
            }
        }
    }

    private static void note(String line, Map<String, Long> raised) {
        String[] words = line.split(" ", -1);
        if (words.length == 2 && !words[1].isEmpty()) {
            raised.merge(words[0], Long.parseLong(words[1]), Math::max);
        }
    }
}
