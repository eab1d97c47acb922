package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Ticker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpProxyTest {

    private static final int LONG_MILLIS = 30_000;
    private static final int SHORT_MILLIS = 200;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private ServerSocket server;
    private TcpProxy proxy;

    @BeforeEach
    void echo() throws IOException {
        server = Ports.listenSomewhere(); // nobody is given its port while it is down
        Thread thread = new Thread(this::accept);
        thread.setDaemon(true);
        thread.start();
        proxy = TcpProxy.to(server.getLocalPort());
    }

    @AfterEach
    void end() throws IOException {
        proxy.close();
        server.close();
    }

    @Test
    void whatIsSentComesBackAndIsCounted() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, "hello")).isEqualTo("hello");
            assertThat(proxy.bytesSent()).isEqualTo(5);
            assertThat(proxy.bytesReceived()).isEqualTo(5);
            assertThat(proxy.connections()).isEqualTo(1);
        }
    }

    @Test
    void aCutResetsEveryConnectionAndRefusesNewOnesUntilHealed() throws IOException {
        try (Socket client = connect()) {
            assertThat(ask(client, "a")).isEqualTo("a");
            proxy.cut();
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
        }
        proxy.heal();
        try (Socket client = connect()) {
            assertThat(ask(client, "b")).isEqualTo("b");
        }
    }

    @Test
    void aDelayIsPaidEachWay() throws IOException {
        try (Socket client = connect()) {
            proxy.delay(Duration.ofMillis(50));
            long began = Ticker.system().read();
            assertThat(ask(client, "slow")).isEqualTo("slow");
            assertThat(Duration.ofNanos(Ticker.system().read() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
        assertThatThrownBy(() -> proxy.delay(Duration.ofMillis(-1))).hasMessageContaining("-0.001S");
    }

    @Test
    void swallowedRepliesAreLostAndTheirRequestsWereHeard() throws Exception {
        try (Socket client = connect()) {
            proxy.swallowReplies();
            assertNoAnswer(client, "lost");
            assertThat(heard.poll(30, TimeUnit.SECONDS)).isEqualTo("lost");
            while (proxy.bytesSwallowed() < "lost".length()) {
                Thread.onSpinWait(); // the reply may be on its way yet
            }
            proxy.heal();
            assertThat(ask(client, "next")).isEqualTo("next");
        }
    }

    @Test
    void whatHangsGoesOnWhenHealed() throws Exception {
        try (Socket client = connect()) {
            proxy.hang();
            assertNoAnswer(client, "held");
            assertThat(heard).isEmpty();
            proxy.heal();
            client.setSoTimeout(LONG_MILLIS);
            assertThat(read(client, 4)).isEqualTo("held");
        }
    }

    @Test
    void aHungConnectionCanBeCut() throws Exception {
        try (Socket client = connect()) {
            proxy.hang();
            assertNoAnswer(client, "held");
            proxy.cut();
            client.setSoTimeout(LONG_MILLIS);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            proxy.heal();
        }
        try (Socket client = connect()) {
            assertThat(ask(client, "b")).isEqualTo("b");
        }
    }

    @Test
    void aTargetThatIsGoneResetsAndOneThatIsBackIsReached() throws Exception {
        int port = server.getLocalPort();
        server.close();
        awaitRefusal(port);
        try (Socket client = connect()) {
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
        server = Ports.listen(port);
        Thread thread = new Thread(this::accept);
        thread.setDaemon(true);
        thread.start();
        try (Socket client = connect()) {
            assertThat(ask(client, "b")).isEqualTo("b");
        }
    }

    /** The system accepts for a closed listener until the thread that waited on it has noticed. */
    private static void awaitRefusal(int port) throws IOException {
        while (true) {
            try (Socket ignored = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread.onSpinWait();
            } catch (ConnectException refused) {
                return;
            }
        }
    }

    @Test
    void noThreadIsLeftAfterClose() throws Exception {
        Socket client = connect();
        ask(client, "a");
        proxy.hang();
        assertNoAnswer(client, "b");
        String name = "proxy-" + proxy.port() + "-";
        proxy.close();
        client.close();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith(name)) {
                thread.join(LONG_MILLIS);
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    private void assertNoAnswer(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        client.setSoTimeout(SHORT_MILLIS);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(LONG_MILLIS);
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        client.setSoTimeout(LONG_MILLIS);
        return client;
    }

    private static String ask(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return read(client, text.length());
    }

    private static String read(Socket client, int length) throws IOException {
        return new String(client.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
    }

    private void accept() {
        ServerSocket from = server;
        try {
            while (true) {
                Socket client = from.accept();
                Thread thread = new Thread(() -> echo(client));
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void echo(Socket client) {
        try (client) {
            byte[] buffer = new byte[1024];
            int length = client.getInputStream().read(buffer);
            while (length >= 0) {
                heard.add(new String(buffer, 0, length, StandardCharsets.UTF_8));
                client.getOutputStream().write(buffer, 0, length);
                length = client.getInputStream().read(buffer);
            }
        } catch (IOException e) {
            // Reset.
        }
    }
}
