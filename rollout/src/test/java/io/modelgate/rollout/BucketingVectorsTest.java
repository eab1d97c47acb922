package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.modelgate.Caller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the code and the reference in docs/bucketing.md to the vectors, which neither of them made. */
class BucketingVectorsTest {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern ESCAPE = Pattern.compile("\\\\u([0-9a-f]{4})");

    private record Vector(String key, String utf8, int keyHash, String rollout, long salt, int bucket) {

        static Vector of(String line) {
            String[] cells = line.split(",", -1);
            return new Vector(
                    unescape(cells[0]),
                    cells[1],
                    HexFormat.fromHexDigits(cells[2]),
                    unescape(cells[3]),
                    HexFormat.fromHexDigitsToLong(cells[4]),
                    Integer.parseInt(cells[5]));
        }
    }

    private static String unescape(String cell) {
        Matcher escapes = ESCAPE.matcher(cell);
        return escapes.replaceAll(
                escape -> Matcher.quoteReplacement(String.valueOf((char) HexFormat.fromHexDigits(escape.group(1)))));
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Vector> vectors() throws IOException {
        List<String> lines = Files.readAllLines(DOCS.resolve("bucketing-vectors.csv"), StandardCharsets.US_ASCII);
        assertThat(lines.get(0)).isEqualTo("key,utf8,keyHash,rollout,salt,bucket");
        return lines.stream().skip(1).map(Vector::of).toList();
    }

    @Test
    void everyVectorHolds() throws IOException {
        List<Vector> vectors = vectors();
        assertThat(vectors).hasSizeGreaterThan(150);
        for (Vector vector : vectors) {
            assertThat(hex(vector.key())).as("%s", vector).isEqualTo(vector.utf8());
            assertThat(Caller.of(vector.key()).keyHash()).as("%s", vector).isEqualTo(vector.keyHash());
            assertThat(Spots.salt(vector.rollout())).as("%s", vector).isEqualTo(vector.salt());
            assertThat(Spots.bucket(vector.keyHash(), vector.salt()))
                    .as("%s", vector)
                    .isEqualTo(vector.bucket());
        }
    }

    @Test
    void theVectorsReachTheEdges() throws IOException {
        List<Vector> vectors = vectors();
        assertThat(vectors).anyMatch(vector -> vector.bucket() == 0).anyMatch(vector -> vector.bucket() == 99_999);
        assertThat(vectors).anyMatch(vector -> vector.keyHash() < 0).anyMatch(vector -> vector.salt() < 0);
        assertThat(vectors)
                .anyMatch(vector -> vector.key().codePoints().anyMatch(c -> c > 0xffff))
                .anyMatch(vector -> vector.key().equals("\ud800"));
        for (int length = 1; length <= 40; length++) {
            int wanted = length;
            assertThat(vectors).anyMatch(vector -> vector.key().length() == wanted);
        }
    }

    @Test
    void aLoneSurrogateCountsAsAQuestionMark() {
        assertThat(Caller.of("a\ud800").keyHash()).isEqualTo(Caller.of("a?").keyHash());
    }

    @Test
    void theCheckValueOfMurmur3Holds() {
        assertThat(Caller.of("hello").keyHash()).isEqualTo(0x248bfa47);
    }

    @Test
    void thePythonInTheDocumentComputesTheVectors(@TempDir Path folder) throws Exception {
        assumeTrue(python("-c", "").waitFor() == 0, "python3 is not installed, so the reference was not run");
        Path program = folder.resolve("bucketing.py");
        Files.writeString(program, reference() + """

                import sys
                for line in sys.stdin:
                    utf8, rollout = line.split()
                    h, s = murmur3(bytes.fromhex(utf8)), salt(bytes.fromhex(rollout).decode())
                    print("%08x,%016x,%d" % (h, s, bucket(h, s)))
                """);
        Path input = folder.resolve("in");
        List<Vector> vectors = vectors();
        List<String> asked = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (Vector vector : vectors) {
            asked.add(vector.utf8() + " " + hex(vector.rollout()));
            expected.add(String.format("%08x,%016x,%d", vector.keyHash(), vector.salt(), vector.bucket()));
        }
        Files.write(input, asked);
        Process run = new ProcessBuilder("python3", program.toString())
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .start();
        List<String> printed = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(run.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(printed).isEqualTo(expected);
    }

    private static Process python(String... arguments) {
        List<String> command = new ArrayList<>(List.of("python3"));
        command.addAll(List.of(arguments));
        try {
            return new ProcessBuilder(command).start();
        } catch (IOException e) {
            assumeTrue(false, "python3 is not installed, so the reference was not run");
            throw new AssertionError(e);
        }
    }

    private static String reference() throws IOException {
        String document = Files.readString(DOCS.resolve("bucketing.md"));
        Matcher block = Pattern.compile("```python\n(.*?)```", Pattern.DOTALL).matcher(document);
        assertThat(block.find()).as("the document has a block of Python").isTrue();
        return block.group(1);
    }
}
