package io.modelgate.testkit;

import io.modelgate.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Time that a test drives by hand: both of a gate's sources, the elapsed time and the time of day. Thread-safe.
 *
 * <pre>{@code
 * ManualTime time = new ManualTime();
 * Gates gates = Gates.open(g -> g.ticker(time).instants(time));
 * time.advance(Duration.ofSeconds(30));
 * }</pre>
 */
public final class ManualTime implements Ticker, InstantSource {

    private long nanos;
    private Instant now;

    /** Starts at midnight of 1 January 2026, UTC. */
    public ManualTime() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    /** Starts at the given time of day. */
    public ManualTime(Instant start) {
        now = start;
    }

    /**
     * Lets time pass, for both sources.
     *
     * @throws IllegalArgumentException if the duration is negative: elapsed time never runs backwards
     */
    public synchronized void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(
                    "duration is " + duration + ": elapsed time never runs backwards; use setClock");
        }
        nanos += duration.toNanos();
        now = now.plus(duration);
    }

    /** Sets the time of day alone, as when an operator or a time server corrects a clock. */
    public synchronized void setClock(Instant instant) {
        now = instant;
    }

    @Override
    public synchronized long read() {
        return nanos;
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }
}
