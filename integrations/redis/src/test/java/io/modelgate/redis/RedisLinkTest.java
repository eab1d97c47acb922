package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Ticker;
import io.modelgate.control.ControlLogException;
import io.modelgate.testkit.RedisServer;
import io.modelgate.testkit.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connections, on a real server. */
@Timeout(60)
class RedisLinkTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Script COUNT = Script.of("count", "return {redis.call('INCRBY', KEYS[1], ARGV[1]), 'done'}");
    private static final byte[] KEY = RedisLink.bytes("modelgate:{t}:n");

    private final List<AutoCloseable> open = new ArrayList<>();
    private RedisServer redis;

    @BeforeEach
    void start() {
        RedisServer.assumeAvailable();
        redis = RedisServer.create();
        open.add(redis);
        redis.start();
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        // The last threads end a moment after the last link.
        while (ClientPool.users() > 0) {
            Thread.onSpinWait();
        }
    }

    private RedisLink link(int port) {
        return link(port, LONG);
    }

    private RedisLink link(int port, Duration timeout) {
        RedisLink link = RedisLink.open(RedisAddress.parse(redis.uri(port)), timeout);
        open.add(link);
        return link;
    }

    private static long count(RedisLink link, int by) {
        List<Object> reply = link.eval(COUNT, List.of(KEY), List.of(RedisLink.bytes(String.valueOf(by))));
        assertThat((byte[]) reply.get(1)).isEqualTo(RedisLink.bytes("done"));
        return (Long) reply.get(0);
    }

    @Test
    void aScriptRunsAlsoWhenRedisForgotIt() {
        RedisLink link = link(redis.port());
        assertThat(link.awaitConnected(LONG)).isTrue();
        assertThat(count(link, 2)).isEqualTo(2);
        redis.command("SCRIPT", "FLUSH");
        assertThat(count(link, 3)).isEqualTo(5);
    }

    @Test
    void whileItIsDownQuestionsFailAtOnceAndAreNeverRunLater() throws Exception {
        try (TcpProxy network = TcpProxy.to(redis.port())) {
            RedisLink link = link(network.port());
            Semaphore up = new Semaphore(0);
            link.onReconnect(up::release);
            assertThat(link.awaitConnected(LONG)).isTrue();
            assertThat(up.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            network.cut();
            long began = Ticker.system().read();
            for (int i = 0; i < 50; i++) {
                assertThatThrownBy(() -> count(link, 1))
                        .isInstanceOf(ControlLogException.class)
                        .hasMessageContaining("127.0.0.1:" + network.port());
            }
            assertThat(Duration.ofNanos(Ticker.system().read() - began))
                    .as("none of the 50 waited for the timeout")
                    .isLessThan(LONG);
            network.heal();
            assertThat(up.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
            assertThat(count(link, 1)).as("none of the 50 was run later").isEqualTo(1);
        }
    }

    @Test
    void itIsBackWithinATenthsOfASecond() throws Exception {
        try (TcpProxy network = TcpProxy.to(redis.port())) {
            RedisLink link = link(network.port());
            assertThat(link.awaitConnected(LONG)).isTrue();
            List<Long> millis = new ArrayList<>();
            // The machine may be busy with something else at times.
            for (int i = 0; i < 50 && millis.stream().noneMatch(m -> m < 400); i++) {
                network.cut();
                assertThatThrownBy(() -> count(link, 1)).isInstanceOf(ControlLogException.class);
                network.heal();
                long began = Ticker.system().read();
                assertThat(link.awaitConnected(LONG)).isTrue();
                millis.add(TimeUnit.NANOSECONDS.toMillis(Ticker.system().read() - began));
            }
            assertThat(millis).as("milliseconds, of each time").anyMatch(m -> m < 400);
        }
    }

    @Test
    void aSilentNetworkIsGivenUpAfterTheTimeoutAndLeftForANewConnection() throws Exception {
        try (TcpProxy network = TcpProxy.to(redis.port())) {
            RedisLink link = link(network.port(), SECOND);
            assertThat(link.awaitConnected(LONG)).isTrue();
            assertThat(counted(link)).isZero();
            network.swallowReplies();
            assertThatThrownBy(() -> count(link, 1)).hasMessageContaining("within 1000 ms");
            network.heal();
            assertThat(link.awaitConnected(LONG)).isTrue();
            assertThat(counted(link)).as("it arrived, its reply did not").isEqualTo(1);
        }
    }

    /** What was counted up to now, however slow the machine is. */
    private static long counted(RedisLink link) {
        AtomicLong counted = new AtomicLong();
        LogFleet.until(() -> {
            try {
                counted.set(count(link, 0));
                return true;
            } catch (ControlLogException e) {
                return false;
            }
        });
        return counted.get();
    }

    @Test
    void aReadWaitsForTheNextEntryOnAConnectionOfItsOwn() {
        RedisLink link = link(redis.port());
        byte[] stream = RedisLink.bytes("s");
        assertThat(Reading.after(link, stream, 0, Duration.ofMillis(20))).isEmpty();
        CompletableFuture<List<byte[]>> read =
                CompletableFuture.supplyAsync(() -> Reading.after(link, stream, 0, LONG));
        assertThat(link.awaitConnected(LONG)).isTrue();
        assertThat(count(link, 1)).as("while it waits").isEqualTo(1);
        redis.command("XADD", "s", "1-0", "line", "first");
        assertThat(read.join()).singleElement().isEqualTo(RedisLink.bytes("first"));
    }

    @Test
    void closingEndsAReadThatWaits() {
        RedisLink link = link(redis.port());
        CompletableFuture<List<byte[]>> read =
                CompletableFuture.supplyAsync(() -> Reading.after(link, RedisLink.bytes("s"), 0, LONG));
        while (!String.valueOf(redis.command("INFO", "clients")).contains("blocked_clients:1")) {
            Thread.onSpinWait();
        }
        long began = Ticker.system().read();
        link.close();
        assertThatThrownBy(read::join).hasCauseInstanceOf(ControlLogException.class);
        assertThat(Duration.ofNanos(Ticker.system().read() - began))
                .as("it did not wait for an entry")
                .isLessThan(LONG.dividedBy(2));
        assertThatThrownBy(() -> count(link, 1)).hasMessageContaining("closed");
    }

    @Test
    void aServerThatIsNoMasterAnyMoreIsLeft() throws InterruptedException {
        RedisLink link = link(redis.port());
        Semaphore up = new Semaphore(0);
        assertThat(link.awaitConnected(LONG)).isTrue();
        link.onReconnect(up::release);
        redis.command("REPLICAOF", "127.0.0.1", "1");
        assertThatThrownBy(() -> count(link, 1)).hasMessageContaining("READONLY");
        redis.command("REPLICAOF", "NO", "ONE");
        assertThat(up.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        assertThat(link.awaitConnected(LONG)).isTrue();
        assertThat(count(link, 1)).isEqualTo(1);
    }

    @Test
    void manyLinksShareAFewThreads() {
        List<RedisLink> links = new ArrayList<>();
        int before = Thread.activeCount();
        for (int i = 0; i < 1_000; i++) {
            links.add(link(redis.port()));
        }
        for (RedisLink link : links) {
            assertThat(link.awaitConnected(LONG)).isTrue();
        }
        assertThat(Thread.activeCount() - before).isLessThan(12);
        long began = Ticker.system().read();
        links.forEach(RedisLink::close);
        assertThat(Duration.ofNanos(Ticker.system().read() - began)).isLessThan(LONG);
    }
}
