package io.modelgate.budget;

import io.modelgate.budget.FleetLedger.Holding;
import io.modelgate.budget.FleetLedger.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What this process may hold of an account that the fleet shares.
 *
 * <p>The word is that of any account, except that whatever this process may not hold counts in it as held: what is left of the ceiling is
 * what may be reserved here without asking. So a reservation within the lease is the same single compare-and-set. The <em>allowance</em>
 * is what the fleet's ledger counts for this process: what it was told as held, and the slack it leases. It is changed by one thread at a
 * time, the one that asks; it is lowered here before the ledger hears of it, and raised after it has agreed. So at no instant, and
 * however an exchange ends, is more held here than the ledger counts, unless a lease ran out unheard.
 */
final class SharedAccount extends WordAccount {

    /** The part of a lease by which it ends earlier here than in the ledger, for clocks that run differently. */
    private static final int MARGIN = 10;

    /** How often what an ask brought may be taken by another thread before the call is refused. */
    private static final int TRIES = 8;

    /** A strict account tells at once what it gives back when less than this part of the ceiling is left. */
    private static final int SCARCE = 8;

    private final Fleet fleet;
    private final String name;
    private final long holder;
    private final Period period;
    private final boolean strict;
    private final boolean runsOnLease;
    private final long slice;
    private final ReentrantLock asking = new ReentrantLock();

    /** What the ledger counts for this process, or less. Changed by whoever asks. */
    private volatile long allowance;

    /** The tick at which the lease ends. */
    private volatile long until;

    /** What was left in the fleet when the ledger last answered; −1 before. */
    private volatile long left = -1;

    /** Whether the ledger has more for this process. */
    private volatile boolean more;

    /** By whoever asks: what the ledger counts as held, or less, which it does not forget when the lease ends. */
    private long told;

    /** By whoever asks: what was held and open at the last round, and the tick at which that was found to have changed. */
    private long seenHeld;

    private int seenOpen;
    private long usedAt;

    /** By whoever asks: how long a lease is. */
    private long termNanos;

    /** By whoever asks: whether it has to be told although nothing has changed. */
    private boolean stale;

    SharedAccount(Book book, String key, Period period, Fleet fleet, Sharing sharing) {
        super(book, key, book.ceiling);
        this.fleet = fleet;
        this.period = period;
        name = book.budget.name() + "/" + period.id() + "/" + book.hash(key);
        holder = fleet.nextHolder();
        strict = sharing.isStrict();
        runsOnLease = sharing.whenUnreachable() == WhenUnreachable.RUN_ON_LEASE;
        slice = sharing.slice();
        until = book.now();
        usedAt = until;
    }

    @Override
    long reserve(long amount, long now) {
        if (!strict && now - until < 0 && (runsOnLease || fleet.reachable())) {
            long result = super.reserve(amount, now);
            if (result == GRANTED) {
                if (more && free(word()) < slice / 2) {
                    fleet.soon(this);
                }
                return GRANTED;
            }
            if (result < 0) {
                return result;
            }
        }
        return ask(amount);
    }

    private long ask(long amount) {
        if (!fleet.reachable()) {
            fleet.probe(this);
            return UNREACHABLE;
        }
        asking.lock();
        try {
            for (int i = 0; i < TRIES; i++) {
                long now = book.now();
                if (retired()) {
                    return RETIRED;
                }
                if (!strict && now - until < 0) {
                    long result = super.reserve(amount, now); // what another thread's answer brought
                    if (result < 0) {
                        return result;
                    }
                }
                if (!fleet.reachable()) {
                    return UNREACHABLE;
                }
                Lease lease = askOnce(amount, now);
                if (lease == null) {
                    return UNREACHABLE;
                }
                long result = apply(lease, amount, now);
                if (result < 0) {
                    return result;
                }
                if (!lease.covered()) {
                    return lessThan(amount);
                }
            }
            return lessThan(amount);
        } finally {
            asking.unlock();
        }
    }

    /** What remains, for a refusal: less than the amount, whatever others have given back meanwhile. */
    private long lessThan(long amount) {
        return Math.max(0, Math.min(remaining(0), amount - 1));
    }

    private @Nullable Lease askOnce(long amount, long now) {
        fleet.watch(this);
        usedAt = now;
        Holding holding = prepare(amount, slice, now);
        asked = holding;
        return fleet.exchange(holding);
    }

    /** By whoever asks: what was said last. */
    private @Nullable Holding asked;

    boolean tryAsking() {
        return asking.tryLock();
    }

    void doneAsking() {
        asking.unlock();
    }

    /** Says what is held, after giving back here all slack above what is wanted; and after a lease that is over all of it. */
    private Holding prepare(long needed, long wanted, long now) {
        if (now - until >= 0) {
            forfeit();
        }
        long held = lower(wanted);
        told = Math.min(told, held);
        return new Holding(name, holder, book.ceiling, held, needed, wanted, keep());
    }

    private long lower(long wanted) {
        while (true) {
            long seen = word();
            long free = free(seen);
            long held = allowance - free;
            if (free <= wanted) {
                return Math.max(0, held);
            }
            if (swap(seen, seen + free - wanted)) {
                setAllowance(held + wanted);
                return Math.max(0, held);
            }
        }
    }

    /** The lease is over: what was not told as held is not ours any more. */
    private void forfeit() {
        raise(told - allowance, 0);
    }

    /** What is left to reserve here; below 0 after an overrun or a lease that ran out. */
    private long free(long word) {
        return book.ceiling - (word & MAX_HELD);
    }

    /**
     * Changes the allowance, and makes a reservation with the same stroke if it fits.
     *
     * @return {@link #GRANTED}, {@link #RETIRED}, {@link #CROWDED}, or 0 if there is none
     */
    private long raise(long change, long needed) {
        while (true) {
            long seen = word();
            long held = seen & MAX_HELD;
            long next = Math.max(0, Math.min(MAX_HELD, held - change));
            long result = 0;
            if (needed > 0) {
                result = seen < 0
                        ? RETIRED
                        : next + needed > book.ceiling ? 0 : (seen & OPEN) == OPEN ? CROWDED : GRANTED;
            }
            long taken = result == GRANTED ? needed + ONE_OPEN : 0;
            if (swap(seen, (seen & ~MAX_HELD) + next + taken)) {
                setAllowance(allowance + held - next);
                return result;
            }
        }
    }

    private void setAllowance(long allowed) {
        allowance = allowed;
        told = Math.min(told, allowed);
    }

    /** Takes in what the ledger answered to what was {@linkplain #prepare said} at {@code now}; result as of {@link #raise}. */
    private long apply(Lease lease, long needed, long now) {
        Holding said = asked;
        if (said == null) {
            throw new IllegalStateException("nothing was asked");
        }
        asked = null;
        told = said.held() + (lease.covered() ? needed : 0);
        long result = raise(told + lease.granted() - allowance, lease.covered() ? needed : 0);
        if (lease.covered() && needed == 0 && result == 0) {
            result = super.reserve(0, now);
        }
        answered(lease, said, now);
        return result;
    }

    private void answered(Lease lease, Holding said, long now) {
        termNanos = lease.term().toNanos();
        until = now + termNanos - termNanos / MARGIN;
        left = lease.remaining();
        more = lease.granted() == said.wanted() && lease.remaining() > 0;
        stale = false;
    }

    /**
     * For the round, while no other thread asks: what to tell, or null if there is nothing to tell.
     *
     * @param anyway whether to tell even if nothing has changed
     * @param over whether this process ends
     */
    @Nullable
    Holding toTell(boolean anyway, boolean over, long now) {
        long lease = until - now;
        if (lease <= 0) {
            forfeit();
        }
        boolean idle = idle(now);
        boolean due = allowance > told && (idle || lease < termNanos / 2);
        if (!anyway && !over && !due && !stale && held(now) == told) {
            return null;
        }
        boolean returns = over || idle || retired() || ended();
        Holding holding = prepare(0, returns ? 0 : slice, now);
        asked = holding;
        return holding;
    }

    /** Whether nothing happened here for half a lease: then somebody else has more use of the slack. */
    private boolean idle(long now) {
        long held = held(now);
        int open = open();
        if (held != seenHeld || open != seenOpen) {
            seenHeld = held;
            seenOpen = open;
            usedAt = now;
        }
        return now - usedAt >= termNanos / 2;
    }

    /** For the round: what the ledger answered. */
    void told(Lease lease, long now) {
        Holding said = asked;
        if (said != null) {
            asked = null;
            told = said.held();
            raise(told + lease.granted() - allowance, 0);
            answered(lease, said, now);
        }
    }

    /** Whether the ledger knows all and leases nothing, so that it need not be told any more. */
    boolean settled() {
        return open() == 0 && held(0) == told && allowance == told && !stale;
    }

    /** Has it told at the next round, so that the ledger knows that this process lives; false if it never told anything. */
    boolean tellAgain() {
        if (!asking.tryLock()) {
            return false; // it is telling
        }
        try {
            stale = told > 0;
            return stale;
        } finally {
            asking.unlock();
        }
    }

    private boolean ended() {
        return !period.equals(Period.ALWAYS)
                && book.instants.millis() >= period.end().toEpochMilli();
    }

    private @Nullable Duration keep() {
        Instant end = period.equals(Period.ALWAYS) ? book.forgetsAt() : period.end();
        return end == null ? null : Duration.ofMillis(Math.max(0, end.toEpochMilli() - book.instants.millis()));
    }

    @Override
    void settle(long reserved, long used, long madeAt, long now) {
        super.settle(reserved, used, madeAt, now);
        if (used > reserved) {
            fleet.watch(this);
        } else if (strict && used < reserved && left < book.ceiling / SCARCE) {
            fleet.soon(this);
        }
    }

    @Override
    boolean charge(long used, long madeAt, long now) {
        boolean charged = super.charge(used, madeAt, now);
        fleet.watch(this);
        return charged;
    }

    /** What this process has spent and reserved: a glance while another thread asks. */
    @Override
    long held(long now) {
        long allowed = allowance;
        return Math.max(0, allowed - free(word()));
    }

    @Override
    long remaining(long now) {
        return Math.min(book.ceiling, Math.max(0, free(word())) + Math.max(0, left));
    }

    @Override
    long fleetRemaining() {
        return left;
    }

    /** The fleet's ledger remembers what was told, so what is held need not keep it. */
    @Override
    boolean retire(boolean evenIfHeld) {
        if (retired()) {
            return true;
        }
        if (!asking.tryLock()) {
            return false;
        }
        try {
            while (true) {
                long seen = word();
                if (seen < 0) {
                    return true;
                }
                boolean clean = (seen & OPEN) == 0 && allowance == told && free(seen) == 0;
                if (!clean) {
                    fleet.watch(this);
                    return false;
                }
                if (swap(seen, seen | FORGOTTEN)) {
                    return true;
                }
            }
        } finally {
            asking.unlock();
        }
    }

    @Override
    Period period() {
        return period;
    }
}
