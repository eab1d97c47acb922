package io.modelgate.budget;

import org.jspecify.annotations.Nullable;

/**
 * What one session, caller, attribute value, version or gate holds of a budget's ceiling: spent and reserved together.
 *
 * <p>A reservation is granted, and then closed by exactly one {@link #settle}. What is held is never above the ceiling by way of a
 * reservation, only by way of a settlement above one. Thread-safe. Amounts are 0 to 2<sup>40</sup>; times are ticks.
 */
abstract sealed class Account permits WordAccount, CalendarAccount, RollingAccount {

    /** The reservation is made. */
    static final long GRANTED = -1;

    /** The account is forgotten: look it up again. */
    static final long RETIRED = -2;

    /** As many reservations are open as an account can count. */
    static final long CROWDED = -3;

    /** The ledger of the fleet cannot be reached: {@link Reservation} has −4 and −5. */
    static final long UNREACHABLE = -6;

    final Book book;
    final String key;

    Account(Book book, String key) {
        this.book = book;
        this.key = key;
    }

    /** The account of the window that a reservation made now belongs to; never one of the calendar. */
    abstract Account current();

    /**
     * Makes a reservation of an amount, or says why not.
     *
     * @return {@link #GRANTED}, {@link #RETIRED}, {@link #CROWDED}, or what remains, which is less than the amount
     * @throws java.io.UncheckedIOException if the durable ledger cannot be written
     */
    abstract long reserve(long amount, long now);

    /** Closes a reservation and charges what was used in its place, in full. */
    abstract void settle(long reserved, long used, long madeAt, long now);

    /** Charges what was used by a reservation that is closed already; false if the account is forgotten. */
    abstract boolean charge(long used, long madeAt, long now);

    /** What is spent and reserved. */
    abstract long held(long now);

    /** How many reservations are open. */
    abstract int open();

    /**
     * Forgets the account for good, unless a reservation is open, or something is held and that matters.
     *
     * @param evenIfHeld whether what is held does not matter
     */
    abstract boolean retire(boolean evenIfHeld);

    /** Whether it is forgotten, so that nothing more may be reserved in it. */
    abstract boolean retired();

    /** The calendar's period it is of; {@link Period#ALWAYS} if none. */
    abstract Period period();

    /** For a durable budget: forgets it for good, whatever is open, and returns what it held at that instant. */
    abstract @Nullable WordAccount seal();

    /** What is left to reserve, as far as this process knows. */
    long remaining(long now) {
        return Math.max(0, book.ceiling - held(now));
    }

    /** What is left in the whole fleet beside what is held and leased, when it was last told; −1 if the ceiling is not shared. */
    long fleetRemaining() {
        return -1;
    }
}
