package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.decision;
import static io.modelgate.redis.LogFleet.kill;
import static io.modelgate.redis.LogFleet.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.testkit.TcpProxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a process starts from. */
class StartTest extends OnOneRedis {

    @Test
    void withoutRedisAndWithoutACopyNothingIsKnownUntilRedisIsThere() throws Exception {
        fleet.redis.kill();
        LogFleet.Member a = fleet.join("a");
        assertThat(a.log.known()).isFalse();
        fleet.redis.start();
        until(a.log::known);
        Path own = Files.createDirectory(directory.resolve("open"));
        fleet.redis.kill();
        assertThatThrownBy(() -> RedisControlLog.open(
                        r -> r.uri(fleet.redis.uri()).directory(own).startWithoutRedis(StartPolicy.OPEN)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("add identitySecret(");
        try (RedisControlLog open = RedisControlLog.open(r -> r.uri(fleet.redis.uri())
                .directory(own)
                .identitySecret(new byte[32])
                .startWithoutRedis(StartPolicy.OPEN))) {
            assertThat(open.known()).isTrue();
        }
    }

    @Test
    void whoStartsBeforeRedisAnswersHashesCallersAsAllOthersDo() throws Exception {
        Path here = Files.createDirectory(directory.resolve("late"));
        Path there = Files.createDirectory(directory.resolve("early"));
        try (TcpProxy proxy = TcpProxy.to(fleet.redis.port())) {
            proxy.hang();
            try (Gates late = gates(here, proxy.port());
                    Gates early = gates(there, fleet.redis.port())) {
                ModelGate<String, String> gate = late.gate("credit", g -> g.stable("v1", input -> input));
                assertThat(gate.decide("x", Caller.of("user-42")).cause()).contains(Cause.KILLED);
                proxy.heal();
                until(() -> gate.decide("x", Caller.of("user-42")).cause().isEmpty());
                assertThat(late.identities().hash("user-42"))
                        .isEqualTo(early.identities().hash("user-42"));
            }
        }
    }

    private static Gates gates(Path directory, int port) {
        return Gates.open(g -> g.controlLog(() -> RedisControlLog.open(
                        r -> r.uri("redis://127.0.0.1:" + port).directory(directory)))
                .budgets(b -> b.fleet(RedisFleetLedger.open(r -> r.uri("redis://127.0.0.1:" + port)))));
    }

    @Test
    void aCopyThatLacksWhatTheProcessHadIsNoStateToServeFrom() throws Exception {
        LogFleet.Member a = fleet.join("a");
        a.append(List.of(kill("k1")));
        Path whole = a.directory.resolve("modelgate.log.whole");
        assertThat(whole).exists();
        a.log.close();
        fleet.redis.kill();
        a.open();
        assertThat(a.log.known()).isTrue();
        a.log.close();
        Files.delete(whole); // as when something could not be written any more
        a.open();
        assertThat(a.log.known()).isFalse();
        fleet.redis.start();
        until(a.log::known);
        until(() -> Files.exists(whole));
    }

    @Test
    void twoCannotShareADirectory() throws Exception {
        LogFleet.Member a = fleet.join("a");
        assertThatThrownBy(
                        () -> RedisControlLog.open(r -> r.uri(fleet.redis.uri()).directory(a.directory)))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining(a.directory.toString())
                .hasMessageContaining("is in use");
        Path missing = directory.resolve("missing");
        assertThatThrownBy(
                        () -> RedisControlLog.open(r -> r.uri(fleet.redis.uri()).directory(missing)))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void aDamagedCopyIsCutAndFetchedAgainAndItsKillsAreOwedMeanwhile() throws Exception {
        LogFleet.Member a = fleet.join("a");
        a.append(List.of(decision("note", "n1"), kill("k2"), kill("k3")));
        List<Entry> all = a.log.read(0, 10);
        a.log.close();
        Path copy = a.directory.resolve("modelgate.log");
        byte[] whole = Files.readAllBytes(copy);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 30; round++) {
            byte[] damaged = round % 2 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (round % 2 == 1) {
                damaged[random.nextInt(whole.length)] ^= 1;
            }
            Files.write(copy, damaged);
            a.open();
            LogFleet.until(() -> a.log.read(0, 10).equals(all));
            LogFleet.until(() -> a.log.owed().isEmpty());
            a.log.close();
            assertThat(copy).as("seed %d, round %d", seed, round).hasBinaryContent(whole);
        }
        fleet.redis.kill();
        byte[] first = whole.clone();
        first[20] ^= 1;
        Files.write(copy, first);
        a.open();
        // Kills stand for themselves: what an earlier round owed may come first.
        assertThat(a.log.owed()).extracting(Decision::id).containsExactlyInAnyOrder("k2", "k3");
    }
}
