package io.modelgate;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue for any number of threads that offer and one that takes. To offer is one compare-and-set and one store; it takes no lock
 * and waits for nobody. The ring's slots are claimed by their number and are free again once they are null (after D. Vyukov's bounded queue).
 */
final class OfferQueue<E> {

    // On cache lines of their own, 64 bytes each and fetched in pairs.
    private static final int TAIL = 16;
    private static final int HEAD = 32;
    private static final int LIMIT = 48;
    private static final int ROOM = 64;

    private final AtomicReferenceArray<@Nullable E> slots;
    private final int capacity;
    private final AtomicLongArray ends = new AtomicLongArray(ROOM);

    /**
     * Makes an empty queue.
     *
     * @param capacity how many it holds; a power of two
     */
    OfferQueue(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity is " + capacity + ": expected a power of two");
        }
        this.capacity = capacity;
        slots = new AtomicReferenceArray<>(capacity);
        ends.set(LIMIT, capacity);
    }

    /** Whether there is room, as far as one can tell without claiming it. */
    boolean hasRoom() {
        return hasRoom(ends.get(TAIL));
    }

    /**
     * Whether a slot may be claimed. How far the head was last seen to allow is kept apart from it: the head moves with each element that is taken,
     * and whoever offers would wait each time for that thread's cache line.
     */
    private boolean hasRoom(long tail) {
        if (tail < ends.get(LIMIT)) {
            return true;
        }
        long limit = ends.get(HEAD) + capacity;
        if (tail >= limit) {
            return false;
        }
        ends.set(LIMIT, limit); // a race may put an older one there, which is looked up again sooner
        return true;
    }

    /** Adds an element; false if there is no room. */
    boolean offer(E element) {
        long claimed = claim();
        if (claimed < 0) {
            return false;
        }
        fill(claimed, element);
        return true;
    }

    /** Claims a slot, which whoever does so has to {@link #fill} at once: what comes later waits for it. Negative if there is no room. */
    long claim() {
        long tail;
        do {
            tail = ends.get(TAIL);
            if (!hasRoom(tail)) {
                return -1;
            }
        } while (!ends.compareAndSet(TAIL, tail, tail + 1));
        return tail;
    }

    void fill(long claimed, E element) {
        slots.setRelease((int) claimed & capacity - 1, element);
    }

    /** The oldest element, which stays; null under the conditions of {@link #poll}. The thread that takes. */
    @Nullable
    E peek() {
        return slots.getAcquire((int) ends.getPlain(HEAD) & capacity - 1);
    }

    /** Takes the oldest element; null if there is none, or its thread has claimed its slot and not filled it yet. One thread at a time. */
    @Nullable
    E poll() {
        long head = ends.getPlain(HEAD);
        int slot = (int) head & capacity - 1;
        E element = slots.getAcquire(slot);
        if (element != null) {
            slots.setPlain(slot, null);
            ends.setRelease(HEAD, head + 1); // whoever sees the slot free sees it empty
        }
        return element;
    }

    /** How many slots were ever claimed. */
    long claimed() {
        return ends.get(TAIL);
    }

    /** How many elements were ever taken. */
    long taken() {
        return ends.get(HEAD);
    }

    /** How many slots are claimed; what is offered and taken meanwhile does not count. */
    int size() {
        return (int) Math.max(0, ends.get(TAIL) - ends.get(HEAD)); // the head may have overtaken that tail
    }
}
