package io.modelgate.rollout;

import io.modelgate.control.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends notifications of rollouts to a URL: a POST of JSON each, signed, one after the other in their order. Thread-safe; whoever
 * notifies is never blocked.
 *
 * <pre>{@code
 * Webhook.to(URI.create("https://hooks.example.com/modelgate"), w -> w.secret(System.getenv("HOOK_SECRET")))
 * }</pre>
 *
 * <p>Each request has the headers {@code ModelGate-Delivery}, the same for each attempt of one notification; {@code ModelGate-Timestamp},
 * the seconds since 1970 at which this attempt was signed; and {@code ModelGate-Signature}, {@code v1=} and the hexadecimal HMAC-SHA256,
 * by the secret, of the timestamp, a full stop, the delivery, a full stop and the body. A receiver compares the signature in constant
 * time, refuses a timestamp more than five minutes from its own clock, and a delivery that it has had: so nobody can replay one.
 *
 * <p>An answer of 2xx is a success. After no answer, 408, 429 or 5xx the same notification is tried again, later and later, and given up
 * in the end; after anything else, redirects included, it is given up at once. What is given up or dropped is counted and logged.
 */
public final class Webhook implements AutoCloseable {

    static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private record Delivery(String id, String body) {}

    private final WebhookBuilder config;
    private final String place;
    private final SecretKeySpec key;

    /** The scheduler's one thread has deadlines to keep; looking up a host, or the first handshake, is not for it. */
    private final Executor worker;

    private final HttpClient client;

    private final Object lock = new Object();
    private final ArrayDeque<Delivery> waiting = new ArrayDeque<>();
    private @Nullable Delivery underWay;
    private int failures;
    private boolean closed;
    private long delivered;
    private long givenUp;
    private long dropped;

    private Webhook(WebhookBuilder config) {
        this.config = config;
        URI uri = config.uri;
        place = uri.getScheme() + "://" + uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
        key = new SecretKeySpec(config.secret, "HmacSHA256");
        worker = worker();
        client = HttpClient.newBuilder()
                .executor(worker)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(config.timeout)
                .build();
    }

    /** One thread, which ends when there is nothing to do. */
    private static Executor worker() {
        ThreadPoolExecutor worker =
                new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "modelgate-webhook");
                    thread.setDaemon(true);
                    return thread;
                });
        worker.allowCoreThreadTimeOut(true);
        return worker;
    }

    /**
     * Makes a webhook, which connects only when there is something to send.
     *
     * @param uri {@code https}, or {@code http} on this machine
     * @throws IllegalArgumentException for another URI, a setting out of range, or no secret
     */
    public static Webhook to(URI uri, Consumer<WebhookBuilder> configure) {
        WebhookBuilder builder = new WebhookBuilder(uri);
        configure.accept(builder);
        builder.check();
        return new Webhook(builder);
    }

    /** Sends a notification some time soon; drops the oldest that waits if too many do. After {@link #close} it does nothing. */
    void send(Map<String, Object> notification) {
        Delivery delivery = new Delivery(UUID.randomUUID().toString(), Json.text(notification));
        boolean full;
        long total;
        synchronized (lock) {
            if (closed) {
                return;
            }
            full = waiting.size() >= config.queue;
            if (full) {
                waiting.remove();
                dropped++;
            }
            total = dropped;
            waiting.add(delivery);
        }
        if (full && Long.bitCount(total) == 1) { // the first, and then more and more seldom
            LOG.warn("the webhook at {} is behind: {} notifications dropped so far, the oldest first", place, total);
        }
        next();
    }

    /** Begins with the next notification, unless one is under way. */
    private void next() {
        Delivery begun;
        synchronized (lock) {
            if (closed || underWay != null || waiting.isEmpty()) {
                return;
            }
            begun = waiting.remove();
            underWay = begun;
            failures = 0;
        }
        worker.execute(() -> attempt(begun));
    }

    private void attempt(Delivery delivery) {
        synchronized (lock) {
            if (closed) {
                underWay = null;
                givenUp++;
                return;
            }
        }
        try {
            CompletableFuture<?> unused = client.sendAsync(request(delivery), HttpResponse.BodyHandlers.ofInputStream())
                    .whenComplete((response, failure) -> settle(delivery, response, failure));
        } catch (RuntimeException e) {
            settle(delivery, null, e);
        }
    }

    private HttpRequest request(Delivery delivery) {
        String timestamp = Long.toString(config.instants.instant().getEpochSecond());
        return HttpRequest.newBuilder(config.uri)
                .timeout(config.timeout)
                .header("Content-Type", "application/json")
                .header("User-Agent", "modelgate")
                .header("ModelGate-Delivery", delivery.id())
                .header("ModelGate-Timestamp", timestamp)
                .header("ModelGate-Signature", "v1=" + signature(timestamp, delivery))
                .POST(HttpRequest.BodyPublishers.ofString(delivery.body()))
                .build();
    }

    private String signature(String timestamp, Delivery delivery) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            mac.update((timestamp + "." + delivery.id() + ".").getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(mac.doFinal(delivery.body().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java runtime has no HmacSHA256, which every runtime must have", e);
        }
    }

    private void settle(Delivery delivery, @Nullable HttpResponse<InputStream> response, @Nullable Throwable failure) {
        int status = 0;
        if (response != null) {
            status = response.statusCode();
            discard(response.body());
        }
        boolean success = status / 100 == 2;
        boolean again = status == 0 || status == 408 || status == 429 || status / 100 == 5;
        Duration wait = null;
        int tried;
        synchronized (lock) {
            tried = ++failures;
            if (success) {
                delivered++;
            } else if (again && tried < config.attempts && !closed) {
                wait = backoff(tried);
            } else {
                givenUp++;
            }
            if (wait == null) {
                underWay = null;
            }
        }
        if (wait != null) {
            config.scheduler.schedule(() -> worker.execute(() -> attempt(delivery)), wait);
            return;
        }
        if (!success) { // no message of the failure: it may hold the URI
            LOG.warn(
                    "the webhook at {} took no notification after {} attempts: {}",
                    place,
                    tried,
                    status > 0 ? "status " + status : failure == null ? "no answer" : cause(failure));
        }
        next();
    }

    private static String cause(Throwable failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return cause.getClass().getName();
    }

    /** Nothing is read from it: it may never end. */
    private static void discard(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            LOG.debug("the answer of a webhook could not be closed", e);
        }
    }

    private Duration backoff(int failed) {
        Duration wait = config.backoff.multipliedBy(1L << Math.min(failed - 1, 20));
        return wait.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : wait;
    }

    /** How many notifications were delivered. */
    public long delivered() {
        synchronized (lock) {
            return delivered;
        }
    }

    /** How many notifications were given up, after their last attempt or an answer that makes another one useless. */
    public long givenUp() {
        synchronized (lock) {
            return givenUp;
        }
    }

    /** How many notifications were dropped because too many waited. */
    public long dropped() {
        synchronized (lock) {
            return dropped;
        }
    }

    /** How many notifications wait, the one under way included. */
    public int waiting() {
        synchronized (lock) {
            return waiting.size() + (underWay == null ? 0 : 1);
        }
    }

    /** Stops: what waits is dropped and counted, what is under way is not tried again. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            dropped += waiting.size();
            waiting.clear();
        }
    }

    /** Where it sends to, without what may be secret. */
    @Override
    public String toString() {
        return "Webhook[" + place + "]";
    }
}
