package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.kill;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Instance;
import io.modelgate.testkit.RedisServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process whose copy cannot grow any more, as on a full disk. */
@Timeout(120)
class FullDiskTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private static Decision large(int n) {
        return new Decision(
                "n" + n,
                Instant.parse("2026-11-21T03:00:00.123Z"),
                "note",
                false,
                "credit",
                "alice",
                "asserted",
                "x".repeat(10_000),
                Map.of());
    }

    @Test
    void killsOfOthersArriveAndOwnKillsAreStoredAllTheSame() throws Exception {
        RedisServer.assumeAvailable();
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash to set the limit with");
        Path limited = Files.createDirectory(directory.resolve("limited"));
        Path own = Files.createDirectory(directory.resolve("own"));
        try (RedisServer redis = RedisServer.create().start();
                RedisControlLog log = RedisControlLog.open(
                        r -> r.uri(redis.uri()).directory(own).commandTimeout(LONG))) {
            Process child = new ProcessBuilder(
                            "bash",
                            "-c",
                            "ulimit -f 64 && exec \"$@\"",
                            "bash",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:-UsePerfData",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LimitedProcess.class.getName(),
                            redis.uri(),
                            limited.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(out.readLine()).isEqualTo("open");
                for (int i = 0; i < 10; i++) {
                    log.append(List.of(large(i)));
                }
                log.append(List.of(kill("of-others")));
                assertThat(out.readLine()).isEqualTo("heard of-others");
                Instance withoutRoom = afterItsNextBeat(log);
                assertThat(withoutRoom.live()).isTrue();
                assertThat(withoutRoom.applied().seq())
                        .as("what a restart would undo is in force and not confirmed")
                        .isLessThan(log.head().seq());
                assertThat(Files.size(limited.resolve("modelgate.log"))).isLessThanOrEqualTo(64 << 10);
                child.getOutputStream().write('\n');
                child.getOutputStream().flush();
                assertThat(List.of(out.readLine(), out.readLine()))
                        .contains("heard own")
                        .anyMatch(said -> said.startsWith("not acknowledged: ") && said.contains("cannot be written"));
                LogFleet.until(() -> log.read(0, 100).stream()
                        .anyMatch(entry -> entry.decision().id().equals("own")));
            } finally {
                child.destroyForcibly().waitFor();
            }
            // And after a restart with space nothing is missing.
            try (RedisControlLog again = RedisControlLog.open(
                    r -> r.uri(redis.uri()).directory(limited).commandTimeout(LONG))) {
                assertThat(again.head()).isEqualTo(log.head());
                again.applied(again.head());
                LogFleet.until(() ->
                        log.instances().stream().anyMatch(each -> each.applied().equals(again.head())));
                assertThat(again.owed()).isEmpty();
            }
        }
    }

    private static Instance afterItsNextBeat(RedisControlLog log) {
        AtomicReference<Duration> silent = new AtomicReference<>(Duration.ZERO);
        LogFleet.until(() -> {
            List<Instance> listed = log.instances();
            Duration now = listed.isEmpty() ? Duration.ZERO : listed.get(0).silentFor();
            return now.compareTo(silent.getAndSet(now)) < 0;
        });
        return log.instances().get(0);
    }

    /** Says which kills it hears of, and makes one when it is told to. */
    static final class LimitedProcess {

        private LimitedProcess() {}

        public static void main(String[] arguments) throws IOException {
            try (RedisControlLog log = RedisControlLog.open(
                    r -> r.uri(arguments[0]).directory(Path.of(arguments[1])).commandTimeout(LONG))) {
                say("open");
                log.follow(0, batch -> {
                    log.applied(batch.get(batch.size() - 1).head());
                    batch.stream()
                            .filter(entry -> entry.decision().isKill())
                            .forEach(entry -> say("heard " + entry.decision().id()));
                });
                if (System.in.read() >= 0) {
                    try {
                        log.append(List.of(kill("own")));
                        say("acknowledged");
                    } catch (ControlLogException e) {
                        say("not acknowledged: " + e.getMessage());
                    }
                }
                while (System.in.read() >= 0) {
                    say("more");
                }
            }
        }

        private static void say(String line) {
            System.out.println(line);
            System.out.flush();
        }
    }
}
