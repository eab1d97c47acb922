package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineFormatTest {

    /** The line of {@code docs/control-log.md}; a change here is a new format version. */
    private static final String FIRST =
            "{\"v\":1,\"seq\":1,\"id\":\"k-1\",\"at\":\"2026-11-21T03:00:00.123Z\",\"type\":\"kill\",\"critical\":true,"
                    + "\"gate\":\"credit-risk\",\"actor\":\"alice\",\"auth\":\"asserted\",\"reason\":\"approval rate fell\","
                    + "\"data\":{\"matches\":7,\"version\":\"v2\",\"where\":[\"region\",\"eu\"]},"
                    + "\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\"";

    @Test
    void theSameDecisionAtTheSamePlaceGivesTheSameBytes() throws Exception {
        assertThat(write(1, Decisions.kill("k-1"), Entry.GENESIS)).isEqualTo(sealed(FIRST) + "\n");
        Map<String, Object> otherOrder = new LinkedHashMap<>();
        otherOrder.put("where", List.of("region", "eu"));
        otherOrder.put("version", "v2");
        otherOrder.put("matches", 7L);
        assertThat(write(1, Decisions.with("k-1", "approval rate fell", otherOrder), Entry.GENESIS))
                .isEqualTo(sealed(FIRST) + "\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"\\/\b\f\n\r\t\u0000\u001f",
                "\u007f\u0085\u009b\u00a0é\u2028\u2029\ufeff\uffff\ufffd",
                "\ud83d\ude00 pair, \ud83d high alone, \ude00 low alone, \ude00\ud83d swapped",
                "\",\"hash\":\"",
                "}\n{\"v\":1",
                "\\u0041 \\\\u0041 \\"
            })
    void everyStringReadsBackAsItWasWritten(String text) throws Exception {
        Decision decision = new Decision(
                "x",
                Decisions.AT,
                "kill",
                false,
                "*",
                "a" + text,
                "b" + text,
                text,
                Map.of(text, List.of(text, Map.of(text, text))));
        String line = write(7, decision, "a".repeat(64));
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        assertThat(line.chars()).allMatch(c -> c == '\n' || !Character.isISOControl(c));
        assertThat(read(line, 7, "a".repeat(64)).decision()).isEqualTo(decision);
    }

    @Test
    void randomStringsReadBackAsTheyWereWritten() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                text.append((char) (random.nextBoolean() ? random.nextInt(0x100) : random.nextInt(0x10000)));
            }
            Decision decision = Decisions.with("x", text.toString(), Map.of(text.toString(), random.nextLong()));
            assertThat(read(write(1, decision, Entry.GENESIS), 1, Entry.GENESIS).decision())
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(decision);
        }
    }

    @Test
    void everyValueReadsBackAsItWasWritten() throws Exception {
        Map<String, Object> data = Map.of(
                "max",
                Long.MAX_VALUE,
                "min",
                Long.MIN_VALUE,
                "zero",
                0L,
                "yes",
                true,
                "no",
                false,
                "list",
                List.of(),
                "map",
                Map.of(),
                "deep",
                List.of(Map.of("a", List.of(1L, true, "x"))));
        assertThat(read(write(1, Decisions.with("x", "", data), Entry.GENESIS), 1, Entry.GENESIS)
                        .decision()
                        .data())
                .isEqualTo(data);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000-01-01T00:00:00.000Z",
                "9999-12-31T23:59:59.999Z",
                "1970-01-01T00:00:00.001Z",
                "2024-02-29T12:00:00.100Z"
            })
    void everyTimeReadsBackAsItWasWritten(String at) throws Exception {
        Decision decision = new Decision("x", Instant.parse(at), "kill", false, "*", "a", "b", "", Map.of());
        String line = write(1, decision, Entry.GENESIS);
        assertThat(line).contains("\"at\":\"" + at + "\"");
        assertThat(read(line, 1, Entry.GENESIS).decision().at()).isEqualTo(Instant.parse(at));
    }

    /** With a hash that fits, so that only the rule in question refuses the line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '#',
            value = {
                "{\"v\":1              | {\"v\":2                 | format version 2",
                "{\"v\":1              | {\"v\":\"1\"             | expected a 64-bit integer",
                "{\"v\":1              | {\"w\":1                 | expected {\"v\":",
                "{\"v\":1              | { \"v\":1                | expected {\"v\":",
                "\"seq\":1             | \"seq\":2                | sequence number 2 where 1 is due",
                "\"seq\":1             | \"seq\":01               | expected a 64-bit integer",
                "\"seq\":1             | \"seq\":\"1\"            | expected a 64-bit integer",
                "\"seq\":1             | \"seq\":1.0              | expected ,\"id\":",
                "\"id\":\"k-1\"        | \"id\":\"k 1\"           | id is \"k 1\"",
                "\"id\":\"k-1\"        | \"id\":1                 | expected \"",
                "\"id\":\"k-1\",       | ##                       | expected ,\"id\":",
                ".123Z                 | .12Z                     | expected the form",
                ".123Z                 | .123+                    | expected the form",
                "-11-21T               | -13-21T                  | MonthOfYear",
                "-11-21T               | -1a-21T                  | expected a digit",
                "T03:00                | T24:00                   | HourOfDay",
                "\"critical\":true     | \"critical\":1           | expected true or false",
                "\"critical\":true     | \"critical\":null        | expected true or false",
                "\"gate\":\"credit-risk\" | \"gate\":\"\"         | gate is \"\"",
                "\"actor\"             | \"actors\"               | expected ,\"actor\":",
                "\"reason\":\"approval | \"reason\":\"\tapproval  | control character",
                "\"reason\":\"approval | \"reason\":\"\\napproval | unknown escape \\n",
                "\"reason\":\"approval | \"reason\":\"\\uzzzz     | unknown escape \\uzzzz",
                "\"matches\":7         | \"matches\":7.5          | expected }",
                "\"matches\":7         | \"matches\":1e3          | expected }",
                "\"matches\":7         | \"matches\":-0           | expected a 64-bit integer",
                "\"matches\":7         | \"matches\":null         | expected a 64-bit integer",
                "\"matches\":7         | \"matches\":9223372036854775808 | does not fit 64 bits",
                "\"matches\":7         | \"version\":7            | stands twice",
                "\"data\":{            | \"data\":[               | expected {",
                "\"eu\"]               | \"eu\",]                 | expected a 64-bit integer",
                "\"prev\":\"0          | \"prev\":\"1             | previous hash",
                "\"prev\"              | \"more\":1,\"prev\"      | expected ,\"prev\":",
                "0\",\"hash\"          | 0\",\"more\":1,\"hash\"  | does not follow its previous hash",
            })
    void aLineThatIsNotAsItWouldBeWrittenIsRefused(String part, String other, String reason) throws Exception {
        String line = sealed(FIRST);
        assertThat(line).contains(part);
        String changed = line.replace(part, other);
        String body = changed.substring(0, changed.lastIndexOf(",\"hash\":\""));
        assertThatThrownBy(() -> read(sealed(body), 1, Entry.GENESIS))
                .isInstanceOf(BadLineException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aHashThatDoesNotFitOrIsNotLastIsRefused() throws Exception {
        String line = sealed(FIRST);
        assertThatThrownBy(() -> read(line.replace("alice", "alicf"), 1, Entry.GENESIS))
                .hasMessageContaining("the line was changed");
        int hash = line.length() - 66;
        String upper = line.substring(0, hash) + line.substring(hash).toUpperCase(Locale.ROOT);
        assertThatThrownBy(() -> read(upper, 1, Entry.GENESIS)).hasMessageContaining("the line was changed");
        for (String other :
                List.of(line + " ", line.substring(0, line.length() - 1) + ",\"x\":1}", FIRST + "}", "{\"v\":1")) {
            assertThatThrownBy(() -> read(other, 1, Entry.GENESIS))
                    .as(other)
                    .isInstanceOf(BadLineException.class)
                    .hasMessageContaining("does not end with its hash");
        }
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() throws Exception {
        byte[] body = FIRST.replace("approval", "approv\u00e9").getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        line.writeBytes(body);
        line.writeBytes((",\"hash\":\"" + sha256(body) + "\"}").getBytes(StandardCharsets.US_ASCII));
        assertThatThrownBy(() -> new LineReader().read(line.toByteArray(), 0, line.size(), 1, Entry.GENESIS))
                .hasMessageContaining("is not UTF-8");
    }

    @Test
    void aLineOfMoreThanSixteenMegabytesIsNotWritten() {
        Decision decision = Decisions.kill("long", "x".repeat(16 << 20));
        assertThatThrownBy(() -> write(1, decision, Entry.GENESIS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("long")
                .hasMessageContaining("at most 16777216");
    }

    private static String write(long seq, Decision decision, String previousHash) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        LineWriter.write(seq, decision, previousHash, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static Entry read(String line, long seq, String previousHash) throws BadLineException {
        byte[] bytes = bytes(line.endsWith("\n") ? line.substring(0, line.length() - 1) : line);
        return new LineReader().read(bytes, 0, bytes.length, seq, previousHash);
    }

    private static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.UTF_8);
    }

    private static String sealed(String body) throws Exception {
        return body + ",\"hash\":\"" + sha256(bytes(body)) + "\"}";
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
