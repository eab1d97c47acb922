package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a ledger from outside: cut, swapped, removed, linked, opened twice. */
class LedgerDamageTest {

    @TempDir
    Path directory;

    private Path path() {
        return directory.resolve("ledger");
    }

    private Path head() {
        return directory.resolve("ledger.head");
    }

    private byte[] written(boolean closed) throws IOException {
        LedgerFile ledger = LedgerFile.open(path());
        for (int i = 1; i <= 8; i++) {
            ledger.raise("tenant", "k" + i, 7, 100L * i);
        }
        ledger.sync();
        byte[] bytes = Files.readAllBytes(path());
        byte[] head = Files.readAllBytes(head());
        ledger.close();
        if (!closed) {
            Files.write(path(), bytes);
            Files.write(head(), head);
        }
        return Files.readAllBytes(path());
    }

    private void refused(String message) {
        assertThatIllegalStateException()
                .isThrownBy(() -> LedgerFile.open(path()).close())
                .withMessageContaining(path().toString())
                .withMessageContaining(message);
    }

    @Test
    void aLineThatIsMissingSwappedOrTwiceIsRefusedWithItsNumber() throws IOException {
        List<String> lines =
                new String(written(false), StandardCharsets.US_ASCII).lines().toList();
        for (int i = 0; i < lines.size() - 1; i++) {
            List<String> swapped = new ArrayList<>(lines);
            Collections.swap(swapped, i, i + 1);
            write(swapped);
            refused("damaged at line " + (i + 1) + ",");
            List<String> without = new ArrayList<>(lines);
            without.remove(i);
            write(without);
            refused("damaged at line " + (i + 1) + ",");
            List<String> twice = new ArrayList<>(lines);
            twice.add(i, lines.get(i));
            write(twice);
            refused("damaged at line " + (i + 2) + ",");
        }
    }

    private void write(List<String> lines) throws IOException {
        Files.writeString(path(), String.join("\n", lines) + "\n");
    }

    @Test
    void aLedgerThatIsShorterThanItsHeadIsRefusedAndKept() throws IOException {
        for (boolean closed : new boolean[] {false, true}) {
            byte[] bytes = written(closed);
            int lastLine = new String(bytes, 0, bytes.length - 1, StandardCharsets.US_ASCII).lastIndexOf('\n') + 1;
            byte[] cut = Arrays.copyOf(bytes, lastLine);
            Files.write(path(), cut);
            refused("has become shorter: it has " + cut.length + " bytes, and had " + bytes.length);
            assertThat(path()).hasBinaryContent(cut);
            Files.delete(head());
            try (LedgerFile ledger = LedgerFile.open(path())) {
                assertThat(ledger.repaired())
                        .hasValueSatisfying(text -> assertThat(text)
                                .contains("it has no head file")
                                .doesNotContain("nothing that was made durable is missing"));
                assertThat(ledger.mark("tenant", "k7", 7)).isEqualTo(700);
            }
            Files.delete(path());
            Files.delete(head());
        }
    }

    @Test
    void aLedgerThatIsGoneOrAnotherIsRefused() throws IOException {
        byte[] bytes = written(true);
        Files.delete(path());
        refused("is missing, but had " + bytes.length + " bytes");
        try (LedgerFile other = LedgerFile.open(directory.resolve("other"))) {
            for (int i = 0; i < 50; i++) {
                other.raise("tenant", "k" + i, 8, 1);
            }
        }
        Files.copy(directory.resolve("other"), path());
        refused("is not the one that was last made durable");
    }

    @Test
    void aLedgerThatWentOnSinceItWasMadeDurableIsAccepted() throws IOException {
        byte[] bytes;
        byte[] head;
        try (LedgerFile ledger = LedgerFile.open(path())) {
            ledger.raise("tenant", "a", 7, 1);
            ledger.sync();
            head = Files.readAllBytes(head());
            ledger.raise("tenant", "a", 7, 2);
            bytes = Files.readAllBytes(path());
        }
        Files.write(path(), bytes);
        Files.write(head(), head);
        try (LedgerFile ledger = LedgerFile.open(path())) {
            assertThat(ledger.repaired())
                    .hasValueSatisfying(text -> assertThat(text)
                            .contains(
                                    "not closed, as when a process is killed",
                                    "nothing that was made durable is missing"));
            assertThat(ledger.mark("tenant", "a", 7)).isEqualTo(2);
        }
    }

    @Test
    void everyFlippedBitOfTheHeadIsRefused() throws IOException {
        written(true);
        byte[] bytes = Files.readAllBytes(head());
        for (int i = 0; i < bytes.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = bytes.clone();
                damaged[i] ^= (byte) (1 << bit);
                Files.write(head(), damaged);
                refused("head file " + head() + " is damaged");
            }
            Files.write(head(), Arrays.copyOf(bytes, i));
            refused("head file " + head() + " is damaged");
        }
    }

    @Test
    void whatIsNoLedgerIsRefusedAndLeftAlone() throws IOException {
        byte[][] others = {
            {},
            {'\n'},
            new byte[10_000],
            "a=b\n".getBytes(StandardCharsets.US_ASCII),
            "x".repeat(100_000).getBytes(StandardCharsets.US_ASCII)
        };
        for (byte[] other : others) {
            Files.write(path(), other);
            refused("damaged at line 1, byte 0");
            assertThat(path()).hasBinaryContent(other);
        }
        Path nowhere = directory.resolve("no/such/ledger");
        for (Path wrong : new Path[] {directory, nowhere}) {
            assertThatThrownBy(() -> LedgerFile.open(wrong))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot open the ledger " + wrong);
        }
    }

    @Test
    void theFileThatALinkLeadsToIsTheLedger() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real")).resolve("file");
        LedgerFile.open(real).close();
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("real", "file"));
        try (LedgerFile ledger = LedgerFile.open(link)) {
            assertThatIllegalStateException().isThrownBy(() -> LedgerFile.open(real));
            ledger.raise("tenant", "a", 7, 5);
        }
        assertThat(link).isSymbolicLink();
        try (LedgerFile ledger = LedgerFile.open(real)) {
            assertThat(ledger.mark("tenant", "a", 7)).isEqualTo(5);
        }
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nothing"));
        assertThatThrownBy(() -> LedgerFile.open(dangling))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("a link to nothing, which does not exist");
    }

    @Test
    void aLedgerThatIsRemovedReplacedOrCutWhileOpenIsWrittenAnew() throws IOException {
        byte[] other = written(true);
        Files.delete(path());
        Files.delete(head());
        LedgerFile ledger = LedgerFile.open(path());
        for (int how = 1; how <= 3; how++) {
            ledger.raise("tenant", "a", 7, 10L * how);
            if (how == 1) {
                Files.delete(path());
            } else if (how == 2) {
                Path moved = Files.write(directory.resolve("moved"), other);
                Files.move(moved, path(), StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.write(path(), new byte[0]);
            }
            ledger.sync();
            ledger.raise("tenant", "b", 7, 10L * how);
            ledger.sync();
            Path copy = directory.resolve("copy" + how);
            Files.copy(path(), copy);
            Files.copy(head(), directory.resolve("copy" + how + ".head"));
            try (LedgerFile left = LedgerFile.open(copy)) {
                assertThat(left.mark("tenant", "a", 7)).isEqualTo(10L * how);
                assertThat(left.mark("tenant", "b", 7)).isEqualTo(10L * how);
                assertThat(left.mark("tenant", "k1", 7)).isZero();
            }
        }
        Files.delete(path());
        ledger.close();
        try (LedgerFile after = LedgerFile.open(path())) {
            assertThat(after.repaired()).isEmpty();
            assertThat(after.mark("tenant", "a", 7)).isEqualTo(30);
        }
    }

    @Test
    void itKeepsItsPermissions() throws IOException {
        LedgerFile.open(path()).close();
        Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-------"));
        LedgerFile.open(path()).close();
        assertThat(Files.getPosixFilePermissions(path())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    @Timeout(60)
    void anotherProcessIsRefusedUntilTheOwnerEnds() throws Exception {
        Process child = RaisingProcess.start(path());
        try (BufferedReader out = child.inputReader()) {
            assertThat(out.readLine()).isNotNull();
            assertThatIllegalStateException()
                    .isThrownBy(() -> LedgerFile.open(path()))
                    .withMessageContaining("in use by another process");
        } finally {
            child.toHandle().destroyForcibly();
            child.waitFor();
        }
        LedgerFile.open(path()).close();
    }
}
