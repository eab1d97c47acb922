package io.modelgate.redis;

import io.modelgate.Ticker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Knows whether the server that answers is still the one that answered before. A server that was started again, or another one in its
 * place, may lack the last second of what it was told: then it is quiet for a while. Thread-safe.
 */
final class Servers {

    private static final Pattern RUN = Pattern.compile("(?m)^run_id:([0-9a-f]+)");

    private final RedisLink link;
    private final Ticker ticker;
    private final long quietNanos;
    private final CountDownLatch known = new CountDownLatch(1);
    private String run = "";
    private boolean checked;
    private boolean first = true;
    private long connections;
    private long losses;
    private long quietSince;

    Servers(RedisLink link, Ticker ticker, Duration quiet) {
        this.link = link;
        this.ticker = ticker;
        quietNanos = quiet.toNanos();
        quietSince = ticker.read() - quietNanos;
        link.onReconnect(this::connected);
        if (link.isConnected()) {
            connected();
        }
    }

    private void connected() {
        synchronized (this) {
            connections++;
            checked = false;
        }
        CompletableFuture<Void> ignored = link.callAsync(redis -> redis.info("server"))
                .handle((info, failure) -> {
                    is(failure == null ? runOf(info) : "");
                    return null;
                });
    }

    private static String runOf(String info) {
        Matcher matcher = RUN.matcher(info);
        return matcher.find() ? matcher.group(1) : "";
    }

    /** One that does not say who it is counts as another one. */
    private synchronized void is(String now) {
        if (!first && (now.isEmpty() || !now.equals(run))) {
            losses++;
            quietSince = ticker.read();
        }
        first = false;
        run = now;
        checked = true;
        known.countDown();
    }

    /** Waits until the first server has said which it is, or could not; no longer than this. */
    void awaitKnown(Duration longest) {
        try {
            boolean ignored = known.await(longest.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Changes with each connection. */
    synchronized long current() {
        return connections;
    }

    /** Whether the server may not know all that it should. */
    synchronized boolean quiet() {
        return !checked || ticker.read() - quietSince < quietNanos;
    }

    synchronized long losses() {
        return losses;
    }
}
