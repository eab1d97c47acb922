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

    /** Rows of slots, each made when a thread first needs it; a thread that finds its row full goes to the rest. */
    private final AtomicReferenceArray<AtomicReferenceArray<Flight<?, ?>>> rows = new AtomicReferenceArray<>(STRIPES);

    private final Set<Flight<?, ?>> rest = ConcurrentHashMap.newKeySet();

    /** When the deadlines are looked at next, in ticks after {@link #origin}; {@link #NEVER} while nobody has one. */
    private final AtomicLong nextLook = new AtomicLong(NEVER);

    private final long origin;

    OpenCalls(Ticker ticker, Scheduler scheduler) {
        this.ticker = ticker;
        this.scheduler = scheduler;
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
        long next = nextLook.get();
        while (due < next) {
            if (nextLook.compareAndSet(next, due)) {
                scheduler.schedule(this::look, Duration.ofNanos(Math.max(FINEST, tick - ticker.read())));
                return;
            }
            next = nextLook.get();
        }
    }

    /** Times out whoever is late. */
    private void look() {
        nextLook.set(NEVER);
        long now = ticker.read();
        forEach(flight -> {
            long left = flight.nanosLeft(now);
            if (left <= 0 && !flight.timeOut()) {
                left = FINEST; // it has not begun yet, or has just landed
            }
            if (left > 0 && left != NEVER) {
                due(now + left);
            }
        });
    }
}
