package io.modelgate;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The calls that have ended and that nobody has taken on yet. A thread offers to a ring of its own, one of several, and to another one's only when that is full:
 * threads that end calls at once seldom meet. For any number of threads that offer and one that takes.
 */
final class EndedCalls {

    /** Twice the processors, so that threads numbered in sequence seldom share. */
    static final int RINGS =
            Math.min(16, Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors() - 1) << 1);

    private final List<OfferQueue<EndedCall<?, ?>>> rings;

    /**
     * Makes it empty.
     *
     * @param capacity how many it holds in all; a power of two, {@link #RINGS} at least
     */
    EndedCalls(int capacity) {
        rings = IntStream.range(0, RINGS)
                .mapToObj(ring -> new OfferQueue<EndedCall<?, ?>>(capacity / RINGS))
                .toList();
    }

    /** Whether there is room, as far as one can tell without claiming it. */
    boolean hasRoom() {
        int own = own();
        for (int i = 0; i < RINGS; i++) {
            if (rings.get(own + i & RINGS - 1).hasRoom()) {
                return true;
            }
        }
        return false;
    }

    /** Adds a call that knows when it ended; false if there is no room. */
    boolean offer(EndedCall<?, ?> call) {
        int own = own();
        for (int i = 0; i < RINGS; i++) {
            if (rings.get(own + i & RINGS - 1).offer(call)) {
                return true;
            }
        }
        return false;
    }

    private static int own() {
        return (int) Thread.currentThread().getId() & RINGS - 1;
    }

    /** The ring that this thread offers to first. */
    OfferQueue<EndedCall<?, ?>> ownRing() {
        return rings.get(own());
    }

    /** Takes that which ended first of those that are there; null if there is none. One thread at a time. */
    @Nullable
    EndedCall<?, ?> poll() {
        OfferQueue<EndedCall<?, ?>> first = null;
        long ended = 0;
        for (OfferQueue<EndedCall<?, ?>> ring : rings) {
            EndedCall<?, ?> oldest = ring.peek();
            if (oldest != null && (first == null || oldest.end - ended < 0)) {
                first = ring;
                ended = oldest.end;
            }
        }
        return first == null ? null : first.poll();
    }

    /** How far each ring has been offered to, for {@link #taken}. */
    long[] offered() {
        return rings.stream().mapToLong(OfferQueue::claimed).toArray();
    }

    /** Whether all that had been offered by then has been taken. */
    boolean taken(long[] offered) {
        for (int ring = 0; ring < RINGS; ring++) {
            if (rings.get(ring).taken() < offered[ring]) {
                return false;
            }
        }
        return true;
    }

    /** How many there are. */
    int size() {
        int size = 0;
        for (OfferQueue<EndedCall<?, ?>> ring : rings) {
            size += ring.size();
        }
        return size;
    }
}
