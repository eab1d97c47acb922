package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of prices as they come: badly saved, of another kind, endless. */
class PricesFileTest {

    private static final String GOOD = "version=1\ncurrency=USD\na.input=1\na.output=2\n";

    @TempDir
    Path directory;

    private Path write(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("prices.properties"), bytes);
    }

    private void refused(byte[] bytes, String... messages) throws IOException {
        Path file = write(bytes);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prices.load(file))
                .withMessageContaining(file.toString())
                .withMessageContainingAll(messages);
    }

    private void refused(String text, String... messages) throws IOException {
        refused(text.getBytes(StandardCharsets.UTF_8), messages);
    }

    @Test
    void aGoodFileIsReadWithAndWithoutAByteOrderMark() throws IOException {
        for (String mark : new String[] {"", "\ufeff"}) {
            for (String end : new String[] {"\n", "\r\n", "\r"}) {
                Prices prices = Prices.load(write((mark + GOOD.replace("\n", end)).getBytes(StandardCharsets.UTF_8)));
                assertThat(prices.version()).isEqualTo("1");
                assertThat(prices.currency()).isEqualTo("USD");
                assertThat(prices.names()).containsExactly("a");
                assertThat(prices.price("a")).contains(new Price(1_000_000, 1_000_000, 2_000_000, 2_000_000));
            }
        }
    }

    @Test
    void aByteOrderMarkInTheMiddleIsAMistake() throws IOException {
        refused(GOOD + "\ufeffb.input=1\n", "has the name \"\ufeffb\"");
    }

    @Test
    void anotherEncodingIsSaid() throws IOException {
        refused((GOOD + "# \u00e9\n").getBytes(StandardCharsets.ISO_8859_1), "is not UTF-8: save it as UTF-8");
        refused(("\ufeff" + GOOD).getBytes(StandardCharsets.UTF_16LE), "is not UTF-8");
        refused(("\ufeff" + GOOD).getBytes(StandardCharsets.UTF_16BE), "is not UTF-8");
        refused(GOOD.getBytes(StandardCharsets.UTF_16LE), "mistakes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u12", "\\u12g4", "\\u", "x\\uzzzz"})
    void aBadEscapeIsSaid(String value) throws IOException {
        refused(GOOD + "b.input=" + value, "a \\u escape is not followed by four hexadecimal digits");
        refused(GOOD + value + "=1", "a \\u escape is not followed by four hexadecimal digits");
    }

    @Test
    void anEscapeIsReadAndStrangeOnesAreNoNumbers() {
        assertThat(Prices.parse("p", new StringReader(GOOD.replace("a.", "\\u0061.")))
                        .names())
                .containsExactly("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prices.parse("p", new StringReader(GOOD + "b.input=\\u0661\nb.output=1\\u0000\n")))
                .withMessageContaining("\"b.input\" is \"\u0661\": it is not a decimal number")
                .withMessageContaining("\"b.output\" is \"1\\u0000\": it is not a decimal number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# nothing\n! at all\n", "\ufeff", "   \t  \n"})
    void anEmptyFileLacksEverything(String text) throws IOException {
        refused(text, "3 mistakes", "\"version\" is missing", "\"currency\" is missing", "no price");
    }

    @Test
    void bytesOfAnyKindAreRefusedWithOneReadableMessage() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 300; i++) {
            byte[] bytes = new byte[random.nextInt(3_000)];
            random.nextBytes(bytes);
            if (i % 2 == 0) {
                for (int at = 0; at < bytes.length; at++) {
                    bytes[at] &= 0x7f;
                }
            }
            Path file = write(bytes);
            assertThatThrownBy(() -> Prices.load(file))
                    .as("seed %d, file %d", seed, i)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(file.toString())
                    .satisfies(e -> assertThat(String.valueOf(e.getMessage()).replace("\n  ", ""))
                            .matches(message -> message.chars().noneMatch(Character::isISOControl)));
        }
        refused(new byte[5_000], "mistakes");
    }

    @Test
    void aFileThatIsMuchTooLargeIsNotReadToItsEnd() {
        Reader endless = new Reader() {
            @Override
            public int read(char[] buffer, int offset, int length) {
                Arrays.fill(buffer, offset, offset + length, 'x');
                return length;
            }

            @Override
            public void close() {}
        };
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prices.parse("endless", endless))
                .withMessageContaining("prices file endless is larger than 1048576 characters");
    }

    @Test
    void theMessageOfAWrongFileHasAnEnd() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Prices.parse("p", new StringReader(lines(100_000))))
                .withMessageContaining("100003 mistakes")
                .satisfies(
                        e -> assertThat(e.getMessage()).hasSizeLessThan(50_000).endsWith("…"));
    }

    private static String lines(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append('k').append(i).append("=1\n");
        }
        return text.toString();
    }

    @Test
    void tenThousandPricesAreRead() {
        StringBuilder text = new StringBuilder("version=1\ncurrency=USD\n");
        for (int i = 0; i < 10_000; i++) {
            text.append("m/")
                    .append(i)
                    .append(".input=1\nm/")
                    .append(i)
                    .append(".output=")
                    .append(i)
                    .append('\n');
        }
        Prices prices = Prices.parse("p", new StringReader(text.toString()));
        assertThat(prices.names()).hasSize(10_000);
        assertThat(prices.price("m/9999").orElseThrow().output()).isEqualTo(9_999_000_000L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt 4o.input = 1 | \"gpt\" is unknown | a key ends at its first blank",
                "gpt:4o.input = 1 | \"gpt\" is unknown | a key ends at its first blank, '=' or ':'",
                "gpt\\ 4o.input = 1 | has the name \"gpt 4o\" | expected 1 to 200 letters",
                ".input = 1 | has the name \"\" | expected 1 to 200 letters",
                "= 1 | \"\" is unknown | expected version",
                "a.Input = 1 | \"a.Input\" is unknown | NAME.input",
                "a.input. = 1 | \"a.input.\" is unknown | NAME.input",
                "input = 1 | \"input\" is unknown | NAME.input",
                "b.input | \"b.input\" is \"\" | it is not a decimal number",
                "b.input = 1,5 | \"b.input\" is \"1,5\" | it is not a decimal number",
                "b.input = 2.50 USD | \"b.input\" is \"2.50 USD\" | it is not a decimal number",
                "b.input = 1099511.627777 | \"b.input\" is \"1099511.627777\" | at most 1099511.627776",
                "a.input = 1 | \"a.input\" stands twice | remove one",
                "a.inp\\u0075t = 9 | \"a.input\" stands twice | remove one",
                "version = 2 | \"version\" stands twice | remove one",
            })
    void aMistakeIsNamedWithItsFix(String line, String what, String fix) throws IOException {
        refused(GOOD + line + "\n", what, fix);
    }

    @Test
    void aVersionIsOneShortLine() throws IOException {
        refused(GOOD.replace("version=1", "version=a\\nb"), "key \"version\" is \"a\\u000ab\"");
        refused(GOOD.replace("version=1", "version=" + "9".repeat(101)), "expected at most 100 characters");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        Path missing = directory.resolve("missing.properties");
        for (Path wrong : new Path[] {missing, directory, missing.resolve("below")}) {
            assertThatThrownBy(() -> Prices.load(wrong))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot read the prices file " + wrong);
        }
        Reader failing = new Reader() {
            @Override
            public int read(char[] buffer, int offset, int length) throws IOException {
                throw new IOException("the disk is gone");
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> Prices.parse("a source", failing))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot read the prices file a source")
                .hasMessageContaining("the disk is gone");
    }
}
