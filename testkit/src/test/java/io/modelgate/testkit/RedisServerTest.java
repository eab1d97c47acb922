package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Ticker;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {

    private final List<RedisServer> servers = new ArrayList<>();

    @BeforeEach
    void needsTheBinary() {
        RedisServer.assumeAvailable();
    }

    @AfterEach
    void end() {
        servers.forEach(RedisServer::close);
    }

    @Test
    void whatWasWrittenIsThereAfterAKillAndARestartOnTheSamePort() {
        RedisServer redis = started(RedisServer.create());
        int port = redis.port();
        assertThat(redis.command("SET", "k", "a b\r\nc")).isEqualTo("OK");

        redis.kill();
        assertThat(redis.alive()).isFalse();
        assertThatThrownBy(() -> redis.command("PING")).isInstanceOf(UncheckedIOException.class);
        redis.restart();

        assertThat(redis.port()).isEqualTo(port);
        assertThat(redis.command("GET", "k")).isEqualTo("a b\r\nc");
        assertThat(redis.command("GET", "missing")).isNull();
        assertThat(redis.command("DEL", "k")).isEqualTo(1L);
        assertThat(redis.command("CONFIG", "GET", "appendfsync")).isEqualTo(List.of("appendfsync", "everysec"));
        assertThatThrownBy(() -> redis.command("NOSUCH")).hasMessageContaining("NOSUCH: ERR unknown command");
    }

    @Test
    void aStoppedServerAnswersOnceItIsResumed() throws Exception {
        RedisServer redis = started(RedisServer.create());
        redis.stop();
        try (RedisWire wire = new RedisWire(redis.port(), 300)) {
            assertThatThrownBy(() -> wire.ask("PING")).isInstanceOf(java.net.SocketTimeoutException.class);
        }
        redis.resume();
        assertThat(redis.command("PING")).isEqualTo("PONG");
        redis.stop();
        redis.kill();
        assertThat(redis.alive()).isFalse();
    }

    @Test
    void aServerThatDoesNotStartSaysWhatItWrote() {
        RedisServer redis = RedisServer.create().config("no-such-directive 1");
        servers.add(redis);
        assertThatThrownBy(redis::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-directive");
    }

    @Test
    void aGivenDirectoryStaysAndATemporaryOneGoes(@TempDir Path folder) {
        RedisServer given = started(RedisServer.create().directory(folder));
        RedisServer temporary = started(RedisServer.create());
        Path own = temporary.directory();
        given.close();
        temporary.close();
        assertThat(folder.resolve("appendonly.aof")).exists();
        assertThat(Files.exists(own)).isFalse();
    }

    @Test
    void aPasswordIsUsedAndInTheUri() {
        RedisServer redis = started(RedisServer.create().password("hush"));
        assertThat(redis.uri()).isEqualTo("redis://:hush@127.0.0.1:" + redis.port());
        assertThat(redis.command("PING")).isEqualTo("PONG");
    }

    @Test
    void sentinelsMakeTheReplicaTheMaster() {
        RedisServer master = started(RedisServer.create());
        RedisServer replica = started(RedisServer.create().replicaOf(master));
        List<RedisServer> sentinels = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sentinels.add(started(RedisServer.sentinel("main", master, 2)));
        }
        master.command("SET", "k", "v");
        await("the replica has it", () -> holds(replica, "v"));
        await(
                "the sentinels know each other",
                () -> known(sentinels.get(0), "sentinels") == 2 && known(sentinels.get(0), "replicas") == 1);

        master.kill();

        await("the replica is master", () -> address(sentinels.get(0)).equals(String.valueOf(replica.port())));
        await("it takes writes", () -> role(replica).equals("master"));
        assertThat(replica.command("SET", "k", "w")).isEqualTo("OK");
        master.restart();
        await("the old master follows", () -> holds(master, "w"));
    }

    /** Not while it changes its role: then it ends all connections, or refuses. */
    private static boolean holds(RedisServer server, String value) {
        try {
            return value.equals(server.command("GET", "k"));
        } catch (UncheckedIOException | IllegalStateException e) {
            return false;
        }
    }

    private RedisServer started(RedisServer server) {
        servers.add(server);
        return server.start();
    }

    private static int known(RedisServer sentinel, String what) {
        return sentinel.command("SENTINEL", what, "main") instanceof List<?> all ? all.size() : 0;
    }

    private static String address(RedisServer sentinel) {
        Object reply = sentinel.command("SENTINEL", "get-master-addr-by-name", "main");
        return reply instanceof List<?> address ? String.valueOf(address.get(1)) : "";
    }

    private static String role(RedisServer server) {
        @Nullable Object reply = server.command("ROLE");
        return reply instanceof List<?> role ? String.valueOf(role.get(0)) : "";
    }

    private static void await(String what, BooleanSupplier condition) {
        Ticker ticker = Ticker.system();
        long began = ticker.read();
        while (!condition.getAsBoolean()) {
            assertThat(Duration.ofNanos(ticker.read() - began)).as(what).isLessThan(Duration.ofSeconds(60));
            LockSupport.parkNanos(20_000_000);
        }
    }
}
