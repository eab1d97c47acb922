package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.Scope;
import io.modelgate.control.ControlLog;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.redis.RedisControlLog;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LogSelectionTest {

    private static final String SECRET = "s3cret";
    private static final String URI = "redis://somebody:" + SECRET + "@localhost:1";

    private static final String BASE64 = Base64.getEncoder().encodeToString(new byte[16]);

    @TempDir
    private Path directory;

    private static ApplicationContextRunner with(String... properties) {
        return Applications.with(CreditModel.Forest.class).withPropertyValues(properties);
    }

    @Test
    void withoutPropertiesTheLogIsInMemory() {
        with().run(context -> assertThat(context.getBean(Gates.class).log()).isInstanceOf(MemoryControlLog.class));
    }

    @Test
    void aKillHoldsAcrossARestartWithAFile() {
        String file = "modelgate.log.file=" + directory.resolve("control.log");
        with(file).run(context -> {
            assertThat(context.getBean(Gates.class).log()).isInstanceOf(FileControlLog.class);
            assertThat(context.getBean(Gates.class)
                            .kill(Scope.gate("credit-risk"), Actor.of("alice"), "approvals fell")
                            .stored(Duration.ofSeconds(10)))
                    .isTrue();
        });
        with(file)
                .run(context -> assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                        .isEqualTo("fallback: no"));
    }

    @Test
    void aLogOfTheApplicationsIsUsedAndLeavesNoPropertyIgnored() {
        MemoryControlLog own = new MemoryControlLog();
        with().withBean(ControlLog.class, () -> own)
                .run(context -> assertThat(context.getBean(Gates.class).log()).isSameAs(own));
        assertThat(Applications.failure(with("modelgate.log.file=" + directory.resolve("control.log"))
                        .withBean(ControlLog.class, MemoryControlLog::new)))
                .contains("modelgate.log", "a bean of type ControlLog of its own");
    }

    private String broken() throws IOException {
        Path file = Files.writeString(directory.resolve("broken.log"), "this is no log\n");
        return "modelgate.log.file=" + file;
    }

    @Test
    void aLogThatRefusesToOpenFailsTheStart() throws IOException {
        assertThat(Applications.failure(with(broken())))
                .contains("broken.log", "modelgate.start-killed-if-log-refuses=true");
    }

    @Test
    void aLogThatRefusesToOpenStartsKilledWhereThatIsWanted() throws IOException {
        with(broken(), "modelgate.start-killed-if-log-refuses=true").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(Gates.class).kills())
                    .extracting(Kill::id)
                    .contains("log-refused");
            assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1")).isEqualTo("fallback: no");
        });
    }

    @Test
    void theLogIsOnRedisWhereThereIsAUri() {
        RedisServer.assumeAvailable();
        try (RedisServer redis = RedisServer.create().password(SECRET).start()) {
            with(
                            "modelgate.log.redis.uri=redis://localhost:" + redis.port(),
                            "modelgate.log.redis.user=default",
                            "modelgate.log.redis.password=" + SECRET,
                            "modelgate.log.redis.name=tests",
                            dir())
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        Gates gates = context.getBean(Gates.class);
                        assertThat(gates.log()).isInstanceOf(RedisControlLog.class);
                        assertThat(gates.kill(Scope.fleet(), Actor.of("alice"), "a rehearsal")
                                        .stored(Duration.ofSeconds(10)))
                                .isTrue();
                    });
        }
    }

    @Test
    void aFileAndARedisAtOnceAreRefusedSoThatNeitherIsIgnored() {
        Path file = directory.resolve("of-another-profile.log");
        assertThat(Applications.failure(with("modelgate.log.redis.uri=" + URI, "modelgate.log.file=" + file, dir())))
                .contains("modelgate.log.file", "modelgate.log.redis.uri", "remove one of them")
                .doesNotContain(SECRET);
        assertThat(file).doesNotExist();
    }

    @Test
    void redisNeedsItsModule() {
        ModelGateProperties.Redis redis = redis(URI, null, null);
        assertThatThrownBy(() -> LogSelection.open(new ModelGateProperties.Log(null, redis), false))
                .hasMessageContaining("modelgate.log.redis.uri")
                .hasMessageContaining("io.modelgate:modelgate-redis")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void redisNeedsADirectoryAndBothHalvesOfALogin() {
        String failure = Applications.failure(with("modelgate.log.redis.uri=" + URI, "modelgate.log.redis.user=me"));
        assertThat(failure)
                .contains("modelgate.log.redis.directory", "is missing")
                .contains("modelgate.log.redis.password", "set both, or neither")
                .doesNotContain(SECRET);
    }

    private ApplicationContextRunner unreachable(String... properties) {
        return with("modelgate.log.redis.uri=redis://localhost:1", "modelgate.log.redis.command-timeout=50ms", dir())
                .withPropertyValues(properties);
    }

    @Test
    void withoutRedisAProcessStartsKilledUnlessItIsToldToServe() {
        unreachable().run(context -> {
            assertThat(context.getBean(Gates.class).kills())
                    .extracting(Kill::id)
                    .contains("log-unknown");
            assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1")).isEqualTo("fallback: no");
        });
        unreachable("modelgate.log.redis.start-without-redis=open", "modelgate.log.redis.identity-secret=" + BASE64)
                .run(context -> {
                    assertThat(context.getBean(Gates.class).kills()).isEmpty();
                    assertThat(context.getBean(CreditModel.class).decide(0.5, "user-1"))
                            .isEqualTo("forest");
                });
    }

    @Test
    void whoIsToServeWithoutRedisNeedsTheSecretOfAll() {
        assertThat(Applications.failure(unreachable("modelgate.log.redis.start-without-redis=open")))
                .contains("modelgate.log.redis.identity-secret", "is missing, and start-without-redis is open");
    }

    @Test
    void callersAreHashedUnderTheSecretThatIsGiven() {
        unreachable("modelgate.log.redis.start-without-redis=open", "modelgate.log.redis.identity-secret=" + BASE64)
                .run(context -> assertThat(context.getBean(ControlLog.class).identitySecret())
                        .isEqualTo(Base64.getDecoder().decode(BASE64)));
    }

    @Test
    void everyValueThatTheLogOnRedisRefusesIsNamedAtOnce() {
        assertThat(Applications.failure(unreachable(
                        "modelgate.log.redis.heartbeat=0s",
                        "modelgate.log.redis.live-for=2h",
                        "modelgate.log.redis.identity-secret=" + SECRET,
                        "modelgate.log.redis.name=no name")))
                .contains("modelgate.log.redis.heartbeat", "heartbeat is PT0S: expected 1 ms to 1 hour")
                .contains("modelgate.log.redis.live-for", "liveFor is PT2H: expected 1 ms to 1 hour")
                .contains("modelgate.log.redis.name", "name is \"no name\"")
                .contains("modelgate.log.redis.identity-secret", "it has 4 bytes; expected 16 or more in Base64")
                .doesNotContain(SECRET);
        assertThat(Applications.failure(unreachable("modelgate.log.redis.identity-secret=" + SECRET + "!")))
                .contains("modelgate.log.redis.identity-secret", "it is not in Base64; expected 16 or more in Base64")
                .doesNotContain(SECRET);
        assertThat(Applications.failure(unreachable("modelgate.log.redis.heartbeat=4s")))
                .contains("modelgate.log.redis.heartbeat", "liveFor is PT3S: expected more than the heartbeat, PT4S");
        assertThat(Applications.failure(unreachable("modelgate.log.redis.live-for=1s")))
                .contains("modelgate.log.redis.live-for", "liveFor is PT1S: expected more than the heartbeat, PT1S");
    }

    @Test
    void settingsOfRedisWithoutAUriFailTheStart() {
        assertThat(Applications.failure(with("modelgate.log.redis.password=" + SECRET)))
                .contains("modelgate.log.redis.uri", "is missing")
                .doesNotContain(SECRET);
    }

    @Test
    void noTextShowsAUriOrAPassword() {
        assertThat(redis(URI, "me", SECRET).toString()).doesNotContain(SECRET);
        assertThat(Applications.failure(with("modelgate.log.redis.uri=rediss:/" + SECRET, dir())))
                .contains("modelgate.log.redis")
                .doesNotContain(SECRET);
        assertThat(Applications.failure(with("modelgate.log.redis.pasword=" + SECRET)))
                .contains("modelgate.log.redis.pasword", "there is no key \"pasword\"", "password")
                .doesNotContain(SECRET);
        for (String misplaced : new String[] {
            "modelgate.log=redis://somebody:" + SECRET + "@host",
            "modelgate.log.redis=" + SECRET,
            "modelgate.redis.user=" + SECRET,
            "modelgate.log.Pass-Word=" + SECRET,
            "modelgate.actuator.token=" + SECRET,
            "modelgate.somewhere=https://host/" + SECRET,
            "modelgate.kill-when-stale=somebody:" + SECRET + "@host"
        }) {
            assertThat(Applications.failure(with(misplaced)))
                    .as(misplaced)
                    .contains("modelgate.")
                    .doesNotContain("it started", "no analysis", SECRET);
        }
        assertThat(Applications.failure(with("modelgate.log.redis.command-timeout=" + SECRET)))
                .contains("modelgate.log.redis.command-timeout", "a duration with its unit")
                .doesNotContain(SECRET);
    }

    private String dir() {
        return "modelgate.log.redis.directory=" + directory;
    }

    private static ModelGateProperties.Redis redis(String uri, String user, String password) {
        return new ModelGateProperties.Redis(
                uri, null, null, null, user, password, null, null, null, null, null, null, null);
    }
}
