package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Ticker;
import io.modelgate.testkit.ManualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody keeps a thread of the console by sending or reading slowly. Time passes by hand, except where it says otherwise. */
class SlowClientsTest {

    private static final int PIECE = 64 * 1024;

    private final ManualTime time = new ManualTime();
    private final AtomicReference<Exception> ended = new AtomicReference<>();
    private final AtomicLong pieces = new AtomicLong();
    private final CountDownLatch streaming = new CountDownLatch(1);
    private final AtomicBoolean interrupted = new AtomicBoolean();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        Await.until(() -> threads() == 0);
        assertThat(threads()).isZero();
    }

    private ServerRig rig(Gates gates) throws IOException {
        ServerRig rig = new ServerRig(
                gates,
                c -> c.requestsPerSecond(100_000),
                Route.get(
                        "/api/v1/endless",
                        request -> new Reply.Streamed("text/plain", "", out -> {
                            byte[] piece = new byte[PIECE];
                            try {
                                while (true) {
                                    out.write(piece);
                                    pieces.incrementAndGet();
                                    streaming.countDown();
                                }
                            } catch (IOException e) {
                                ended.set(e);
                                throw e;
                            }
                        })),
                Route.get("/api/v1/thinks", request -> {
                    streaming.countDown();
                    time.advance(RequestThreads.PATIENCE.multipliedBy(10));
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500)); // the watch looks several times
                    interrupted.set(Thread.currentThread().isInterrupted());
                    return Reply.json("done");
                }));
        open.add(0, rig);
        return rig;
    }

    private ServerRig byHand() throws IOException {
        return rig(Gates.open(g -> g.ticker(time).instants(time).scheduler(time)));
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("modelgate-console"))
                .count();
    }

    /** The threads that have a request. */
    private static long busy() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().matches("modelgate-console-[0-9]+"))
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().equals(Turn.class.getName())))
                .count();
    }

    private Wire wire(ServerRig rig) throws IOException {
        Wire wire = new Wire(rig.uri());
        open.add(wire);
        return wire;
    }

    /** Whether a connection is closed as time passes. */
    private boolean cut(Wire wire) throws IOException {
        wire.patience(Duration.ofMillis(50));
        for (int i = 0; i < 200; i++) {
            time.advance(RequestThreads.PATIENCE);
            if (wire.closed()) {
                return true;
            }
        }
        return false;
    }

    @Test
    void whoDoesNotFinishTheHeadersIsCut() throws Exception {
        ServerRig rig = byHand();
        Wire wire = wire(rig).send("GET /api/v1/look HTTP/1.1\r\nHost: local");
        Await.until(() -> busy() == 1);

        wire.patience(Duration.ofMillis(300));
        assertThat(wire.closed()).isFalse(); // it has time

        time.advance(RequestThreads.PATIENCE);
        wire.patience(Duration.ofSeconds(20));
        assertThat(wire.closed()).isTrue();
        Await.until(() -> busy() == 0);
        assertThat(busy()).isZero();
    }

    @Test
    void whoDoesNotFinishTheBodyIsCut() throws Exception {
        ServerRig rig = byHand();
        Wire wire = wire(rig)
                .send(
                        "POST /api/v1/act HTTP/1.1\r\n" + rig.headers(Role.OPERATOR)
                                + "X-ModelGate: 1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"reason\":");

        assertThat(cut(wire)).isTrue();
        assertThat(rig.acted).isEmpty();
    }

    @Test
    void whoIsRefusedAndDoesNotFinishTheBodyIsCut() throws Exception {
        ServerRig rig = byHand();
        Wire wire =
                wire(rig).send("POST /api/v1/act HTTP/1.1\r\n" + rig.headers(null) + "Content-Length: 100\r\n\r\n{");
        if (Runtime.version().feature() == 17) {
            assertThat(wire.read().orElseThrow().status()).isEqualTo(401);
        } else {
            Await.until(() -> busy() == 1); // a later JDK's server sends no answer before it has read the rest
        }

        assertThat(cut(wire)).isTrue();
        Await.until(() -> busy() == 0);
        assertThat(busy()).isZero();
    }

    @Test
    void whoDoesNotReadAStreamIsCut() throws Exception {
        ServerRig rig = byHand();
        wire(rig).send("GET /api/v1/endless HTTP/1.1\r\n" + rig.headers(Role.VIEWER) + "\r\n");
        assertThat(streaming.await(20, TimeUnit.SECONDS)).isTrue();

        Await.until(() -> {
            time.advance(Duration.ofSeconds(1));
            return ended.get() != null;
        });
        assertThat(ended.get()).isInstanceOf(IOException.class);
        Await.until(() -> busy() == 0);
        assertThat(busy()).isZero();
    }

    @Test
    @Timeout(60)
    void whoReadsAStreamIsNotCutHoweverLongItTakes() throws Exception {
        ServerRig rig = byHand();
        Wire wire = wire(rig).send("GET /api/v1/endless HTTP/1.1\r\n" + rig.headers(Role.VIEWER) + "\r\n");
        for (int i = 0; i < 100; i++) {
            time.advance(Duration.ofSeconds(5));
            long before = pieces.get();
            while (pieces.get() == before) { // until what is written gets on: much may be under way
                wire.skip(PIECE);
            }
        }

        assertThat(ended.get()).isNull();
    }

    /** An interrupt in the middle of what a route does would be one of a kill. */
    @Test
    void aRouteThatTakesItsTimeIsLeftAlone() throws Exception {
        ServerRig rig = byHand();

        assertThat(rig.get("/api/v1/thinks", Role.VIEWER).orElseThrow().body()).isEqualTo("\"done\"");
        assertThat(interrupted).isFalse();
    }

    @Test
    void aStalledReaderDoesNotKeepTheConsoleFromClosing() throws Exception {
        ServerRig rig = byHand();
        wire(rig).send("GET /api/v1/endless HTTP/1.1\r\n" + rig.headers(Role.VIEWER) + "\r\n");
        wire(rig).send("GET /api/v1/look HTTP/1.1\r\nHost: local");
        wire(rig);
        assertThat(streaming.await(20, TimeUnit.SECONDS)).isTrue();
        Await.until(() -> busy() == 2);

        long began = Ticker.system().read();
        rig.server.close();

        assertThat(Duration.ofNanos(Ticker.system().read() - began)).isLessThan(Duration.ofSeconds(10));
        Await.until(() -> threads() == 0);
        assertThat(threads()).isZero();
    }

    /** On the clock of the system, with the patience that a console has. */
    @Test
    void anOperatorGetsThroughAThousandConnectionsThatDribble() throws Exception {
        Gates gates = Gates.open(g -> {});
        ModelGate<String, String> gate = gates.gate("credit", g -> g.stable("v1", input -> input));
        ServerRig rig = rig(gates);
        rig.get("/api/v1/look", Role.OPERATOR); // what is loaded once is
        AtomicBoolean stop = new AtomicBoolean();
        AtomicReference<Throwable> trouble = new AtomicReference<>();
        CountDownLatch connected = new CountDownLatch(1);
        Thread dribble = new Thread(() -> dribble(rig.uri(), 1_000, connected, stop, trouble), "dribble");
        dribble.start();
        try {
            assertThat(connected.await(60, TimeUnit.SECONDS)).isTrue();
            int slow = 0;
            for (int i = 0; i < 20; i++) {
                long began = Ticker.system().read();
                assertThat(rig.post(
                                        "/api/v1/act",
                                        rig.headers(Role.OPERATOR) + "X-ModelGate: 1\r\n",
                                        "{\"reason\":\"they are here\"}")
                                .orElseThrow()
                                .status())
                        .isEqualTo(201);
                slow += Ticker.system().read() - began < TimeUnit.SECONDS.toNanos(2) ? 0 : 1;
                assertThat(gate.decide("x", Caller.of("user")).answer()).isEmpty(); // it is killed
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            }

            assertThat(slow).as("one or two may be the machine's").isLessThan(3);
            assertThat(rig.gates.kills()).hasSize(20);
            assertThat(threads()).isLessThanOrEqualTo(RequestThreads.THREADS + 2L);
        } finally {
            stop.set(true);
            dribble.join();
        }
        assertThat(trouble.get()).isNull();

        Await.until(() -> busy() == 0);
        assertThat(busy()).isZero();
    }

    /** Sends a byte a second on each of so many connections, and makes a new one for each that is closed. */
    private static void dribble(
            URI address, int count, CountDownLatch connected, AtomicBoolean stop, AtomicReference<Throwable> trouble) {
        byte[] request =
                ("GET /api/v1/look HTTP/1.1\r\nX-Slow: " + "a".repeat(1_000)).getBytes(StandardCharsets.US_ASCII);
        List<SocketChannel> channels = new ArrayList<>();
        try {
            int[] sent = new int[count];
            for (int i = 0; i < count; i++) {
                channels.add(connect(address));
            }
            for (int round = 0; !stop.get(); round++) {
                for (int i = 0; i < count && !stop.get(); i++) {
                    try {
                        channels.get(i).write(ByteBuffer.wrap(request, sent[i]++, 1));
                    } catch (IOException e) { // it was cut, and comes back
                        channels.get(i).close();
                        channels.set(i, connect(address));
                        sent[i] = 0;
                    }
                    if (i % (count / 10) == 0) {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                    }
                }
                if (round == 1) {
                    connected.countDown();
                }
            }
        } catch (IOException | RuntimeException e) {
            trouble.set(e);
        } finally {
            channels.forEach(SlowClientsTest::closeQuietly);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SocketChannel connect(URI address) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress(address.getHost(), address.getPort()));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }
}
