package io.modelgate.budget;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The reservations that are open, and those that lately were: a call adds its reservation at most once, and takes it out never. A
 * sweep drops what was not in use at this one and the one before, so that a reservation which is used again and again costs a call
 * nothing here. Thread-safe.
 */
final class OpenReservations {

    /** So many new ones start a sweep, if nobody else has. */
    private static final int MANY = 1 << 16;

    /** Hears of an amount that a reservation holds. */
    @FunctionalInterface
    interface Holding {
        void holds(Account account, long amount);
    }

    private final long timeoutNanos;
    private final Queue<Reservation> known = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** A count lost in a race makes a sweep later, no more. */
    private volatile int added;

    OpenReservations(long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
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

    /** How much is reserved now, by account. */
    Map<Account, Long> reserved() {
        Map<Account, Long> reserved = new HashMap<>(); // accounts are equal only to themselves
        Set<Reservation> seen = new HashSet<>();
        for (Reservation reservation : known) {
            if (seen.add(reservation)) {
                reservation.each((account, amount) -> reserved.merge(account, amount, Long::sum));
            }
        }
        return reserved;
    }

    /** How many reservations are open. */
    int count() {
        Set<Reservation> seen = new HashSet<>();
        for (Reservation reservation : known) {
            if (reservation.isOpen()) {
                seen.add(reservation);
            }
        }
        return seen.size();
    }
}
