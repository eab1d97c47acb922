package io.modelgate;

import java.util.function.IntToLongFunction;

/**
 * The successes that the gate has counted and the breaker has not booked. For use under the breaker's lock.
 *
 * <p>The gate finds its slot, then counts, so a slow thread may count after the breaker has moved on. It counts in the slot of
 * its time: each closed generation, and each second of a time window, has the next slot. A count that comes late within its
 * generation is booked late; one of an earlier generation is never looked at. The thread would have to stand still between two
 * instructions for eight slots to be mistaken.
 */
final class LazySuccesses {

    static final int SLOTS = 8;

    private final IntToLongFunction counted;
    private final long[] taken = new long[SLOTS];
    private int slot;
    private int slotsOfGeneration = 1;

    /** Starts with slot 0, of which some were counted before. */
    LazySuccesses(IntToLongFunction counted, long before) {
        this.counted = counted;
        taken[0] = before;
    }

    int slot() {
        return slot;
    }

    /** Takes what the current slot has gained. */
    long take() {
        return take(slot);
    }

    /** Takes what all slots of this generation have gained, and goes on to the next slot. */
    long turn() {
        long gained = 0;
        for (int back = 0; back < slotsOfGeneration; back++) {
            gained += take(Math.floorMod(slot - back, SLOTS));
        }
        slotsOfGeneration = Math.min(slotsOfGeneration + 1, SLOTS);
        startNext();
        return gained;
    }

    /** Starts a generation with the next slot; what was not taken is dropped. */
    void restart() {
        slotsOfGeneration = 1;
        startNext();
    }

    private void startNext() {
        slot = (slot + 1) % SLOTS;
        taken[slot] = counted.applyAsLong(slot);
    }

    private long take(int slot) {
        long now = counted.applyAsLong(slot);
        long gained = now - taken[slot];
        taken[slot] = now;
        return gained;
    }
}
