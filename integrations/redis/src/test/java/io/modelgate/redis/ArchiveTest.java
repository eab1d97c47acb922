package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.Archived;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.ControlLogProvider.Settings;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Verification;
import io.modelgate.testkit.RedisServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an archive leaves, wherever it is ended. */
@Timeout(120)
class ArchiveTest {

    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final String LOG = "modelgate:{modelgate}:log";
    private static final String SEGMENTS = "modelgate:{modelgate}:segments";

    @TempDir
    Path directory;

    private static final Duration LONG = Duration.ofSeconds(20);

    private RedisServer redis;
    private RedisControlLog log;

    @BeforeEach
    void open() {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().start();
        log = RedisControlLog.open(r -> r.uri(redis.uri()).withoutCopy().commandTimeout(LONG));
    }

    @AfterEach
    void close() {
        if (log != null) {
            log.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    private void append(int from, int to) {
        List<Decision> decisions = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            decisions.add(new Decision(
                    "d-" + i, AT, "note", false, "credit", "alice", "asserted", "because of " + i, Map.of("n", (long)
                            i)));
        }
        log.append(decisions);
    }

    private long inStream() {
        return (Long) redis.command("XLEN", LOG);
    }

    private Verification verify() {
        return new RedisControlLogProvider().verify(redis.uri(), new Settings("", Map.of(), Duration.ofSeconds(5)));
    }

    private List<Entry> readByANewProcess() {
        try (RedisControlLog fresh =
                RedisControlLog.open(r -> r.uri(redis.uri()).withoutCopy().commandTimeout(LONG))) {
            return fresh.read(0, 100_000);
        }
    }

    private void assertWhole(long entries) {
        assertThat(verify().problem()).isNull();
        assertThat(verify().entries()).isEqualTo(entries);
        assertThat(readByANewProcess()).hasSize((int) entries).isEqualTo(log.read(0, 100_000));
    }

    @Test
    void archivesAndStreamAreTheWholeRecord() throws Exception {
        append(1, 300);
        Archived first = log.archive(directory.resolve("a1"), 50);
        append(301, 500);
        Archived second = log.archive(directory.resolve("a2"), 100);
        assertThat(List.of(first.from(), first.through(), second.from(), second.through()))
                .containsExactly(1L, 250L, 251L, 401L);
        assertThat(inStream()).isEqualTo(101);

        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(Files.readAllBytes(first.file()));
        all.write(Files.readAllBytes(second.file()));
        for (Entry entry : log.read(second.through(), 1_000)) {
            all.write(entry.line());
            all.write('\n');
        }
        String previous = Entry.GENESIS;
        long seq = 0;
        for (String line : all.toString(StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isEmpty()) {
                Entry entry = Entry.parse(line.getBytes(StandardCharsets.UTF_8));
                assertThat(entry.seq()).isEqualTo(++seq);
                assertThat(entry.previousHash()).isEqualTo(previous);
                previous = entry.hash();
            }
        }
        assertThat(seq).isEqualTo(502);
        assertThat(previous).isEqualTo(log.head().hash());
        assertThat(first.sha256()).isEqualTo(sha256(first.file()));
        Entry said = log.read(300, 1).get(0);
        assertThat(said.type()).isEqualTo("log-archived");
        assertThat(said.text("digest")).isEqualTo(first.sha256());
        assertThat(said.text("hash")).isEqualTo(log.read(249, 1).get(0).hash());
        assertThat(said.number("bytes", 0)).isEqualTo(Files.size(first.file()));
        assertWhole(502);
    }

    private static String sha256(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    @Test
    void anArchiveThatIsRepeatedDoesNothing() {
        append(1, 20);
        Path file = directory.resolve("a1");
        log.archive(file, 5);
        assertThat(log.archive(directory.resolve("a2"), 10).entries()).isZero();
        assertThat(directory.resolve("a2")).doesNotExist();
        assertThatThrownBy(() -> log.archive(file, 0)).hasMessageContaining("name a file that does not exist");
        assertWhole(21);
    }

    @Test
    void aFileWithoutItsEntryIsUsed() throws Exception {
        append(1, 20);
        Path file = directory.resolve("a1");
        ArchiveFile.write(file, 1, 12, log);
        append(21, 30);
        Archived done = log.archive(file, 5);
        assertThat(done.through()).isEqualTo(12);
        assertThat(done.sha256()).isEqualTo(sha256(file));
        assertWhole(31);
    }

    @Test
    void halfAFileIsWrittenAgain() throws Exception {
        append(1, 20);
        Files.writeString(directory.resolve("a1.part"), "half a li");
        assertThat(log.archive(directory.resolve("a1"), 5).through()).isEqualTo(15);
        assertThat(directory.resolve("a1.part")).doesNotExist();
        assertWhole(21);
    }

    @Test
    void anEntryWhoseEntriesWereNotMovedIsFinished() throws Exception {
        append(1, 20);
        Path file = directory.resolve("a1");
        ArchiveFile written = ArchiveFile.write(file, 1, 12, log);
        log.append(List.of(new Decision(
                "log-archived-1-12",
                AT,
                "log-archived",
                false,
                "*",
                "alice",
                "os-user",
                "",
                Map.of(
                        "from",
                        1L,
                        "through",
                        12L,
                        "hash",
                        written.lastHash(),
                        "digest",
                        written.archived().sha256(),
                        "bytes",
                        written.archived().bytes(),
                        "file",
                        "a1"))));
        assertThat(inStream()).isEqualTo(21);
        assertWhole(21);
        assertThat(log.archive(file, 5)).isEqualTo(written.archived());
        assertThat(inStream()).isEqualTo(9);
        assertWhole(21);
    }

    @Test
    void damageToASegmentIsFound() {
        append(1, 40);
        log.archive(directory.resolve("a1"), 5);
        redis.command("HSET", SEGMENTS, "1-35", "rubbish");
        assertThat(verify().problem()).contains("segment 1-35");
        redis.command("DEL", SEGMENTS);
        assertThat(verify().problem()).contains("36-0 where 1-0 belongs");
        assertThat(verify().intact()).isFalse();
    }

    @Test
    void theStreamIsOnlyCutWhereItIsAsSeen() {
        append(1, 20);
        LogKeys keys = new LogKeys("modelgate");
        Segment segment = Segment.pack(log, 1, 10);
        String good = log.read(9, 1).get(0).hash();
        String head = log.head().hash();
        try (RedisLink link = RedisLink.open(RedisAddress.parse(redis.uri()), Duration.ofSeconds(5))) {
            assertThat(link.awaitConnected(Duration.ofSeconds(20))).isTrue();
            for (List<String> wrong : List.of(
                    List.of("2-0", "10-0", good, "20-0", head),
                    List.of("1-0", "10-0", head, "20-0", head),
                    List.of("1-0", "10-0", good, "20-0", good),
                    List.of("1-0", "10-0", good, "21-0", head))) {
                List<byte[]> arguments =
                        new ArrayList<>(wrong.stream().map(RedisLink::bytes).toList());
                arguments.add(RedisLink.bytes(segment.name()));
                arguments.add(segment.bytes());
                assertThat(RedisLink.text(link.eval(Script.load("archive"), List.of(keys.log, keys.segments), arguments)
                                .get(0)))
                        .isEqualTo("MOVED");
            }
        }
        assertThat(inStream()).isEqualTo(20);
        assertWhole(20);
    }

    @Test
    void whatCannotBeWrittenTakesNothingOut() {
        append(1, 20);
        assertThatThrownBy(() -> log.archive(directory.resolve("a1"), -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.archive(directory.resolve("no/such/directory"), 5))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining("Nothing was taken out");
        assertWhole(20);
    }

    @Test
    void aSegmentTakesLessThanTheStream() {
        for (int i = 0; i < 5_000; i += 500) {
            append(i + 1, i + 500);
        }
        long stream = (Long) redis.command("MEMORY", "USAGE", LOG, "SAMPLES", "0");
        long ids = (Long) redis.command("MEMORY", "USAGE", "modelgate:{modelgate}:ids", "SAMPLES", "0");
        log.archive(directory.resolve("a1"), 0);
        long segments = (Long) redis.command("MEMORY", "USAGE", SEGMENTS, "SAMPLES", "0");
        System.out.println("bytes per entry: stream " + stream / 5_000 + ", ids " + ids / 5_000 + ", segments "
                + segments / 5_000);
        assertThat(segments).isLessThan(stream / 2);
        assertWhole(5_001);
    }
}
