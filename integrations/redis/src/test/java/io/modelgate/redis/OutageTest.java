package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.decision;
import static io.modelgate.redis.LogFleet.kill;
import static io.modelgate.redis.LogFleet.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Ticker;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Redis comes back with less, or not at all for a while. */
class OutageTest extends OnOneRedis {

    @Test
    void aRedisThatLostEverythingIsRestored() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        a.append(IntStream.range(0, 500).mapToObj(i -> kill("k" + i)).toList());
        fleet.agree();
        fleet.redis.command("FLUSHALL");
        fleet.agree();
        b.append(List.of(kill("after")));
        fleet.agree();
        assertThat(a.ids()).hasSize(501).doesNotHaveDuplicates();
        assertThat(a.replaced).hasValue(0);
    }

    @Test
    void aRedisThatDiedWithoutItsDataIsRestored() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        a.append(List.of(kill("k1"), kill("k2")));
        fleet.agree();
        fleet.redis.kill();
        fleet.redis.start();
        fleet.agree();
        assertThat(b.ids()).containsExactly("k1", "k2");
        assertThat(fleet.redis.command("XLEN", "modelgate:{modelgate}:log")).isEqualTo(2L);
    }

    @Test
    void theEndThatRedisLostIsRestored() throws Exception {
        LogFleet.Member a = fleet.join("a");
        fleet.join("b");
        a.append(List.of(kill("k1"), kill("k2"), kill("k3")));
        fleet.agree();
        fleet.lose(1, "k2", "k3");
        fleet.agree();
        assertThat(a.ids()).containsExactly("k1", "k2", "k3");
        assertThat(fleet.redis.command("XLEN", "modelgate:{modelgate}:log")).isEqualTo(3L);
    }

    @Test
    void anIndexThatWasLostIsMadeAnew() throws Exception {
        LogFleet.Member a = fleet.join("a");
        a.append(List.of(kill("k1"), kill("k2")));
        fleet.redis.command("DEL", "modelgate:{modelgate}:ids");
        assertThat(a.append(List.of(kill("k2"), kill("k3"))))
                .extracting(Entry::seq)
                .containsExactly(2L, 3L);
        fleet.agree();
    }

    @Test
    void aKillMadeWhileRedisIsDownReachesOthersWithinASecondOfItsReturn() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        a.append(List.of(kill("k0")));
        fleet.agree();
        List<Long> millis = new ArrayList<>();
        // The machine may be busy with something else at times.
        for (int i = 1; i <= 20 && millis.stream().noneMatch(each -> each <= 1_000); i++) {
            String id = "k" + i;
            fleet.redis.kill();
            CountDownLatch arrived = new CountDownLatch(1);
            try (ControlLog.Subscription ignored = b.log.follow(i, batch -> arrived.countDown())) {
                assertThatThrownBy(() -> a.log.append(List.of(kill(id)))).isInstanceOf(ControlLogException.class);
                assertThat(a.log.owed()).extracting(Decision::id).containsExactly(id);
                fleet.redis.start();
                long began = Ticker.system().read();
                a.append(List.of(kill(id)));
                assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
                millis.add(TimeUnit.NANOSECONDS.toMillis(Ticker.system().read() - began));
            }
            assertThat(a.log.owed()).isEmpty();
        }
        assertThat(millis).as("milliseconds, of each time").anyMatch(each -> each <= 1_000);
    }

    @Test
    void aKillThatRedisDidNotTakeIsOwedAfterARestart() throws Exception {
        LogFleet.Member a = fleet.join("a");
        a.append(List.of(kill("k1")));
        a.proxy.cut();
        assertThatThrownBy(() -> a.log.append(List.of(kill("k2"), decision("note", "n"))))
                .isInstanceOf(ControlLogException.class);
        a.log.close();
        a.open();
        assertThat(a.log.known()).isTrue();
        assertThat(a.ids()).containsExactly("k1");
        assertThat(a.log.owed()).extracting(Decision::id).containsExactly("k2");
        a.proxy.heal();
        a.settle();
        assertThat(a.log.owed()).isEmpty();
        assertThat(a.directory.resolve("modelgate.owed")).isEmptyFile();
        assertThat(a.ids()).containsExactly("k1", "k2");
    }

    @Test
    void aRetryAfterALostReplyAppendsNothingTwice() throws Exception {
        LogFleet.Member a = fleet.join("a");
        a.append(List.of(kill("k1")));
        a.proxy.swallowReplies();
        assertThatThrownBy(() -> a.log.append(List.of(kill("k2")))).isInstanceOf(ControlLogException.class);
        until(() -> fleet.redis.command("XLEN", "modelgate:{modelgate}:log").equals(2L));
        a.proxy.heal();
        assertThat(a.append(List.of(kill("k2"), kill("k3"))))
                .extracting(Entry::seq)
                .containsExactly(2L, 3L);
        assertThat(fleet.redis.command("XLEN", "modelgate:{modelgate}:log")).isEqualTo(3L);
    }

    @Test
    void staleWhileCutOffAndCurrentAgainAfterwards() throws Exception {
        LogFleet.Member a = fleet.join("a");
        until(() -> a.log.staleness().compareTo(Duration.ofMillis(400)) < 0);
        a.proxy.cut();
        until(() -> a.log.staleness().compareTo(Duration.ofSeconds(1)) > 0);
        a.proxy.heal();
        until(() -> a.log.staleness().compareTo(Duration.ofMillis(400)) < 0);
    }
}
