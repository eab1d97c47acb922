package io.modelgate.console;

import io.modelgate.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often each address has failed to say who asks. Whoever has a valid credential is let in all the same: behind a proxy or on one host
 * operators and strangers have one address, and nobody is to lock the operators out. A token is too long to be guessed at any rate; what is kept
 * small here is what strangers can have the console do. Thread-safe.
 */
final class Strangers {

    /** How often within a minute one address may fail before it is told to wait. */
    static final int FAILURES_A_MINUTE = 10;

    /** How many addresses are told apart; the one that has not failed for the longest time is forgotten. */
    static final int MOST_ADDRESSES = 1_000;

    private static final int NETWORK_BYTES = 8;

    private final Ticker ticker;
    private final Map<String, Throttle> failures;

    Strangers(Ticker ticker) {
        this.ticker = ticker;
        failures = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Throttle> eldest) {
                return size() > MOST_ADDRESSES;
            }
        };
    }

    /** Counts a failure; returns 0, or the nanoseconds that this address is to wait if it failed too often. */
    long failed(InetAddress address) {
        Throttle throttle;
        synchronized (failures) {
            throttle = failures.computeIfAbsent(
                    network(address), any -> new Throttle(ticker, FAILURES_A_MINUTE, Duration.ofMinutes(1)));
        }
        return throttle.take();
    }

    int addresses() {
        synchronized (failures) {
            return failures.size();
        }
    }

    /** What one customer has: an address of IPv4, a network of IPv6. */
    private static String network(InetAddress address) {
        byte[] bytes = address.getAddress();
        return Arrays.toString(address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
    }
}
