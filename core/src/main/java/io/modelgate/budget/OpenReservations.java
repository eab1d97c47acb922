package io.modelgate.budget;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The reservations that are open. Thread-safe.
 *
 * <p>One that is used for the first time stands in a slot near its thread until it is closed, or in a set if many are open. One that
 * is used again and again is added once and taken out by no call, so that it costs a call nothing here: a sweep drops those that were
 * not in use at this one and the one before.
 */
final class OpenReservations {

    /** So many new ones start a sweep, if nobody else has. */
    private static final int MANY = 1 << 16;

    /** Hears of an amount that a reservation holds. */
    @FunctionalInterface
    interface Holding {
        void holds(Account account, long amount);
    }

    /** The slot of one that is in none. */
    static final int NOWHERE = -1;

    /** So many slots for each thread, as far as threads go. */
    private static final int NEAR = 16;

    /** From one thread's first slot to the next one's, so that two are never fetched together: four cache lines of references. */
    private static final int STRIDE = 64;

    private final AtomicReferenceArray<@Nullable Reservation> slots = new AtomicReferenceArray<>(
            STRIDE * 4 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors()));
    private final Set<Reservation> rest = ConcurrentHashMap.newKeySet();
    private final long timeoutNanos;
    private final Queue<Reservation> known = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** A count lost in a race makes a sweep later, no more. */
    private volatile int added;

    OpenReservations(long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
    }

    void add(Reservation reservation) {
        int first = (int) (Thread.currentThread().getId() * STRIDE) & (slots.length() - 1);
        for (int slot = first; slot < first + NEAR; slot++) {
            if (slots.getPlain(slot) == null) {
                reservation.slot = slot;
                if (slots.compareAndSet(slot, null, reservation)) {
                    return;
                }
            }
        }
        reservation.slot = NOWHERE;
        rest.add(reservation);
    }

    /** By whoever closed it. */
    void remove(Reservation reservation) {
        if (reservation.slot == NOWHERE) {
            rest.remove(reservation);
        } else {
            slots.setRelease(reservation.slot, null);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    void track(Reservation reservation, long now) {
        known.add(reservation);
        if (++added > MANY) {
            sweep(now);
        }
    }

    /** Expires what is too old. At once on one thread only. */
    void sweep(long now) {
        if (!lock.tryLock()) {
            return;
        }
        try {
            added = 0;
            firsts(reservation -> reservation.expire(timeoutNanos, now));
            for (Iterator<Reservation> all = known.iterator(); all.hasNext(); ) {
                Reservation reservation = all.next();
                reservation.expire(timeoutNanos, now);
                if (reservation.isOpen()) {
                    reservation.tracked = true;
                } else if (reservation.tracked) {
                    // Whoever opens it from now on adds it again; one who has just looked is seen by the next sweep.
                    reservation.tracked = false;
                } else {
                    all.remove();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void firsts(Consumer<Reservation> consumer) {
        for (int slot = 0; slot < slots.length(); slot++) {
            Reservation reservation = slots.get(slot);
            if (reservation != null) {
                consumer.accept(reservation);
            }
        }
        rest.forEach(consumer);
    }

    /** Each once. */
    private Set<Reservation> all() {
        Set<Reservation> all = new HashSet<>(known);
        firsts(all::add);
        return all;
    }

    /** How much is reserved now, by account. */
    Map<Account, Long> reserved() {
        Map<Account, Long> reserved = new HashMap<>(); // accounts are equal only to themselves
        for (Reservation reservation : all()) {
            reservation.each((account, amount) -> reserved.merge(account, amount, Long::sum));
        }
        return reserved;
    }

    /** How many reservations are open. */
    int count() {
        return (int) all().stream().filter(Reservation::isOpen).count();
    }
}
