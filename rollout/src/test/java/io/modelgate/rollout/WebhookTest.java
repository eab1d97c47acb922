package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.modelgate.Scheduler;
import io.modelgate.testkit.ManualTime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Notifications to a server on this machine; the backoff by manual time. */
@Timeout(120)
class WebhookTest {

    private static final String SECRET = "a secret of these tests";

    private record Request(String body, String delivery, String timestamp, String signature, String type) {}

    private final ManualTime time = new ManualTime();
    private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch release = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private volatile IntUnaryOperator status = request -> 204;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/hook", this::answer);
        server.createContext("/slow", exchange -> {
            await(release);
            exchange.close();
        });
        server.createContext("/elsewhere", exchange -> {
            requests.add(new Request("", "", "", "", "followed"));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            await(release);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        release.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var headers = exchange.getRequestHeaders();
        requests.add(new Request(
                body,
                headers.getFirst("ModelGate-Delivery"),
                headers.getFirst("ModelGate-Timestamp"),
                headers.getFirst("ModelGate-Signature"),
                headers.getFirst("Content-Type")));
        int answered = status.applyAsInt(requests.size());
        if (answered / 100 == 3) {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
        }
        exchange.sendResponseHeaders(answered, -1);
        exchange.close();
    }

    private Webhook webhook(String path, Consumer<WebhookBuilder> more) {
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
        // A server that waits for a processor is asked once all the same.
        return Webhook.to(
                uri,
                w -> more.accept(w.secret(SECRET)
                        .timeout(Duration.ofMinutes(1))
                        .scheduler(time)
                        .instants(time)));
    }

    private static Map<String, Object> notification(long number) {
        return Map.of("event", "aborted", "gate", "crédit \"risk\"", "number", number);
    }

    /** Waits for what other threads bring about, and lets time stand still. */
    private static void until(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            LockSupport.parkNanos(500_000);
        }
    }

    /** Lets time pass until a notification is settled, as many seconds as that takes. */
    private void passUntil(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            time.advance(Duration.ofSeconds(1));
            LockSupport.parkNanos(500_000);
        }
    }

    @Test
    void aNotificationIsPostedAsJsonAndSignedAsDocumented() throws Exception {
        try (Webhook webhook = webhook("/hook", w -> {})) {
            webhook.send(notification(1));
            until(() -> webhook.delivered() == 1);
        }
        Request request = requests.get(0);
        assertThat(request.body()).isEqualTo("{\"event\":\"aborted\",\"gate\":\"crédit \\\"risk\\\"\",\"number\":1}");
        assertThat(request.type()).isEqualTo("application/json");
        assertThat(request.timestamp()).isEqualTo(Long.toString(time.instant().getEpochSecond()));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String signed = request.timestamp() + "." + request.delivery() + "." + request.body();
        assertThat(request.signature())
                .isEqualTo("v1=" + HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aServerErrorIsTriedAgainWithTheSameDeliveryAndAFreshTimestamp() {
        status = request -> request < 3 ? 500 : 204;
        try (Webhook webhook = webhook("/hook", w -> {})) {
            webhook.send(notification(1));
            passUntil(() -> webhook.delivered() == 1);
            assertThat(webhook.givenUp()).isZero();
        }
        assertThat(requests)
                .hasSize(3)
                .extracting(Request::delivery)
                .containsOnly(requests.get(0).delivery());
        assertThat(requests).extracting(Request::signature).doesNotHaveDuplicates();
    }

    @Test
    void eachWaitIsTwiceAsLongUpToAMinute() {
        status = request -> 503;
        List<Duration> waits = Collections.synchronizedList(new ArrayList<>());
        Scheduler noting = (task, delay) -> {
            waits.add(delay);
            time.schedule(task, delay);
        };
        try (Webhook webhook = webhook(
                "/hook", w -> w.backoff(Duration.ofSeconds(10)).attempts(6).scheduler(noting))) {
            webhook.send(notification(1));
            passUntil(() -> webhook.givenUp() == 1);
        }
        assertThat(waits).extracting(Duration::toSeconds).containsExactly(10L, 20L, 40L, 60L, 60L);
        assertThat(requests).hasSize(6);
    }

    @Test
    void aServerThatNeverTakesItIsGivenUpAndTheNextOneIsSent() {
        status = request -> request <= 3 ? 500 : 204;
        try (Webhook webhook = webhook("/hook", w -> w.attempts(3))) {
            webhook.send(notification(1));
            webhook.send(notification(2));
            passUntil(() -> webhook.delivered() == 1);
            assertThat(webhook.givenUp()).isEqualTo(1);
            assertThat(webhook.waiting()).isZero();
        }
        assertThat(requests).last().extracting(Request::body).asString().contains("\"number\":2");
    }

    @Test
    void whatTheServerRefusesIsNotTriedAgainAndARedirectIsNotFollowed() {
        for (int refused : new int[] {400, 401, 404, 301, 307}) {
            requests.clear();
            status = request -> refused;
            try (Webhook webhook = webhook("/hook", w -> {})) {
                webhook.send(notification(1));
                until(() -> webhook.givenUp() == 1);
            }
            assertThat(requests).as("status %d", refused).hasSize(1);
        }
    }

    @Test
    void aServerThatIsNotThereIsTriedAgainAndGivenUp() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        URI uri = URI.create("http://127.0.0.1:" + port + "/hook");
        try (Webhook webhook = Webhook.to(
                uri, w -> w.secret(SECRET).scheduler(time).instants(time).attempts(3))) {
            webhook.send(notification(1));
            passUntil(() -> webhook.givenUp() == 1);
        }
    }

    @Test
    void aSlowServerHoldsUpNobodyAndTimesOut() {
        try (Webhook webhook =
                webhook("/slow", w -> w.timeout(Duration.ofMillis(50)).attempts(1))) {
            webhook.send(notification(1)); // returns, though the server never answers
            until(() -> webhook.givenUp() == 1);
        }
    }

    @Test
    void anAnswerThatNeverEndsIsNotRead() {
        try (Webhook webhook = webhook("/endless", w -> {})) {
            webhook.send(notification(1));
            webhook.send(notification(2));
            until(() -> webhook.delivered() == 2);
        }
    }

    @Test
    void aFullQueueDropsTheOldestAndCounts() {
        status = request -> {
            await(release);
            return 204;
        };
        try (Webhook webhook = webhook("/hook", w -> w.queue(3))) {
            webhook.send(notification(1));
            until(() -> !requests.isEmpty()); // under way, and so out of the queue
            for (int i = 2; i <= 6; i++) {
                webhook.send(notification(i));
            }
            assertThat(webhook.dropped()).isEqualTo(2);
            assertThat(webhook.waiting()).isEqualTo(4);
            release.countDown();
            until(() -> webhook.delivered() == 4);
        }
        assertThat(requests)
                .extracting(Request::body)
                .extracting(body -> body.replaceAll("\\D", ""))
                .containsExactly("1", "4", "5", "6");
    }

    @Test
    void afterCloseNothingIsSent() {
        status = request -> 500;
        Webhook webhook = webhook("/hook", w -> {});
        webhook.send(notification(1));
        webhook.send(notification(2));
        until(() -> !requests.isEmpty());
        webhook.close();
        webhook.send(notification(3));
        passUntil(() -> webhook.waiting() == 0);
        assertThat(requests).hasSize(1);
        assertThat(webhook.givenUp()).as("the one under way").isEqualTo(1);
        assertThat(webhook.dropped()).as("the one that waited").isEqualTo(1);
    }

    @Test
    void noSecretGetsIntoAMessage() {
        URI withToken = URI.create("https://hooks.example.com/services/T0KEN?key=T0KEN");
        try (Webhook webhook = Webhook.to(withToken, w -> w.secret(SECRET))) {
            assertThat(webhook.toString()).isEqualTo("Webhook[https://hooks.example.com]");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Webhook.to(withToken, w -> w.secret("hunter2")))
                .withMessageContaining("secret has 7 bytes: expected 16 or more")
                .withMessageNotContaining("hunter2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Webhook.to(withToken, w -> {}))
                .withMessageContaining("has no secret")
                .withMessageNotContaining("T0KEN");
    }

    @Test
    void onlyHttpsLeavesTheMachineUnlessAllowed() {
        for (String bad : List.of(
                "http://hooks.example.com/x",
                "ftp://hooks.example.com/x",
                "https:///x",
                "http://127.0.0.1.example.com/")) {
            assertThatIllegalArgumentException()
                    .as(bad)
                    .isThrownBy(() -> Webhook.to(URI.create(bad), w -> w.secret(SECRET)));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Webhook.to(URI.create("https://bob:hunter2@example.com/"), w -> w.secret(SECRET)))
                .withMessageNotContaining("hunter2");
        for (String good : List.of("https://example.com/x", "http://localhost:1/x", "http://[::1]:1/x")) {
            Webhook.to(URI.create(good), w -> w.secret(SECRET)).close();
        }
        Webhook.to(
                        URI.create("http://hooks.example.com/x"),
                        w -> w.secret(SECRET).plainHttp())
                .close();
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        URI uri = URI.create("https://example.com/x");
        for (Consumer<WebhookBuilder> bad : List.<Consumer<WebhookBuilder>>of(
                w -> w.attempts(0),
                w -> w.attempts(21),
                w -> w.queue(0),
                w -> w.backoff(Duration.ZERO),
                w -> w.backoff(Duration.ofMinutes(2)),
                w -> w.timeout(Duration.ofHours(1)))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Webhook.to(uri, bad))
                    .withMessageContaining("expected");
        }
    }
}
