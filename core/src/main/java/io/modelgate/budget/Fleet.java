package io.modelgate.budget;

import io.modelgate.budget.FleetLedger.Holding;
import io.modelgate.budget.FleetLedger.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This process's side of the fleet's ledger: asks it, knows whether it can be reached, and tells it about once a second what changed and
 * which leases are to be renewed. Thread-safe.
 */
final class Fleet {

    /** So many accounts are told in one exchange. */
    private static final int BATCH = 500;

    /** While the ledger cannot be reached, calls that are refused make it tried so often. */
    private static final long PROBE_NANOS = 100_000_000;

    private final FleetLedger ledger;
    private final LongSupplier ticker;
    private final Consumer<BudgetEvent> events;

    /** The accounts of which the ledger does not know all, or leases something to this process. */
    private final Set<SharedAccount> watched = ConcurrentHashMap.newKeySet();

    /** Those that are to be told at once. */
    private final Set<SharedAccount> soon = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean telling = new AtomicBoolean();
    private final ReentrantLock round = new ReentrantLock();
    private final ReentrantLock ownership = new ReentrantLock();
    private final AtomicLong holders = new AtomicLong();
    private final AtomicLong losses = new AtomicLong();
    private volatile Executor background = ForkJoinPool.commonPool();
    private volatile boolean reachable = true;
    private volatile long probed;
    private volatile String mark = "";
    private volatile boolean owned;

    Fleet(FleetLedger ledger, LongSupplier ticker, Consumer<BudgetEvent> events) {
        this.ledger = ledger;
        this.ticker = ticker;
        this.events = events;
        probed = ticker.getAsLong() - PROBE_NANOS;
    }

    void background(Executor executor) {
        background = executor;
    }

    long nextHolder() {
        return holders.incrementAndGet();
    }

    /** Claims the ledger for this secret; if it cannot be reached, before the first exchange. */
    void own(String keyedMark) {
        mark = keyedMark;
        try {
            owned = false;
            claim();
            reached();
        } catch (FleetLedgerException e) {
            failed(e);
        }
    }

    private void claim() {
        if (owned) {
            return;
        }
        if (mark.isEmpty()) {
            throw new FleetLedgerException("the secret that accounts are named under is not known yet");
        }
        ownership.lock();
        try {
            if (!owned) {
                ledger.own(mark);
                owned = true;
            }
        } finally {
            ownership.unlock();
        }
    }

    boolean reachable() {
        return reachable;
    }

    /** Null if the ledger cannot be reached. */
    @Nullable
    Lease exchange(Holding holding) {
        List<Lease> answers = exchange(List.of(holding));
        return answers == null ? null : answers.get(0);
    }

    private @Nullable List<Lease> exchange(List<Holding> holdings) {
        try {
            claim();
            List<Lease> answers = ledger.exchange(holdings);
            if (answers.size() != holdings.size()) {
                throw new IllegalStateException(
                        "the ledger gave " + answers.size() + " answers to " + holdings.size() + " holdings");
            }
            reached();
            return answers;
        } catch (RuntimeException e) { // whatever it is, what it did is unknown
            failed(e);
            return null;
        }
    }

    private void reached() {
        if (!reachable) {
            reachable = true;
            events.accept(new BudgetEvent.FleetReached("", true, ""));
        }
    }

    private void failed(RuntimeException e) {
        boolean was = reachable;
        reachable = false;
        probed = ticker.getAsLong();
        if (was) {
            events.accept(new BudgetEvent.FleetReached("", false, String.valueOf(e.getMessage())));
        }
    }

    /** Whether the ledger may have forgotten something since this was asked last. */
    boolean lost() {
        long now = ledger.losses();
        return losses.getAndSet(now) != now;
    }

    /** The round looks after it from now on. */
    void watch(SharedAccount account) {
        if (!watched.contains(account)) {
            watched.add(account);
        }
    }

    /** Has an account told and its lease filled up, on another thread. */
    void soon(SharedAccount account) {
        if (soon.add(account) && telling.compareAndSet(false, true)) {
            try {
                background.execute(this::tellSoon);
            } catch (RuntimeException e) { // the round does it
                telling.set(false);
                soon.remove(account);
            }
        }
    }

    /** While the ledger cannot be reached: tries it again, now and then. */
    void probe(SharedAccount account) {
        long now = ticker.getAsLong();
        if (now - probed >= PROBE_NANOS) {
            probed = now;
            watch(account);
            soon(account);
        }
    }

    private void tellSoon() {
        do {
            try {
                List<SharedAccount> due = List.copyOf(soon);
                due.forEach(soon::remove);
                tell(due, true, false);
            } finally {
                telling.set(false);
            }
        } while (!soon.isEmpty() && telling.compareAndSet(false, true));
    }

    /** Tells what changed and renews what is used; to be called about every second. Waits for the ledger. */
    void round() {
        if (!round.tryLock()) {
            return;
        }
        try {
            List<SharedAccount> all = List.copyOf(watched);
            if (all.isEmpty()) {
                if (!reachable) {
                    own(mark);
                }
            } else if (!tell(all, false, false)) {
                tell(all.subList(0, 1), true, false); // so that an unreachable ledger is known to be
            }
        } finally {
            round.unlock();
        }
    }

    /** Whether the ledger was asked. */
    private boolean tell(List<SharedAccount> accounts, boolean anyway, boolean over) {
        boolean asked = false;
        boolean reached = true;
        for (int from = 0; from < accounts.size() && reached; from += BATCH) {
            List<SharedAccount> mine = new ArrayList<>();
            List<Holding> holdings = new ArrayList<>();
            try {
                long now = ticker.getAsLong();
                for (SharedAccount account : accounts.subList(from, Math.min(accounts.size(), from + BATCH))) {
                    collect(account, anyway, over, now, mine, holdings);
                }
                if (!holdings.isEmpty()) {
                    asked = true;
                    List<Lease> leases = exchange(holdings);
                    reached = leases != null;
                    for (int i = 0; leases != null && i < leases.size(); i++) {
                        mine.get(i).told(leases.get(i), now);
                        release(mine.get(i));
                    }
                }
            } finally {
                mine.forEach(SharedAccount::doneAsking);
            }
        }
        return asked;
    }

    private void collect(
            SharedAccount account,
            boolean anyway,
            boolean over,
            long now,
            List<SharedAccount> mine,
            List<Holding> holdings) {
        if (!account.tryAsking()) {
            return; // another thread tells
        }
        Holding holding;
        try {
            holding = account.toTell(anyway, over, now);
        } catch (RuntimeException | Error e) {
            account.doneAsking();
            throw e;
        }
        if (holding == null) {
            release(account);
            account.doneAsking();
        } else {
            mine.add(account);
            holdings.add(holding);
        }
    }

    /** Whoever changes it after this looked watches it again. */
    private void release(SharedAccount account) {
        // One is kept for the round to find out by that the ledger can be reached again.
        if (reachable && account.settled() && watched.remove(account) && !account.settled()) {
            watched.add(account);
        }
    }

    /** Returns all slack, as far as the ledger can be reached, and lets go of it. */
    void close() {
        round.lock();
        try {
            tell(List.copyOf(watched), true, true);
        } finally {
            round.unlock();
            ledger.close();
        }
    }
}
