package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A line that comes from elsewhere is an entry exactly as it was written, or refused. */
class EntryLineTest {

    private static final int MUTATIONS = 3_000;
    private static final String TAIL = ",\"hash\":\"";

    private static Entry entry() {
        return Entry.after(
                new Head(41, "ab".repeat(32)),
                Decisions.with(
                        "k-1",
                        "é \ud83d\ude00 \" \\ \u0000 \n",
                        Map.of("list", List.of(1L, true, "x", Map.of("deep", List.of())), "n", Long.MIN_VALUE)));
    }

    /** The line with a hash that fits, as one who forges an entry would have it. */
    private static byte[] sealed(byte[] content) {
        String hash = HexFormat.of().formatHex(LineWriter.sha256().digest(content));
        byte[] tail = (TAIL + hash + "\"}").getBytes(StandardCharsets.US_ASCII);
        byte[] line = Arrays.copyOf(content, content.length + tail.length);
        System.arraycopy(tail, 0, line, content.length, tail.length);
        return line;
    }

    private static byte[] content(Entry entry) {
        byte[] line = entry.line();
        return Arrays.copyOf(line, line.length - TAIL.length() - 64 - 2);
    }

    private static byte[] mutated(byte[] bytes, Random random) {
        byte[] mutated = bytes.clone();
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(mutated.length);
            switch (random.nextInt(5)) {
                case 0 -> mutated[at] = (byte) random.nextInt(256);
                case 1 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> mutated = Arrays.copyOf(mutated, Math.max(1, at));
                case 3 -> {
                    byte[] longer = Arrays.copyOf(mutated, mutated.length + 1);
                    System.arraycopy(mutated, at, longer, at + 1, mutated.length - at);
                    mutated = longer;
                }
                default -> {
                    int from = random.nextInt(mutated.length);
                    int length = Math.min(random.nextInt(20), mutated.length - Math.max(at, from));
                    System.arraycopy(mutated.clone(), from, mutated, at, length);
                }
            }
        }
        return mutated;
    }

    @Test
    void aLineThatNobodyMayWriteIsNotRead() {
        byte[] line = new byte[LineWriter.MAX_BYTES];
        assertThatThrownBy(() -> Entry.parse(line))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(LineWriter.MAX_BYTES + " bytes; expected less than " + LineWriter.MAX_BYTES);
    }

    @Test
    void aLineReadsBackAsTheEntryThatItWas() {
        assertThat(Entry.parse(entry().line())).isEqualTo(entry());
        Entry first = Entry.after(Head.EMPTY, Decisions.kill("k-1"));
        assertThat(Entry.parse(first.line())).isEqualTo(first);
        Entry last = Entry.after(new Head(Long.MAX_VALUE - 1, "0".repeat(64)), Decisions.kill("k-1"));
        assertThat(Entry.parse(last.line())).isEqualTo(last);
    }

    @Test
    void aLineThatWasChangedIsRefused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] line = entry().line();
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mutated(line, random);
            try {
                assertThat(Entry.parse(mutated))
                        .as("seed %d, mutation %d", seed, i)
                        .isEqualTo(entry());
                assertThat(mutated).as("seed %d, mutation %d", seed, i).isEqualTo(line);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %d, mutation %d", seed, i).hasMessageStartingWith("not a line");
            }
        }
    }

    @Test
    void aForgedLineIsRefusedOrAnEntryThatIsWrittenLikeIt() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] content = content(entry());
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] forged = sealed(mutated(content, random));
            try {
                assertThat(Entry.parse(forged).line())
                        .as("seed %d, mutation %d", seed, i)
                        .isEqualTo(forged);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %d, mutation %d", seed, i).hasMessageStartingWith("not a line");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "null",
                "{\"v\":1",
                "{\"v\":1,\"seq\":",
                "\u0000",
                "{\"v\":1,\"seq\":99999999999999999999"
            })
    void whatIsNoLineIsRefused(String text) {
        assertThatThrownBy(() -> Entry.parse(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not a line of a control log");
    }

    @Test
    void placesThatNoLogHasAreRefused() {
        for (String seq : List.of("0", "-1", "042", "9223372036854775808")) {
            String forged =
                    new String(content(entry()), StandardCharsets.UTF_8).replace("\"seq\":42", "\"seq\":" + seq);
            assertThatThrownBy(() -> Entry.parse(sealed(forged.getBytes(StandardCharsets.UTF_8))))
                    .as(seq)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        String prev = new String(content(entry()), StandardCharsets.UTF_8).replace("ab".repeat(32), "not a hash");
        assertThatThrownBy(() -> Entry.parse(sealed(prev.getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("previous hash");
    }

    @Test
    void aLineWithItsNewlineOrTwoLinesAreNone() {
        byte[] line = entry().line();
        byte[] ended = Arrays.copyOf(line, line.length + 1);
        ended[line.length] = '\n';
        assertThatThrownBy(() -> Entry.parse(ended)).isInstanceOf(IllegalArgumentException.class);
        byte[] twice = Arrays.copyOf(line, 2 * line.length);
        System.arraycopy(line, 0, twice, line.length, line.length);
        assertThatThrownBy(() -> Entry.parse(twice)).isInstanceOf(IllegalArgumentException.class);
    }
}
