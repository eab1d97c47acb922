package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.decision;
import static io.modelgate.redis.LogFleet.kill;
import static io.modelgate.redis.LogFleet.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.Archived;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.ControlLogProvider.Settings;
import io.modelgate.control.Decision;
import io.modelgate.control.Verification;
import io.modelgate.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Faults of one place at a time, on a real Redis. */
@Timeout(120)
class FaultsTest {

    private static final String LOG = "modelgate:{modelgate}:log";

    @TempDir
    Path directory;

    private LogFleet fleet;

    @BeforeEach
    void start() {
        RedisServer.assumeAvailable();
        fleet = new LogFleet(RedisServer.create().config("save \"\"").start(), directory);
    }

    @AfterEach
    void end() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void aMasterThatBecameAReplicaTakesNothingAndAKillIsOwedUntilItIsAMasterAgain() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        a.append(List.of(kill("k1")));
        fleet.agree();
        int nobody = RedisServer.create().port(); // of one that is never started
        fleet.redis.command("REPLICAOF", "127.0.0.1", String.valueOf(nobody));
        assertThatThrownBy(() -> a.log.append(List.of(kill("k2")))).isInstanceOf(ControlLogException.class);
        assertThat(a.log.owed()).extracting(Decision::id).containsExactly("k2");
        assertThat(fleet.redis.command("XLEN", LOG)).isEqualTo(1L);
        fleet.redis.command("REPLICAOF", "NO", "ONE");
        a.settle();
        fleet.agree();
        assertThat(b.ids()).containsExactly("k1", "k2");
    }

    @Test
    void aRedisThatCameBackWithAnOlderDumpGetsTheRest() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        a.append(List.of(kill("k1"), kill("k2")));
        fleet.agree();
        fleet.redis.command("SAVE");
        b.append(List.of(kill("k3"), decision("note", "n4")));
        fleet.agree();
        fleet.redis.kill();
        fleet.redis.start();
        fleet.agree();
        assertThat(a.ids()).containsExactly("k1", "k2", "k3", "n4");
        assertThat(fleet.redis.command("XLEN", LOG)).isEqualTo(4L);
        assertThat(a.replaced).hasValue(0);
    }

    @Test
    void withoutACopyALogIsThereForAsLongAsItIsOpenAndLeavesNothingBehind() throws Exception {
        LogFleet.Member other = fleet.join("other");
        other.append(List.of(kill("k1")));
        Path used;
        try (RedisControlLog look =
                RedisControlLog.open(r -> r.uri(fleet.redis.uri()).withoutCopy())) {
            assertThat(look.known()).isTrue();
            assertThat(look.head()).isEqualTo(other.log.head());
            look.append(List.of(kill("k2")));
            fleet.redis.kill();
            assertThatThrownBy(() -> look.append(List.of(kill("k3")))).isInstanceOf(ControlLogException.class);
            assertThat(look.owed()).extracting(Decision::id).containsExactly("k3");
            fleet.redis.start();
            until(() -> {
                try {
                    return look.append(look.owed()).size() == 1;
                } catch (ControlLogException e) {
                    return false;
                }
            });
            used = look.directory();
            assertThat(used).isDirectory();
        }
        assertThat(used).doesNotExist();
        fleet.agree();
        assertThat(other.ids()).containsExactly("k1", "k2", "k3");
        fleet.redis.kill();
        try (RedisControlLog look = RedisControlLog.open(
                r -> r.uri(fleet.redis.uri()).withoutCopy().commandTimeout(Duration.ofMillis(200)))) {
            assertThat(look.known()).isFalse();
        }
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsNamed() {
        Path unwritable = directory.toFile().setWritable(false) && !Files.isWritable(directory)
                ? directory
                : Path.of("/proc"); // where nobody may, whoever runs this
        try {
            assertThatThrownBy(() ->
                            RedisControlLog.open(r -> r.uri(fleet.redis.uri()).directory(unwritable)))
                    .isInstanceOf(ControlLogException.class)
                    .hasMessageContaining("directory " + unwritable + " cannot be used")
                    .hasMessageContaining("needs to read and write it");
        } finally {
            assertThat(directory.toFile().setWritable(true)).isTrue();
        }
    }

    @Test
    void twoArchivesAtOnceLeaveTheWholeRecord() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        for (int round = 0; round < 10; round++) {
            int from = round * 100;
            a.append(IntStream.range(from, from + 100)
                    .mapToObj(i -> decision("note", "n" + i))
                    .toList());
            until(() -> a.log.head().equals(b.log.head()));
            List<CompletableFuture<Archived>> both = new ArrayList<>();
            for (LogFleet.Member each : List.of(a, b)) {
                Path file = directory.resolve("archive-" + round + (each == a ? "a" : "b"));
                both.add(CompletableFuture.supplyAsync(() -> each.log.archive(file, 5)));
            }
            long archived = both.stream()
                    .filter(each -> each.handle((done, failure) -> {
                                if (failure != null) {
                                    assertThat(failure.getCause()).isInstanceOf(ControlLogException.class);
                                }
                                return failure == null;
                            })
                            .join())
                    .count();
            assertThat(archived).as("round %d", round).isPositive();
            Verification found = new RedisControlLogProvider()
                    .verify(fleet.redis.uri(), new Settings("", Map.of(), Duration.ofSeconds(5)));
            assertThat(found.problem()).as("round %d", round).isNull();
            until(() -> a.log.head().equals(b.log.head()));
            assertThat(found.entries()).isEqualTo(a.log.head().seq());
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.filter(file -> file.toString().endsWith(".part"))).isEmpty();
        }
        fleet.redis.command("FLUSHALL");
        until(() -> fleet.redis.command("XLEN", LOG).equals(a.log.head().seq()));
    }
}
