package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import io.modelgate.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS, users, Sentinel and Cluster, on real servers. */
@Timeout(90)
class RedisKindsTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final byte[] STREAM = RedisLink.bytes("modelgate:{t}:log");
    private static final Script ADD = Script.of(
            "add", "local n = ARGV[1]\nredis.call('XADD', KEYS[1], n .. '-0', 'line', 'entry ' .. n)\nreturn {'OK'}");

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @TempDir
    Path directory;

    @BeforeEach
    void needsARedis() {
        RedisServer.assumeAvailable();
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private <T extends AutoCloseable> T closing(T what) {
        open.push(what);
        return what;
    }

    private RedisLink link(RedisAddress address) {
        return closing(RedisLink.open(address, LONG));
    }

    /** What it says once it says that, and has not connected by then. */
    private static String problem(RedisLink link, String part) {
        AtomicReference<String> said = new AtomicReference<>("");
        LogFleet.until(() -> {
            said.set(link.problem());
            return said.get().contains(part);
        });
        assertThat(link.awaitConnected(Duration.ZERO)).isFalse();
        return said.get();
    }

    private static void add(RedisLink link, int seq) {
        link.eval(ADD, List.of(STREAM), List.of(RedisLink.bytes(String.valueOf(seq))));
    }

    private int tlsServer(String names) throws Exception {
        Certificates made = Certificates.make(directory, names);
        int port = RedisServer.create().port(); // of one that is never started
        closing(RedisServer.create()
                        .config("tls-port " + port)
                        .config("tls-cert-file " + made.certificate())
                        .config("tls-key-file " + made.key())
                        .config("tls-ca-cert-file " + made.certificate())
                        .config("tls-auth-clients no"))
                .start();
        return port;
    }

    @Test
    void tlsTrustsWhatItIsTold() throws Exception {
        int port = tlsServer("ip:127.0.0.1,dns:localhost");
        RedisLink link = link(RedisAddress.parse("rediss://127.0.0.1:" + port).trust(directory.resolve("cert.pem")));
        assertThat(link.awaitConnected(LONG)).as(link.problem()).isTrue();
        add(link, 1);
        assertThat(Reading.after(link, STREAM, 0, LONG)).hasSize(1);
    }

    @Test
    void tlsTrustsNobodyElse() throws Exception {
        int port = tlsServer("ip:127.0.0.1");
        RedisLink link = link(RedisAddress.parse("rediss://127.0.0.1:" + port));
        assertThat(problem(link, "TLS fails")).contains("trusted");
    }

    @Test
    void tlsRefusesACertificateOfAnotherHost() throws Exception {
        int port = tlsServer("dns:redis.example");
        RedisLink link = link(RedisAddress.parse("rediss://127.0.0.1:" + port).trust(directory.resolve("cert.pem")));
        assertThat(problem(link, "TLS fails")).contains("name this host");
    }

    @Test
    void aRightThatIsMissingIsNamed() {
        RedisServer redis = closing(RedisServer.create()).start();
        redis.command(
                "ACL", "SETUSER", "modelgate", "on", ">s3cret", "~modelgate:*", "+ping", "+eval", "+evalsha", "+get");
        RedisLink link = link(RedisAddress.parse("redis://modelgate:s3cret@127.0.0.1:" + redis.port()));
        assertThat(link.awaitConnected(LONG)).as(link.problem()).isTrue();
        assertThatThrownBy(() -> add(link, 1)).hasMessageContaining("lacks the right +xadd");
        assertThatThrownBy(() -> link.call(commands -> commands.set(STREAM, STREAM)))
                .hasMessageContaining("lacks the right +set");
        assertThatThrownBy(() -> link.call(commands -> commands.get(RedisLink.bytes("other"))))
                .hasMessageContaining("~modelgate:*");
    }

    @Test
    void aWrongPasswordAndAMissingOneAreSaid() {
        RedisServer redis = closing(RedisServer.create().password("right")).start();
        RedisLink wrong = link(RedisAddress.parse("redis://:wrong-one@127.0.0.1:" + redis.port()));
        RedisLink none = link(RedisAddress.parse("redis://127.0.0.1:" + redis.port()));
        assertThat(problem(wrong, "WRONGPASS")).contains("wrong").doesNotContain("wrong-one");
        assertThat(problem(none, "NOAUTH")).contains("MODELGATE_REDIS_PASSWORD");
    }

    @Test
    void aFailoverIsFollowed() {
        RedisServer master = closing(RedisServer.create()).start();
        RedisServer replica = closing(RedisServer.create().replicaOf(master)).start();
        while (!String.valueOf(replica.command("INFO", "replication")).contains("master_link_status:up")) {
            Thread.onSpinWait();
        }
        RedisServer sentinel = closing(RedisServer.sentinel("main", master, 1)).start();
        while (!String.valueOf(sentinel.command("SENTINEL", "replicas", "main"))
                .contains(String.valueOf(replica.port()))) {
            Thread.onSpinWait();
        }
        RedisLink link = link(RedisAddress.parse("redis-sentinel://127.0.0.1:" + sentinel.port() + "#main"));
        assertThat(link.awaitConnected(LONG)).as(link.problem()).isTrue();
        add(link, 1);
        assertThat(Reading.after(link, STREAM, 0, LONG)).hasSize(1);
        assertThat(master.command("WAIT", "1", "5000")).isNotNull();
        CompletableFuture<List<byte[]>> follower = CompletableFuture.supplyAsync(() -> follow(link, 1));
        master.kill();
        boolean added = false;
        while (!added) {
            assertThat(link.awaitConnected(LONG)).as(link.problem()).isTrue();
            try {
                add(link, 2);
                added = true;
            } catch (ControlLogException e) {
                // The failover is under way; or it was done before the reply was lost.
                added = String.valueOf(e.getMessage()).contains("equal or smaller");
            }
        }
        assertThat(follower.join()).singleElement().isEqualTo(RedisLink.bytes("entry 2"));
        assertThat(replica.command("XLEN", "modelgate:{t}:log")).isEqualTo(2L);
    }

    private static List<byte[]> follow(RedisLink link, long after) {
        while (true) {
            try {
                List<byte[]> read = Reading.after(link, STREAM, after, SECOND);
                if (!read.isEmpty()) {
                    return read;
                }
            } catch (ControlLogException e) {
                // Until the replica is promoted.
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aClusterIsOneLog() throws Exception {
        RedisServer node =
                closing(RedisServer.create().config("cluster-enabled yes")).start();
        String[] slots = new String[2 + 16_384];
        slots[0] = "CLUSTER";
        slots[1] = "ADDSLOTS";
        for (int i = 0; i < 16_384; i++) {
            slots[2 + i] = String.valueOf(i);
        }
        node.command(slots);
        while (!String.valueOf(node.command("CLUSTER", "INFO")).contains("cluster_state:ok")) {
            Thread.onSpinWait();
        }
        RedisLink link = link(RedisAddress.parse("redis-cluster://127.0.0.1:" + node.port()));
        assertThat(link.awaitConnected(LONG)).as(link.problem()).isTrue();
        add(link, 1);
        assertThat(Reading.after(link, STREAM, 0, LONG)).hasSize(1);
        node.kill();
        assertThatThrownBy(() -> add(link, 2)).isInstanceOf(ControlLogException.class);
        node.start();
        boolean added = false;
        while (!added) {
            assertThat(link.awaitConnected(LONG)).as(link.problem()).isTrue();
            try {
                add(link, 3);
                added = true;
            } catch (ControlLogException e) {
                assertThat(e).hasMessageContaining("127.0.0.1");
            }
        }
        assertThat(follow(link, 1)).singleElement().isEqualTo(RedisLink.bytes("entry 3"));
    }
}
