package io.modelgate.budget;

import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What is held for a call in all ceilings, until it is settled: exactly once, or else it expires.
 *
 * <p>Thread-safe; it may be settled by another thread than the one that made it.
 */
public final class Reservation implements Admission {

    private static final long OPEN = 1;
    private static final long SETTLED = 2;
    private static final long EXPIRED = 3;
    private static final long SETTLING = 4;
    private static final long STATES = 7;

    /** No reservation of an account's was refused, but something else came in the way. */
    static final long NO_ROOM = -4;

    static final long UNWRITABLE = -5;
    private static final long NO_PROGRESS = 0;
    private static final @Nullable Account[] NONE = {};
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Reservation.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Spender spender;

    /** The accounts that hold, by ceiling: the spender's own where no period and no version decides which these are. */
    private @Nullable Account[] held;

    private final long[] amounts;
    private String version = "";
    private @Nullable Price price;
    private long inputTokens;
    private long maxOutputTokens;
    private long madeAt;
    /** One more than what was told; a volatile write of anything but 0 would cost each call a fence. */
    private volatile long produced;

    /** Counts up when it is used again, above the three bits of the state; so an expiry that is late does nothing. */
    private volatile long state;

    /** Whether it is being used for a second call or a later one, by the thread that made it. */
    private boolean again;

    /** Whether it expired, so that it is not used again. */
    private boolean once;

    /** Of one that is used again: whether the sweep for expired ones knows of it. */
    volatile boolean tracked;

    /** Of one that is used for the first time: where the sweep finds it. */
    int slot = OpenReservations.NOWHERE;

    Reservation(Spender spender) {
        this.spender = spender;
        held = spender.gate.sameAccounts ? NONE : new Account[spender.gate.books.length];
        amounts = new long[spender.gate.books.length];
    }

    /**
     * Holds the amounts of a call in all ceilings, or in none.
     *
     * @return the number of the ceiling that does not cover it with the reason in {@link #reason}; −1 if all do
     */
    int hold(@Nullable Account[] accounts, @Nullable Terms terms, long input, long output, long now) {
        Book[] books = spender.gate.books;
        madeAt = now;
        if (spender.gate.sameAccounts) {
            held = accounts;
        }
        price = terms == null ? null : terms.price;
        for (int i = 0; i < books.length; i++) {
            Account account = accounts[i];
            if (account == null && terms != null) {
                account = terms.account(i);
            }
            long amount = books[i].budget.isMoney() ? worst(input, output) : Math.min(Amounts.MAX, input + output);
            long result = account == null ? NO_ROOM : reserve(account, i, amount, now);
            if (result != Account.GRANTED) {
                giveBack(i, now);
                reason = result;
                return i;
            }
        }
        inputTokens = input;
        maxOutputTokens = output;
        return -1;
    }

    /** Of a {@link #hold} that failed: what the account said, {@link #NO_ROOM} or {@link #UNWRITABLE}. */
    long reason;

    private long reserve(Account account, int i, long amount, long now) {
        Account current = account.current();
        long result;
        try {
            result = current.reserve(amount, now);
        } catch (UncheckedIOException e) {
            return UNWRITABLE;
        }
        if (held[i] != current) {
            held[i] = current;
        }
        amounts[i] = amount;
        return result;
    }

    private long worst(long input, long output) {
        Price known = price;
        if (known == null) {
            throw new IllegalStateException("a money budget without a price");
        }
        return known.worst(input, output);
    }

    private void giveBack(int count, long now) {
        for (int i = count - 1; i >= 0; i--) {
            account(i).settle(amounts[i], 0, madeAt, now);
        }
    }

    private Account account(int i) {
        Account account = held[i];
        if (account == null) {
            throw new IllegalStateException("nothing is held");
        }
        return account;
    }

    void open(String version) {
        this.version = version;
        if (produced != NO_PROGRESS) {
            produced = NO_PROGRESS;
        }
        STATE.setRelease(this, (state & ~STATES) + STATES + 1 + OPEN);
        if (!again) {
            spender.gate.budgets.open.add(this);
        } else if (!tracked) {
            tracked = true;
            spender.gate.budgets.open.track(this, madeAt);
        }
    }

    /** How many output tokens are covered: what was asked for, or fewer if the ceilings leave fewer; 0 to 2<sup>40</sup>. */
    public long maxOutputTokens() {
        return maxOutputTokens;
    }

    /** Whether it is settled, so that settling it again would throw. An expired one is not. */
    public boolean settled() {
        long now = state & STATES;
        return now != OPEN && now != EXPIRED;
    }

    /**
     * Tells how many output tokens the model produced so far, for the case that it never tells its usage.
     *
     * @param outputTokens in all, 0 to 2<sup>40</sup>
     * @throws IllegalArgumentException if it is out of range
     */
    public void produced(long outputTokens) {
        produced = Amounts.range("tokens", outputTokens, 0, Amounts.MAX) + 1;
    }

    /**
     * Charges what the call used, in full, in all ceilings, and gives back the rest of what was held. What is unknown is charged as
     * estimated (input) and as produced or else as reserved (output).
     *
     * @param usage what the version says
     * @param now ticks
     * @return what was charged; an estimate is marked as one
     * @throws IllegalStateException if it is settled already
     */
    public Usage settle(Usage usage, long now) {
        boolean late = close();
        Usage used;
        try {
            long output = produced;
            used = usage.filled(inputTokens, output == NO_PROGRESS ? maxOutputTokens : output - 1);
            Price known = price;
            charge(late, used.estimated(), used.tokens(), known == null ? 0 : known.cost(used), now);
        } finally {
            closed(late);
        }
        return used;
    }

    /**
     * Gives everything back, for a call whose model was never invoked.
     *
     * @param now ticks
     * @throws IllegalStateException if it is settled already
     */
    public void cancel(long now) {
        boolean late = close();
        if (!late) {
            giveBack(amounts.length, now);
        }
        closed(late);
    }

    /** Begins to settle it; until it is {@linkplain #closed} it counts as open. Says whether it had expired, so that nothing is held. */
    private boolean close() {
        long seen = state;
        while (true) {
            long was = seen & STATES;
            if (was != OPEN && was != EXPIRED) {
                throw new IllegalStateException("the reservation is settled already");
            }
            long witness = (long) STATE.compareAndExchange(this, seen, seen - was + SETTLING);
            if (witness == seen) {
                return was == EXPIRED;
            }
            seen = witness;
        }
    }

    private void closed(boolean late) {
        once |= late;
        STATE.setRelease(this, state - SETTLING + SETTLED);
        if (!late && !again) {
            spender.gate.budgets.open.remove(this);
        }
    }

    private void charge(boolean late, boolean estimated, long tokens, long micros, long now) {
        GateBudgets gate = spender.gate;
        boolean overrun = false;
        for (int i = 0; i < amounts.length; i++) {
            Book book = gate.books[i];
            long used = book.budget.isMoney() ? micros : tokens;
            if (late) {
                book.charge(account(i), used, madeAt, now);
            } else {
                account(i).settle(amounts[i], used, madeAt, now);
            }
            overrun |= used > amounts[i];
        }
        if (estimated) {
            for (Book book : gate.books) {
                book.estimated.increment();
            }
        }
        SessionWatch watch = spender.watch();
        if (watch != null) {
            watch.spent(tokens, micros, now);
        }
        if (overrun) {
            tellOverruns(tokens, micros);
        }
    }

    private void tellOverruns(long tokens, long micros) {
        GateBudgets gate = spender.gate;
        for (int i = 0; i < amounts.length; i++) {
            Book book = gate.books[i];
            long used = book.budget.isMoney() ? micros : tokens;
            if (used > amounts[i]) {
                book.overrun.increment();
                gate.budgets.tell(new BudgetEvent.Overrun(gate.gate, version, book.budget.name(), amounts[i], used));
            }
        }
    }

    /**
     * Hands it back after it was settled, to be used for a later call of the same caller; whoever calls this has no other use of it.
     * Not to call it costs an allocation a call and nothing else.
     *
     * @throws IllegalStateException if it is not settled
     */
    public void release() {
        long seen = state;
        if ((seen & STATES) != SETTLED) {
            throw new IllegalStateException("the reservation is not settled");
        }
        if (once) {
            return; // whoever expired it may still be giving back what it held
        }
        again = true;
        STATE.setRelease(this, seen - SETTLED);
        spender.giveBack(this);
    }

    /** Hands back one that was never opened. */
    void unused() {
        spender.giveBack(this);
    }

    boolean isOpen() {
        return open(state);
    }

    private static boolean open(long state) {
        long now = state & STATES;
        return now == OPEN || now == SETTLING;
    }

    /** Gives everything back if it has been open for longer than the timeout. */
    void expire(long timeoutNanos, long now) {
        long seen = state;
        if ((seen & STATES) != OPEN
                || now - madeAt < timeoutNanos
                || !STATE.compareAndSet(this, seen, seen - OPEN + EXPIRED)) {
            return;
        }
        if (!again) {
            spender.gate.budgets.open.remove(this);
        }
        // Whoever settles it now does not touch what was held: it is given back here.
        giveBack(amounts.length, now);
        GateBudgets gate = spender.gate;
        for (int i = 0; i < amounts.length; i++) {
            gate.books[i].expired.increment();
            gate.budgets.tell(new BudgetEvent.Expired(gate.gate, version, gate.books[i].budget.name(), amounts[i]));
        }
    }

    /** What it holds of an account, for reports: a glance, not exact while it is settled. */
    void each(OpenReservations.Holding holding) {
        long seen = state;
        for (int i = 0; open(seen) && i < amounts.length; i++) {
            Account account = held[i];
            long amount = amounts[i];
            if (account != null && state == seen) {
                holding.holds(account, amount);
            }
        }
    }
}
