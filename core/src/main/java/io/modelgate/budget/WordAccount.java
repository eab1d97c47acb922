package io.modelgate.budget;

import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An account of one window that is always the same: a life, or one period of the calendar.
 *
 * <p>All of it is one word, changed atomically: what is held (46 bits), how many reservations are open (17 bits), and whether the
 * account is forgotten (1 bit). A reservation that does not fit changes nothing, so that one that fits is never refused because
 * of it, and nothing ever reads more than the ceiling.
 */
sealed class WordAccount extends Account permits MarkedAccount, SharedAccount {

    /** Where what is held saturates: four times the largest ceiling. */
    static final long MAX_HELD = (1L << 46) - 1;

    static final int MAX_OPEN = (1 << 17) - 1;

    static final long ONE_OPEN = MAX_HELD + 1;
    static final long OPEN = MAX_OPEN * ONE_OPEN;
    static final long FORGOTTEN = Long.MIN_VALUE;
    private static final int OPEN_SHIFT = 46;
    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(WordAccount.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("FieldMayBeFinal") // WORD changes it
    private volatile long word;

    /** One for ever, of which no ledger knows. There may be millions of these: nothing more than it needs is in it. */
    WordAccount(Book book, String key) {
        this(book, key, 0);
    }

    WordAccount(Book book, String key, long spent) {
        super(book, key);
        if (spent != 0) {
            this.word = Math.min(spent, MAX_HELD);
        }
    }

    final long word() {
        return word;
    }

    final boolean swap(long seen, long next) {
        return WORD.compareAndSet(this, seen, next);
    }

    /**
     * Sees to it that the durable ledger allows for what is to be held.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    void cover(long held) {}

    @Override
    Account current() {
        return this;
    }

    @Override
    long reserve(long amount, long now) {
        long ceiling = book.ceiling;
        long seen = word;
        while (true) {
            long held = seen & MAX_HELD;
            long wanted = held + amount;
            if (seen < 0) {
                return RETIRED;
            }
            if (wanted > ceiling) {
                return Math.max(0, ceiling - held);
            }
            if ((seen & OPEN) == OPEN) {
                return CROWDED;
            }
            if (book.durable) {
                cover(wanted);
            }
            long witness = (long) WORD.compareAndExchange(this, seen, seen + amount + ONE_OPEN);
            if (witness == seen) {
                return GRANTED;
            }
            seen = witness;
        }
    }

    @Override
    void settle(long reserved, long used, long madeAt, long now) {
        if (used <= reserved) {
            WORD.getAndAdd(this, used - reserved - ONE_OPEN);
            return;
        }
        add(used - reserved, ONE_OPEN);
    }

    @Override
    boolean charge(long used, long madeAt, long now) {
        return add(used, 0);
    }

    /** Adds above the ceiling if need be, and closes a reservation; while one is open the account is forgotten only when sealed. */
    private boolean add(long amount, long closed) {
        while (true) {
            long seen = word;
            if (seen < 0 && closed == 0) {
                return false;
            }
            long held = Math.min(MAX_HELD, (seen & MAX_HELD) + amount);
            if (book.durable && seen >= 0) {
                try {
                    cover(held);
                } catch (UncheckedIOException e) {
                    book.ledgerFailed(e); // what was used is used: it is charged here, if not on disk
                }
            }
            if (WORD.compareAndSet(this, seen, (seen & ~MAX_HELD) - closed + held)) {
                return true;
            }
        }
    }

    @Override
    long held(long now) {
        return word & MAX_HELD;
    }

    @Override
    int open() {
        return (int) ((word & OPEN) >>> OPEN_SHIFT);
    }

    @Override
    boolean retire(boolean evenIfHeld) {
        while (true) {
            long seen = word;
            if (seen < 0) {
                return true;
            }
            if ((seen & OPEN) != 0 || (!evenIfHeld && (seen & MAX_HELD) != 0)) {
                return false;
            }
            if (WORD.compareAndSet(this, seen, seen | FORGOTTEN)) {
                return true;
            }
        }
    }

    @Override
    boolean retired() {
        return word < 0;
    }

    @Override
    Period period() {
        return Period.ALWAYS;
    }

    @Override
    WordAccount seal() {
        WORD.getAndBitwiseOr(this, FORGOTTEN);
        return this;
    }

    /** Whether the durable ledger knows of it. */
    boolean marked() {
        return false;
    }
}
