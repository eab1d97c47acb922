package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.kill;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.ControlLogException;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that is printed or logged, at DEBUG, by this library or the client, shows who logs in. */
@Timeout(120)
class CredentialsTest {

    private static final String USER = "zaphod";
    private static final String RIGHT = "r1ght-Pa55";
    private static final String WRONG = "wr0ng-Pa55";

    @TempDir
    Path directory;

    @Test
    void noLogLineAndNoErrorShowsCredentials() throws Exception {
        RedisServer.assumeAvailable();
        try (RedisServer redis = RedisServer.create().start()) {
            redis.command("ACL", "SETUSER", USER, "on", ">" + RIGHT, "~*", "+@all");
            String said = run(redis, directory.resolve("said"));
            assertThat(said)
                    .as("the client logs at DEBUG, and each of the cases was met")
                    .contains(
                            "DEBUG io.lettuce.core",
                            "DEBUG io.modelgate.redis",
                            "WRONGPASS",
                            "## connected",
                            "## outage",
                            "## malformed")
                    .doesNotContain(RIGHT)
                    .doesNotContain(WRONG);
            // At DEBUG the client names the user in the address that it connects to.
            assertThat(said.lines().filter(line -> !line.contains("DEBUG io.lettuce.core.")))
                    .noneMatch(line -> line.contains(USER));
        }
    }

    private static String run(RedisServer redis, Path said) throws Exception {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=debug",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Talkative.class.getName(),
                        String.valueOf(redis.port()))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            LogFleet.until(() -> read(said).contains("## connected") || !child.isAlive());
            redis.kill();
            child.getOutputStream().write('\n');
            child.getOutputStream().close();
            assertThat(child.waitFor()).as(read(said)).isZero();
        } finally {
            child.destroyForcibly().waitFor();
        }
        return read(said);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Meets every case in turn and prints what it is told. */
    static final class Talkative {

        /** How long it waits for what never comes. */
        private static final Duration SOON = Duration.ofMillis(700);

        private Talkative() {}

        public static void main(String[] arguments) throws Exception {
            String host = "127.0.0.1:" + arguments[0];
            for (String malformed : List.of(
                    "redis://" + USER + ":" + WRONG + "@" + host + "/not-a-number",
                    "redis://" + USER + ":" + WRONG + "@",
                    "redis://" + USER + ":" + WRONG + "%ZZ@" + host,
                    "rediss-sentinel://" + USER + ":" + WRONG + "@" + host)) {
                try (RedisControlLog log = open(malformed, SOON)) {
                    throw new IllegalStateException("opened");
                } catch (IllegalArgumentException e) {
                    print("## malformed", e);
                }
            }
            for (String scheme : List.of("redis", "rediss", "redis-cluster")) {
                append(scheme + "://" + USER + ":" + WRONG + "@" + host, "## wrong");
            }
            append("redis-sentinel://" + USER + ":" + WRONG + "@" + host + "#main", "## wrong");
            try (RedisControlLog log = open("redis://" + USER + ":" + RIGHT + "@" + host, Duration.ofSeconds(30))) {
                log.append(List.of(kill("k1")));
                System.out.println("## connected");
                int ignored = System.in.read();
                try {
                    log.append(List.of(kill("k2")));
                } catch (ControlLogException e) {
                    print("## outage", e);
                }
            }
        }

        private static RedisControlLog open(String uri, Duration timeout) {
            return RedisControlLog.open(r -> r.uri(uri).withoutCopy().commandTimeout(timeout));
        }

        private static void append(String uri, String what) {
            try (RedisControlLog log = open(uri, SOON)) {
                log.append(List.of(kill("k0")));
            } catch (ControlLogException e) {
                print(what, e);
            }
        }

        private static void print(String what, Exception e) {
            System.out.println(what);
            e.printStackTrace();
        }
    }
}
