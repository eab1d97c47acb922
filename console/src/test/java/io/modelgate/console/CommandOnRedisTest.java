package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import io.modelgate.Ticker;
import io.modelgate.redis.RedisControlLog;
import io.modelgate.testkit.RedisServer;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command in a process of its own, on a log on Redis. */
@Timeout(120)
class CommandOnRedisTest {

    private static final String PASSWORD = "s3cret-word";
    private static final Pattern KILL = Pattern.compile("kill-[0-9a-f]{12}");

    @TempDir
    Path directory;

    private RedisServer redis;

    @BeforeEach
    void start() {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().password(PASSWORD).start();
    }

    @AfterEach
    void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    private record Run(int code, String said) {}

    private Run run(Map<String, String> env, String... words) throws Exception {
        return runWith(System.getProperty("java.class.path"), env, words);
    }

    private static Run runWith(String classPath, Map<String, String> env, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                "io.modelgate.console.Command"));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(env);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        Run run = new Run(process.waitFor(), said);
        assertThat(said).doesNotContain(PASSWORD);
        return run;
    }

    private Run run(String... words) throws Exception {
        return run(
                Map.of("MODELGATE_LOG", "redis://127.0.0.1:" + redis.port(), "MODELGATE_REDIS_PASSWORD", PASSWORD),
                words);
    }

    @Test
    void aKillIsConfirmedByAProcessAndReleasedByARevive() throws Exception {
        try (Gates gates = Gates.open(g -> g.controlLog(() -> RedisControlLog.open(
                r -> r.uri(redis.uri()).directory(directory).instance("server-1"))))) {
            var credit = gates.<String, String>gate(
                    "credit", g -> g.stable("v1", x -> x).version("v2", x -> x));
            Run kill = run("kill", "credit", "--version", "v2", "--reason", "bad", "--confirm", "60");
            assertThat(kill.code()).as(kill.said()).isZero();
            assertThat(kill.said()).contains("server-1 has it in force").contains("KILLED credit/v2");
            assertThat(credit.version("v2").live()).isFalse();
            assertThat(gates.log().instances()).as("the command is none").hasSize(1);
            Matcher id = KILL.matcher(kill.said());
            assertThat(id.find()).isTrue();
            assertThat(run("status").said()).contains(id.group()).contains("server-1");
            Run revive = run("revive", id.group());
            assertThat(revive.code()).as(revive.said()).isZero();
            assertThat(run("log", "--last", "2").said()).contains("revive");
            Run archive = run("log", "archive", directory.resolve("old.log").toString(), "--keep", "1");
            assertThat(archive.code()).as(archive.said()).isZero();
            assertThat(run("log", "verify").said()).contains("verified");
            assertThat(run("log", "verify").code()).isZero();
            redis.command("DEL", "modelgate:{modelgate}:segments");
            assertThat(run("log", "verify").code()).isEqualTo(3);
        }
    }

    @Test
    void aLogIsNeverCreated() throws Exception {
        Run kill = run("--name", "other", "kill", "*", "--reason", "bad");
        assertThat(kill.code()).as(kill.said()).isEqualTo(2);
        assertThat(kill.said()).contains("there is no control log other");
        assertThat(redis.command("DBSIZE")).isEqualTo(0L);
    }

    private Run killsAll(RedisServer where) throws Exception {
        String uri = "redis://bob:" + PASSWORD + "@127.0.0.1:" + where.port();
        return run(Map.of(), "--redis", uri, "kill", "*", "--reason", "x");
    }

    @Test
    void withoutRedisNothingIsTurnedOffAndThatIsSaid() throws Exception {
        redis.command("ACL", "SETUSER", "bob", "on", ">" + PASSWORD, "~*", "+@all");
        Ticker ticker = Ticker.system();
        Duration longer = Duration.ofHours(1);
        // By how much longer than where a Redis answers; the machine may be busy with something else at times.
        for (int tries = 0; tries < 15 && longer.compareTo(Duration.ofSeconds(2)) > 0; tries++) {
            long began = ticker.read();
            assertThat(killsAll(redis).said()).contains("there is no control log");
            long answered = ticker.read();
            redis.kill();
            long away = ticker.read();
            Run kill = killsAll(redis);
            Duration took = Duration.ofNanos((ticker.read() - away) - (answered - began));
            longer = took.compareTo(longer) < 0 ? took : longer;
            assertThat(kill.code()).as(kill.said()).isEqualTo(1);
            assertThat(kill.said()).contains("NOTHING was turned off").doesNotContain("bob");
            redis.start();
            redis.command("ACL", "SETUSER", "bob", "on", ">" + PASSWORD, "~*", "+@all");
        }
        assertThat(longer).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void withoutTheJarTheErrorNamesIt() throws Exception {
        String without = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(place ->
                        !place.contains("redis" + File.separator + "target") && !place.contains("modelgate-redis"))
                .collect(Collectors.joining(File.pathSeparator));
        Run kill = runWith(
                without, Map.of(), "--redis", "redis://bob:" + PASSWORD + "@127.0.0.1", "kill", "*", "--reason", "x");
        assertThat(kill.code()).as(kill.said()).isEqualTo(2);
        assertThat(kill.said())
                .contains("modelgate-redis-VERSION.jar", "lettuce-core", "class path")
                .doesNotContain("bob", "127.0.0.1");
    }
}
