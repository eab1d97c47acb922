package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/control-log.md} says of the format is so. */
@Timeout(60)
class DocumentedFormatTest {

    private static final Path PAGE = Path.of("..", "docs", "control-log.md");

    @TempDir
    Path directory;

    private Path path;
    private Head head;

    @BeforeEach
    void writeALog() {
        path = directory.resolve("modelgate.log");
        try (FileControlLog log = FileControlLog.open(path)) {
            log.append(Decisions.kills("k-1", "k-2"));
            String misleading = "\",\"hash\":\"" + "0".repeat(64) + "\"} \u2028 \u0085 \ud83d Zürich 😀";
            log.append(List.of(Decisions.with("k-3", misleading, Map.of("hash", misleading, misleading, true))));
            head = log.head();
        }
    }

    @Test
    void theLineOfThePageIsTheOneThatIsWritten() throws IOException {
        Matcher line = Pattern.compile("(?m)^\\{\"v\":1.*$").matcher(Files.readString(PAGE));
        assertThat(line.find()).isTrue();
        assertThat(Files.readAllLines(path).get(0)).isEqualTo(line.group());
    }

    @Test
    void theScriptOfThePageAcceptsAWholeLog() throws Exception {
        assertThat(script()).isEqualTo("0: 3 entries, head " + head.hash());
    }

    @Test
    void theScriptOfThePageFindsEveryChangedLine() throws Exception {
        String log = Files.readString(path);
        List<String> lines = log.lines().toList();
        Files.writeString(path, log.replaceFirst("alice", "malice"));
        assertThat(script()).isEqualTo("1: line 1 breaks the chain");
        Files.writeString(path, lines.get(0) + "\n" + lines.get(2) + "\n");
        assertThat(script()).isEqualTo("1: line 2 breaks the chain");
        Files.writeString(path, lines.get(0) + "\n" + lines.get(1).replace(",\"prev\":\"", ",\"prev\":\"0") + "\n");
        assertThat(script()).isEqualTo("1: line 2 breaks the chain");
    }

    /** The same in Java, so that it is also shown where there is no Python. */
    @Test
    void theChainCanBeVerifiedWithoutOurCode() throws Exception {
        String previous = "0".repeat(64);
        long seq = 0;
        for (String line : Files.readAllLines(path)) {
            String body = line.substring(0, line.lastIndexOf(",\"hash\":\""));
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body.getBytes(StandardCharsets.UTF_8));
            assertThat(body).startsWith("{\"v\":1,\"seq\":" + ++seq + ",").endsWith(",\"prev\":\"" + previous + "\"");
            previous = HexFormat.of().formatHex(digest);
            assertThat(line).endsWith(",\"hash\":\"" + previous + "\"}");
        }
        assertThat(new Head(seq, previous)).isEqualTo(head);
    }

    /** Runs the script on the log: its exit value and what it printed. */
    private String script() throws Exception {
        Matcher script = Pattern.compile("(?s)```python\n(.*?)```").matcher(Files.readString(PAGE));
        assertThat(script.find()).isTrue();
        assertThat(script.group(1).lines().filter(line -> !line.isBlank()).count())
                .as("ten lines, the import included")
                .isLessThanOrEqualTo(10);
        Path file = Files.writeString(directory.resolve("verify.py"), script.group(1));
        Process process;
        try {
            process = new ProcessBuilder("python3", file.toString(), path.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "there is no python3 here: " + e.getMessage());
            throw e;
        }
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        return process.waitFor() + ": " + printed;
    }
}
