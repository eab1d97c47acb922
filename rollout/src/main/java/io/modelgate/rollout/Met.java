package io.modelgate.rollout;

import java.util.Arrays;

/**
 * Which callers were met. They are told apart by 400,000 units, in 50 KB: of two callers in one unit the second counts as met.
 * Thread-safe.
 */
final class Met {

    /** No rollout's: the same callers are told apart at each run of a replay, whose rollouts have other ids. */
    private static final long SALT = 0;

    private final long[] units = new long[Spots.UNITS / Long.SIZE];

    /** Takes note of the caller whose key has a hash; whether it is the first time. */
    synchronized boolean first(int keyHash) {
        int unit = Spots.unit(Spots.spot(keyHash, SALT));
        long bit = 1L << unit;
        boolean first = (units[unit >>> 6] & bit) == 0;
        units[unit >>> 6] |= bit;
        return first;
    }

    /** The caller is to be met for the first time again, which who met it for the first time may say. */
    synchronized void forget(int keyHash) {
        int unit = Spots.unit(Spots.spot(keyHash, SALT));
        units[unit >>> 6] &= ~(1L << unit);
    }

    synchronized void clear() {
        Arrays.fill(units, 0);
    }
}
