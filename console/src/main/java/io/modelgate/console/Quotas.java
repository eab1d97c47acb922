package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** What each operator may ask for: so many requests a second, and so many at the same time. As many are kept as there are operators. Thread-safe. */
final class Quotas {

    /** More than there are connections for events, so that pages that are open never keep a kill out. */
    static final int MOST_AT_ONCE = 128;

    private static final long BUSY_NANOS = Duration.ofSeconds(1).toNanos();

    private final Ticker ticker;
    private final int requestsPerSecond;
    private final Map<Actor, Quota> quotas = new ConcurrentHashMap<>();

    Quotas(Ticker ticker, int requestsPerSecond) {
        this.ticker = ticker;
        this.requestsPerSecond = requestsPerSecond;
    }

    /** A request that is let in, until it is answered. */
    interface Admission extends AutoCloseable {
        @Override
        void close();
    }

    private record Quota(Throttle rate, Semaphore atOnce) {}

    /**
     * Lets a request in.
     *
     * @throws Problem 429 if it is one too many
     */
    Admission admit(Actor actor) {
        Quota quota = quotas.computeIfAbsent(
                actor,
                any -> new Quota(
                        new Throttle(ticker, requestsPerSecond, Duration.ofSeconds(1)), new Semaphore(MOST_AT_ONCE)));
        long waitNanos = quota.rate().take();
        if (waitNanos > 0) {
            throw Problem.tooMany(
                    actor.name() + " makes more than " + requestsPerSecond + " requests a second", waitNanos);
        }
        if (!quota.atOnce().tryAcquire()) {
            throw Problem.tooMany(
                    actor.name() + " has " + MOST_AT_ONCE + " requests that are still being answered; close some pages",
                    BUSY_NANOS);
        }
        return quota.atOnce()::release;
    }
}
