package io.modelgate.budget;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of one caller under the budgets of one gate, looked up once; kept with the caller. Thread-safe.
 *
 * <p>It keeps one reservation to be used again, for the thread that made it: see {@link Reservation#release()}.
 */
public final class Spender {

    private static final String[] NONE = {};
    private static final Watched UNWATCHED = new Watched(null, 0);
    private static final VarHandle ACCOUNTS;

    static {
        try {
            ACCOUNTS = MethodHandles.lookup().findVarHandle(Spender.class, "accounts", Account[].class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final GateBudgets gate;
    final String session;
    private volatile Watched watched;

    /** A watch, null without limits, and how often sessions had been revived before it was looked up. */
    private record Watched(@Nullable SessionWatch watch, long revivals) {}

    private final @Nullable String key;
    private final String[] attributes;
    private final Thread owner = Thread.currentThread();
    private volatile @Nullable Account[] accounts;
    private long lookedUp;

    /** Touched by the owner only. */
    private @Nullable Reservation spare;

    @SuppressWarnings("NullAway") // the accounts are set through their handle
    Spender(
            GateBudgets gate,
            @Nullable String key,
            @Nullable String session,
            Function<String, @Nullable String> attribute,
            long now) {
        this.gate = gate;
        this.key = key;
        this.session = session == null ? "" : session;
        watched = gate.watches() ? lookUpWatch() : UNWATCHED;
        attributes = gate.byAttribute ? new String[gate.books.length] : NONE;
        for (int i = 0; i < attributes.length; i++) {
            if (gate.books[i].budget.per() instanceof Per.Attribute wanted) {
                String value = attribute.apply(wanted.name());
                attributes[i] = value == null ? "" : value;
            }
        }
        ACCOUNTS.setRelease(this, lookUp()); // a volatile write would wait for the cache misses before it
        lookedUp = now;
    }

    /** Whether it was looked up for the budgets of this gate. */
    public boolean isOf(GateBudgets budgets) {
        return gate == budgets;
    }

    /** The accounts by ceiling; null where there is no room for one, and where it is the version's. */
    @Nullable
    Account[] accounts(long now) {
        // So that a session that is used is not idle, however long its caller is kept.
        if (now - lookedUp > gate.budgets.touchNanos) {
            lookedUp = now;
            lookUpAgain();
        }
        return accounts;
    }

    void lookUpAgain() {
        accounts = lookUp();
        if (gate.watches()) {
            watched = lookUpWatch();
        }
    }

    private Watched lookUpWatch() {
        long before = gate.revivals.get();
        return new Watched(gate.watch(session), before);
    }

    /** What watches over the session, or null without limits on runaways; looked up again when a session was revived. */
    @Nullable
    SessionWatch watch() {
        Watched known = watched;
        if (known.watch() != null && known.revivals() != gate.revivals.get()) {
            known = lookUpWatch();
            watched = known;
        }
        return known.watch();
    }

    private @Nullable Account[] lookUp() {
        @Nullable Account[] found = new Account[gate.books.length];
        for (int i = 0; i < found.length; i++) {
            Book book = gate.books[i];
            Per per = book.budget.per();
            if (per instanceof Per.Session) {
                found[i] = book.account(session);
            } else if (per instanceof Per.Key) {
                found[i] = book.account(key);
            } else if (per instanceof Per.Attribute) {
                found[i] = book.account(attributes[i]);
            } else if (per instanceof Per.Gate) {
                found[i] = book.fixed(gate.gate);
            }
        }
        return found;
    }

    @SuppressWarnings("ReferenceEquality") // the same thread
    Reservation take() {
        Reservation reservation = spare;
        if (mine() && reservation != null) {
            spare = null;
            return reservation;
        }
        return new Reservation(this);
    }

    @SuppressWarnings("ReferenceEquality") // the same thread
    void giveBack(Reservation reservation) {
        if (mine()) {
            spare = reservation;
        }
    }

    @SuppressWarnings(
            "ReferenceEquality") // whatever a subclass of Thread calls equal, only one thread touches the spare one
    private boolean mine() {
        return owner == Thread.currentThread();
    }
}
