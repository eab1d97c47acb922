package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills before and after the Redis of two processes is another one, or the same one anew. */
@Timeout(90)
class FailoverTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Actor ALICE = Actor.of("alice");

    @TempDir
    Path directory;

    @BeforeEach
    void needsARedis() {
        RedisServer.assumeAvailable();
    }

    private Gates gates(String uri, String name) throws IOException {
        Path own = Files.createDirectory(directory.resolve(name));
        return Gates.open(g -> g.controlLog(() -> RedisControlLog.open(
                r -> r.uri(uri).directory(own).instance(name).liveFor(LONG))));
    }

    private static ModelGate<String, String> gate(Gates gates) {
        return gates.gate(
                "credit", g -> g.stable("v1", x -> x).version("v2", x -> x).version("v3", x -> x));
    }

    private void killsHold(String uri, Runnable fault) throws IOException {
        try (Gates one = gates(uri, "one");
                Gates two = gates(uri, "two")) {
            ModelGate<String, String> here = gate(one);
            ModelGate<String, String> there = gate(two);
            assertThat(here.version("v2").kill(ALICE, "before").confirmed(LONG).complete())
                    .isTrue();
            fault.run();
            KillReceipt kill = here.version("v3").kill(ALICE, "after");
            assertThat(here.version("v3").live()).isFalse();
            assertThat(kill.stored(LONG)).isTrue();
            until(() -> !there.version("v3").live());
            until(() -> kill.confirmed(Duration.ofSeconds(1)).complete());
            assertThat(there.version("v2").live()).isFalse();
            assertThat(there.version("v1").live()).isTrue();
            assertThat(two.log().head()).isEqualTo(one.log().head());
        }
    }

    @Test
    void killsBeforeAndAfterAFailoverOfSentinelHold() throws IOException {
        try (RedisServer master = RedisServer.create().start();
                RedisServer replica = RedisServer.create().replicaOf(master).start();
                RedisServer sentinel = RedisServer.sentinel("main", master, 1).start()) {
            until(() -> String.valueOf(sentinel.command("SENTINEL", "replicas", "main"))
                    .contains(String.valueOf(replica.port())));
            until(() -> String.valueOf(replica.command("INFO", "replication")).contains("master_link_status:up"));
            killsHold("redis-sentinel://127.0.0.1:" + sentinel.port() + "#main", master::kill);
            assertThat(replica.command("EXISTS", "modelgate:{modelgate}:log")).isEqualTo(1L);
        }
    }

    @Test
    void killsBeforeAndAfterANodeOfAClusterIsLostWithItsDataHold() throws IOException {
        try (RedisServer node = RedisServer.create()
                .config("cluster-enabled yes")
                .config("save \"\"")
                .start()) {
            String[] slots = new String[2 + 16_384];
            slots[0] = "CLUSTER";
            slots[1] = "ADDSLOTS";
            for (int i = 0; i < 16_384; i++) {
                slots[2 + i] = String.valueOf(i);
            }
            node.command(slots);
            until(() -> String.valueOf(node.command("CLUSTER", "INFO")).contains("cluster_state:ok"));
            killsHold("redis-cluster://127.0.0.1:" + node.port(), () -> {
                node.kill();
                node.start();
            });
        }
    }
}
