package io.modelgate;

/**
 * The source of elapsed time: a monotonic count of nanoseconds from an arbitrary origin.
 *
 * <p>Everything that measures a duration (latencies, deadlines, breaker windows, rate limits) reads this and nothing
 * else, so a test that passes a hand-driven ticker controls all of them. Implementations must be thread-safe and never
 * run backwards.
 */
@FunctionalInterface
public interface Ticker {

    /** Returns nanoseconds since an arbitrary but fixed origin; may be negative, only differences mean something. */
    long read();

    /** Returns the ticker of the running system, {@link System#nanoTime()}. */
    static Ticker system() {
        return System::nanoTime;
    }
}
