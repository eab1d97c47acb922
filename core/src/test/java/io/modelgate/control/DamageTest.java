package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A damaged log of four entries opens with a state that holds everything that was acknowledged, or is refused with the place:
 * tried with every damage of one byte, every cut, every line removed and every two lines swapped; once with all four entries
 * acknowledged, once with only two, as after a crash between the log's fsync and the head file's.
 */
class DamageTest {

    private static final int ENTRIES = 4;

    @TempDir
    static Path directory;

    private static Stderr stderr;
    private static Path log;
    private static byte[] pristine;
    private static byte[] headOfFour;
    private static byte[] headOfTwo;
    private static List<Entry> entries;
    /** Where each line begins, and where the last one ends. */
    private static List<Integer> starts;

    @BeforeAll
    static void writeFourEntries() throws IOException {
        stderr = new Stderr();
        log = directory.resolve("modelgate.log");
        try (FileControlLog file = FileControlLog.open(log)) {
            file.append(List.of(small("1"), small("2")));
            headOfTwo = Files.readAllBytes(head());
            file.append(List.of(small("3"), small("4")));
            entries = Decisions.all(file);
        }
        pristine = Files.readAllBytes(log);
        headOfFour = Files.readAllBytes(head());
        starts = new ArrayList<>(List.of(0));
        for (int i = 0; i < pristine.length; i++) {
            if (pristine[i] == '\n') {
                starts.add(i + 1);
            }
        }
        assertThat(starts).hasSize(ENTRIES + 1);
    }

    /** Most of a line is its frame; what is damaged in a longer reason makes no difference. */
    private static Decision small(String id) {
        return Decisions.with(id, "é", Map.of("n", 1L));
    }

    @AfterAll
    static void showTheLogAgain() {
        stderr.close();
    }

    @Test
    void everyChangedByteOfAnAcknowledgedLineIsRefusedWithItsLine() throws IOException {
        for (int i = 0; i < pristine.length; i++) {
            for (byte[] damaged : flipped(pristine, i)) {
                refused(damaged, headOfFour, lineAt(i), "byte " + i + " changed to " + damaged[i]);
            }
        }
    }

    @Test
    void everyChangedByteOfAnUnacknowledgedLineIsRefusedWithItsLineUnlessItOnlyTearsTheLast() throws IOException {
        int last = pristine.length - 1;
        for (int i = starts.get(2); i < last; i++) {
            for (byte[] damaged : flipped(pristine, i)) {
                refused(damaged, headOfTwo, lineAt(i), "byte " + i + " changed to " + damaged[i]);
            }
        }
        for (byte[] damaged : flipped(pristine, last)) {
            opened(damaged, headOfTwo, 3, "the last newline changed to " + damaged[last]);
        }
    }

    @Test
    void everyCutIntoWhatWasAcknowledgedIsRefusedWithItsLine() throws IOException {
        for (int length = 0; length < pristine.length; length++) {
            refused(Arrays.copyOf(pristine, length), headOfFour, lineAt(length), "cut to " + length);
        }
        for (int length = 0; length < starts.get(2); length++) {
            refused(Arrays.copyOf(pristine, length), headOfTwo, lineAt(length), "cut to " + length);
        }
    }

    @Test
    void everyOtherCutOpensWithTheCompleteLines() throws IOException {
        for (int length = starts.get(2); length <= pristine.length; length++) {
            opened(Arrays.copyOf(pristine, length), headOfTwo, lineAt(length) - 1, "cut to " + length);
        }
    }

    @Test
    void everyRemovedLineIsRefused() throws IOException {
        for (int line = 1; line <= ENTRIES; line++) {
            byte[] damaged = lines(without(line));
            refused(damaged, headOfFour, line, "line " + line + " removed");
            if (line < ENTRIES) {
                refused(damaged, headOfTwo, line, "line " + line + " removed");
            }
        }
        opened(lines(without(ENTRIES)), headOfTwo, 3, "an unacknowledged last line removed");
    }

    @Test
    void swappedAndRepeatedLinesAreRefused() throws IOException {
        for (int one = 1; one <= ENTRIES; one++) {
            for (int other = one + 1; other <= ENTRIES; other++) {
                List<Integer> order = new ArrayList<>(List.of(1, 2, 3, 4));
                order.set(one - 1, other);
                order.set(other - 1, one);
                refused(lines(order), headOfFour, one, "lines " + one + " and " + other + " swapped");
                refused(lines(order), headOfTwo, one, "lines " + one + " and " + other + " swapped");
            }
            refused(lines(List.of(1, 2, 3, 4, one)), headOfFour, 5, "line " + one + " repeated");
        }
    }

    @Test
    void everyDamageOfTheHeadFileIsRefusedByItsName() throws IOException {
        for (byte[] head : List.of(headOfTwo, headOfFour)) {
            for (int i = 0; i < head.length; i++) {
                for (byte[] damaged : flipped(head, i)) {
                    refusedHead(damaged, "byte " + i + " changed to " + damaged[i]);
                }
                refusedHead(Arrays.copyOf(head, i), "cut to " + i);
            }
            refusedHead(Arrays.copyOf(head, head.length + 1), "one byte more");
        }
        refusedHead(null, "removed");
    }

    @Test
    void aLogThatIsGoneIsRefusedByTheHeadFile() throws IOException {
        refused(new byte[0], headOfTwo, 1, "emptied");
        refused(null, headOfTwo, 1, "removed");
    }

    private static void opened(byte[] bytes, byte[] head, int size, String damage) throws IOException {
        lay(bytes, head);
        int torn = bytes.length - starts.get(size);
        Verification before = FileControlLog.verify(log);
        assertThat(before.intact()).as(damage + ": " + before.problem()).isTrue();
        assertThat(before.tornBytes()).as(damage).isEqualTo(torn);
        assertThat(before.entries()).as(damage).isEqualTo(size);

        try (FileControlLog file = FileControlLog.open(log)) {
            assertThat(Decisions.all(file)).as(damage).isEqualTo(entries.subList(0, size));
            assertThat(Files.size(log)).as(damage).isEqualTo((long) starts.get(size));
            if (torn > 0) {
                assertThat(file.tornTail()).as(damage).contains(new TornTail(size + 1, starts.get(size), torn));
            } else {
                assertThat(file.tornTail()).as(damage).isEmpty();
            }
            assertThat(file.append(Decisions.kills("next")).get(0).seq())
                    .as(damage)
                    .isEqualTo(size + 1);
        }
        Verification after = FileControlLog.verify(log);
        assertThat(after.intact()).as(damage + ": " + after.problem()).isTrue();
        assertThat(after.entries()).as(damage).isEqualTo(size + 1);
        assertThat(after.tornBytes()).as(damage).isZero();
    }

    private static void refused(byte[] bytes, byte[] head, int line, String damage) throws IOException {
        lay(bytes, head);
        assertThatThrownBy(() -> FileControlLog.open(log).close())
                .as(damage)
                .isExactlyInstanceOf(ControlLogException.class)
                .hasMessageContaining("line " + line + ": ")
                .hasMessageContaining(log.toString());
        Verification found = FileControlLog.verify(log);
        assertThat(found.intact()).as(damage).isFalse();
        if (bytes != null) {
            assertThat(found.problemLine()).as(damage + ": " + found.problem()).isEqualTo(line);
            assertThat(Files.readAllBytes(log)).as(damage + ": left as it was").isEqualTo(bytes);
        }
    }

    private static void refusedHead(byte[] head, String damage) throws IOException {
        lay(pristine, head);
        assertThatThrownBy(() -> FileControlLog.open(log).close())
                .as("head file: " + damage)
                .isExactlyInstanceOf(ControlLogException.class)
                .hasMessageContaining(head().toString())
                .hasMessageContaining("modelgate log seal " + log);
        assertThat(FileControlLog.verify(log).intact()).as(damage).isFalse();
        assertThat(Files.readAllBytes(log)).as(damage).isEqualTo(pristine);
    }

    private static void lay(byte[] bytes, byte[] head) throws IOException {
        put(log, bytes);
        put(head(), head);
    }

    private static void put(Path file, byte[] bytes) throws IOException {
        if (bytes == null) {
            Files.delete(file);
        } else {
            Files.write(file, bytes);
        }
    }

    private static Path head() {
        return directory.resolve("modelgate.log.head");
    }

    /** The bytes with one of them changed, in several ways. */
    private static List<byte[]> flipped(byte[] bytes, int at) {
        List<byte[]> all = new ArrayList<>();
        for (byte other : new byte[] {(byte) (bytes[at] ^ 0x01), (byte) (bytes[at] ^ 0x80), '\n'}) {
            if (other != bytes[at]) {
                byte[] changed = bytes.clone();
                changed[at] = other;
                all.add(changed);
            }
        }
        return all;
    }

    private static int lineAt(int offset) {
        for (int line = 1; line <= ENTRIES; line++) {
            if (offset < starts.get(line)) {
                return line;
            }
        }
        return ENTRIES + 1;
    }

    private static List<Integer> without(int line) {
        List<Integer> order = new ArrayList<>(List.of(1, 2, 3, 4));
        order.remove(Integer.valueOf(line));
        return order;
    }

    private static byte[] lines(List<Integer> order) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        order.forEach(line -> bytes.write(pristine, starts.get(line - 1), starts.get(line) - starts.get(line - 1)));
        return bytes.toByteArray();
    }
}
