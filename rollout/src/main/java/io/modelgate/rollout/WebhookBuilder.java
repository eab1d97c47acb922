package io.modelgate.rollout;

import io.modelgate.Scheduler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;

/** Configures a {@link Webhook}. Handed to the function given to {@link Webhook#to}, and done when that returns. Not thread-safe. */
public final class WebhookBuilder {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final int SHORTEST_SECRET = 16;

    final URI uri;
    byte[] secret = new byte[0];
    int attempts = 8;
    int queue = 1_000;
    Duration backoff = Duration.ofSeconds(1);
    Duration timeout = Duration.ofSeconds(10);
    Scheduler scheduler = Scheduler.system();
    InstantSource instants = InstantSource.system();
    private boolean plainHttp;

    WebhookBuilder(URI uri) {
        this.uri = uri;
    }

    /**
     * Sets the secret that signs each notification; needed.
     *
     * @param secret 16 bytes or more in UTF-8; the receiver knows it too
     * @throws IllegalArgumentException for a shorter one
     */
    public WebhookBuilder secret(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        if (bytes.length < SHORTEST_SECRET) { // its value must not get into a message
            throw new IllegalArgumentException("secret has " + bytes.length + " bytes: expected " + SHORTEST_SECRET
                    + " or more, for instance from \"openssl rand -hex 32\"");
        }
        this.secret = bytes;
        return this;
    }

    /**
     * Sets how often one notification is tried before it is given up. Default: 8, which takes about two minutes.
     *
     * @param attempts 1 to 20
     * @throws IllegalArgumentException for another number
     */
    public WebhookBuilder attempts(int attempts) {
        PolicyRules.require(PolicyRules.range("attempts", attempts, 1, 20));
        this.attempts = attempts;
        return this;
    }

    /**
     * Sets how many notifications may wait; one more drops the oldest. Default: 1,000.
     *
     * @param notifications 1 to 100,000
     * @throws IllegalArgumentException for another number
     */
    public WebhookBuilder queue(int notifications) {
        PolicyRules.require(PolicyRules.range("queue", notifications, 1, 100_000));
        queue = notifications;
        return this;
    }

    /**
     * Sets how long to wait after the first failure; twice as long after each further one, up to a minute. Default: 1 second.
     *
     * @param first 1 millisecond to 1 minute
     * @throws IllegalArgumentException for another time
     */
    public WebhookBuilder backoff(Duration first) {
        between("backoff", first, Webhook.LONGEST_BACKOFF);
        backoff = first;
        return this;
    }

    /**
     * Sets how long a connection, and then an answer, may take. Default: 10 seconds.
     *
     * @param timeout 1 millisecond to 5 minutes
     * @throws IllegalArgumentException for another time
     */
    public WebhookBuilder timeout(Duration timeout) {
        between("timeout", timeout, Duration.ofMinutes(5));
        this.timeout = timeout;
        return this;
    }

    private static void between(String name, Duration value, Duration most) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    name + " is " + PolicyText.text(value) + ": expected 1ms to " + PolicyText.text(most));
        }
    }

    /** Allows {@code http} to other machines too: whoever is in between can read the notifications, though not forge them. */
    public WebhookBuilder plainHttp() {
        plainHttp = true;
        return this;
    }

    /** Sets what runs the retries. Default: {@link Scheduler#system()}. */
    public WebhookBuilder scheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
        return this;
    }

    /** Sets where timestamps come from. Default: the system's clock. */
    public WebhookBuilder instants(InstantSource instants) {
        this.instants = instants;
        return this;
    }

    // Of the URI only scheme and host get into a message: its path and query often hold a secret.
    void check() {
        String scheme = String.valueOf(uri.getScheme());
        String host = uri.getHost();
        if (host == null || !(scheme.equals("https") || scheme.equals("http"))) {
            throw new IllegalArgumentException("webhook has the scheme \"" + scheme + "\" and "
                    + (host == null ? "no host" : "the host " + host) + ": expected https://host/…");
        }
        if (uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("webhook at " + host
                    + " has a user or a fragment in its URI: leave them out, notifications are signed");
        }
        if (scheme.equals("http") && !plainHttp && !LOOPBACK.contains(host)) {
            throw new IllegalArgumentException("webhook at " + host
                    + " is http, which others can read on the way: use https, or allow it by plainHttp()");
        }
        if (secret.length == 0) {
            throw new IllegalArgumentException(
                    "webhook at " + host + " has no secret: set one, by which the receiver knows who sends");
        }
    }
}
