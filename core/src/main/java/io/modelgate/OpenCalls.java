package io.modelgate;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The flights of one gate that have not landed: whom a kill cuts, and whose time runs out. Thread-safe.
 *
 * <p>Adding is a compare-and-set, hence a full fence: a call that adds itself and then reads the switches sees a kill or is seen by
 * whoever publishes a kill and then looks through these.
 */
final class OpenCalls {

    private static final int STRIPES =
            Math.min(64, Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors() - 1) << 1);
    private static final int SLOTS = 32;
    private static final long NEVER = Long.MAX_VALUE;

    /** Deadlines are looked at no more often than this. */
    private static final long FINEST = TimeUnit.MILLISECONDS.toNanos(1);

    private final Ticker ticker;
    private final Scheduler scheduler;
    private final Warnings warnings;

    /** Rows of slots, each made when a thread first needs it; a thread that finds its row full goes to the rest. */
    private final AtomicReferenceArray<AtomicReferenceArray<Flight<?, ?>>> rows = new AtomicReferenceArray<>(STRIPES);

    private final Set<Flight<?, ?>> rest = ConcurrentHashMap.newKeySet();

    /** When the deadlines are looked at next, in ticks after {@link #origin}; {@link #NEVER} while nobody has one. */
    private final AtomicLong nextLook = new AtomicLong(NEVER);

    private final long origin;

    OpenCalls(Ticker ticker, Scheduler scheduler, Warnings warnings) {
        this.ticker = ticker;
        this.scheduler = scheduler;
        this.warnings = warnings;
        origin = ticker.read();
    }

    void add(Flight<?, ?> flight) {
        AtomicReferenceArray<Flight<?, ?>> row =
                row((int) Thread.currentThread().getId() & (STRIPES - 1));
        for (int slot = 0; slot < SLOTS; slot++) {
            if (row.getPlain(slot) == null && row.compareAndSet(slot, null, flight)) {
                flight.placed(row, slot);
                return;
            }
        }
        rest.add(flight);
    }

    private AtomicReferenceArray<Flight<?, ?>> row(int stripe) {
        AtomicReferenceArray<Flight<?, ?>> row = rows.get(stripe);
        if (row == null) {
            AtomicReferenceArray<Flight<?, ?>> made = new AtomicReferenceArray<>(SLOTS);
            AtomicReferenceArray<Flight<?, ?>> raced = rows.compareAndExchange(stripe, null, made);
            row = raced == null ? made : raced;
        }
        return row;
    }

    /** Forgets a flight that {@link #add} did not place in a row. */
    void removeFromRest(Flight<?, ?> flight) {
        rest.remove(flight);
    }

    void forEach(Consumer<Flight<?, ?>> action) {
        for (int stripe = 0; stripe < STRIPES; stripe++) {
            AtomicReferenceArray<Flight<?, ?>> row = rows.get(stripe);
            for (int slot = 0; row != null && slot < SLOTS; slot++) {
                Flight<?, ?> flight = row.get(slot);
                if (flight != null) {
                    action.accept(flight);
                }
            }
        }
        rest.forEach(action);
    }

    /** Sees to it that deadlines are looked at when this one is due. Costs a read while an earlier one is due. */
    void due(long tick) {
        long due = tick - origin;
        for (long next = nextLook.get(); due < next; next = nextLook.get()) {
            if (nextLook.compareAndSet(next, due)) {
                schedule(due);
                return;
            }
        }
    }

    private void schedule(long due) {
        try {
            long delay = due - (ticker.read() - origin);
            scheduler.schedule(() -> look(due), Duration.ofNanos(Math.max(FINEST, delay)));
        } catch (Throwable e) { // the next call tries again
            nextLook.compareAndSet(due, NEVER);
            warnings.threw("the scheduler", e);
        }
    }

    /** Times out whoever is late. What was scheduled for a look that an earlier one has replaced does nothing. */
    private void look(long due) {
        if (!nextLook.compareAndSet(due, NEVER) && nextLook.get() != NEVER) {
            return; // an earlier look is due; if none is, because the scheduler failed, this one stands in for it
        }
        long now = ticker.read();
        long[] least = {NEVER};
        forEach(flight -> least[0] = Math.min(least[0], timeOut(flight, now)));
        if (least[0] != NEVER) {
            due(now + least[0]);
        }
    }

    /** Times a flight out if it is late; returns how long it still has. */
    private long timeOut(Flight<?, ?> flight, long now) {
        long left = flight.nanosLeft(now);
        if (left > 0) {
            return left;
        }
        try {
            return flight.timeOut() ? NEVER : FINEST; // it has not begun yet, or has just landed
        } catch (Throwable e) {
            warnings.threw("the end of a call that took too long", e);
            return NEVER;
        }
    }
}
