package io.modelgate.budget;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The accounts of one budget, by key. Bounded: what was not looked up for long, or is too many, is forgotten, unless a reservation
 * is open on it, its session was killed, or it is no session's and holds something: then it is pinned. An account is retired before
 * it is forgotten, so whoever still has it can reserve nothing more on it, and looks it up again. Thread-safe.
 */
final class Book {

    /** What a durable account may hold above its mark before the mark is raised: this part of the ceiling. */
    private static final int LEASES = 64;

    final Budget budget;
    final long ceiling;
    final long lease;
    final boolean durable;
    final InstantSource instants;
    final ReentrantLock lock = new ReentrantLock();
    final LongAdder refused = new LongAdder();
    final LongAdder overrun = new LongAdder();
    final LongAdder estimated = new LongAdder();
    final LongAdder expired = new LongAdder();
    final LongAdder evicted = new LongAdder();
    private final BudgetLedger budgets;
    private final boolean sessions;
    private final @Nullable LedgerFile ledger;
    private final @Nullable Fleet fleet;
    private final int most;
    private final Cache<String, Account> accounts;
    private final Map<String, Account> pinned = new ConcurrentHashMap<>();
    private final Map<String, Account> fixed = new ConcurrentHashMap<>();
    private final Function<String, @Nullable Account> load = this::load;
    private volatile boolean closed;

    Book(Budget budget, BudgetLedger budgets) {
        this.budget = budget;
        this.budgets = budgets;
        ceiling = budget.ceiling();
        lease = ceiling / LEASES;
        instants = budgets.instants;
        sessions = budget.per() instanceof Per.Session;
        fleet = budget.sharing().isPresent() ? budgets.fleet : null;
        ledger = budget.window() instanceof Window.Rolling || fleet != null ? null : budgets.ledger;
        durable = ledger != null;
        most = budgets.settings.maxAccounts;
        Caffeine<Object, Object> builder = Caffeine.newBuilder().maximumSize(most);
        if (sessions) {
            builder.expireAfterAccess(budgets.settings.sessionIdle).ticker(budgets.clock);
        }
        if (budgets.settings.executor != null) {
            builder.executor(budgets.settings.executor);
        }
        accounts = builder.<String, Account>evictionListener(this::forget).build();
    }

    /** The account of a key; null if it is new and there is no room for it. */
    @Nullable
    Account account(@Nullable String key) {
        // A key's hash is looked at anyway; its characters are a cache miss more.
        if (key == null || (key.hashCode() == 0 && key.isEmpty())) {
            return fixed("");
        }
        Account account = accounts.get(key, load);
        // One that is being forgotten right now: wait until it is.
        return account == null || !account.retired() || closed
                ? account
                : accounts.asMap().compute(key, (k, old) -> old == null || old.retired() ? load(k) : old);
    }

    /** An account that is never forgotten: of a gate, a version, or of all calls without a key. */
    Account fixed(String key) {
        return fixed.computeIfAbsent(key, this::make);
    }

    private @Nullable Account load(String key) {
        Account kept = pinned.remove(key);
        if (kept != null) {
            return kept;
        }
        return pinned.size() >= most ? null : make(key);
    }

    private Account make(String key) {
        Window window = budget.window();
        if (window instanceof Window.Rolling rolling) {
            return new RollingAccount(this, key, rolling.length().toNanos(), budgets.clock.read());
        }
        return window instanceof Window.Life ? word(key, Period.ALWAYS) : new CalendarAccount(this, key);
    }

    /** The account of a life or a period, as the durable ledger has it. */
    WordAccount word(String key, Period period) {
        if (fleet != null) {
            return new SharedAccount(this, key, period, fleet, budget.sharing().orElseThrow());
        }
        if (ledger == null) {
            return period.equals(Period.ALWAYS) ? new WordAccount(this, key) : new MarkedAccount(this, key, period, 0);
        }
        long mark = ledger.mark(budget.name(), budgets.keyedHash.apply(key), period.id());
        return new MarkedAccount(this, key, period, mark);
    }

    /** Called while the entry is locked: whoever looks the key up meanwhile waits. */
    private void forget(@Nullable String key, @Nullable Account account, RemovalCause cause) {
        if (key != null && account != null && !forgotten(account)) {
            pinned.put(key, account);
        }
    }

    private boolean forgotten(Account account) {
        if ((sessions && budgets.killed(account.key)) || !account.retire(sessions)) {
            return false;
        }
        evicted.increment();
        if (!closed && account.current() instanceof WordAccount word && word.marked()) {
            try {
                write(word, 0);
            } catch (UncheckedIOException e) {
                ledgerFailed(e);
            }
        }
        return true;
    }

    /** Forgets what was pinned and need not be any more. */
    void sweep() {
        accounts.cleanUp();
        for (String key : pinned.keySet()) {
            pinned.computeIfPresent(key, (k, account) -> forgotten(account) ? null : account);
        }
    }

    /** Charges what a closed reservation used, on the account that stands for the key now if its own was forgotten. */
    void charge(Account account, long used, long madeAt, long now) {
        Account live = account;
        while (!live.charge(used, madeAt, now)) {
            Account found = closed ? null : account(account.key);
            if (found == null || found.period().id() != account.period().id()) {
                return; // its window is over, or the process
            }
            live = found.current();
        }
    }

    /** Under the lock. */
    void raise(WordAccount account, long mark) {
        if (closed) {
            throw new UncheckedIOException(new IOException("the durable ledger is closed"));
        }
        if (ledger != null) {
            ledger.raise(
                    budget.name(),
                    budgets.keyedHash.apply(account.key),
                    account.period().id(),
                    mark);
        }
    }

    private void write(WordAccount account, long spent) {
        if (ledger != null) {
            ledger.exact(
                    budget.name(),
                    budgets.keyedHash.apply(account.key),
                    account.period().id(),
                    spent);
        }
    }

    void ledgerFailed(UncheckedIOException e) {
        budgets.tell(new BudgetEvent.LedgerFailed("", budget.name(), String.valueOf(e.getMessage())));
    }

    /** Ends all accounts that a durable ledger or the fleet's keeps, and writes what they hold to the durable one. */
    void close() {
        if (ledger == null && fleet == null) {
            return;
        }
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        each(account -> {
            WordAccount word = account.seal();
            if (word != null && word.marked()) {
                write(word, word.held(0));
            }
        });
    }

    /** What a ledger may know of a key. */
    String hash(String key) {
        return budgets.keyedHash.apply(key);
    }

    /** When the fleet may forget an account of a life that is used now; null if never. */
    @Nullable
    Instant forgetsAt() {
        return sessions ? instants.instant().plus(budgets.settings.sessionIdle) : null;
    }

    /**
     * Has the fleet told again what this process holds.
     *
     * @param evenSessions whether to tell of sessions, whose accounts the fleet forgets by themselves
     */
    void tellAgain(boolean evenSessions) {
        Fleet told = fleet;
        if (told != null && (evenSessions || !sessions)) {
            each(account -> {
                if (account.current() instanceof SharedAccount shared && shared.tellAgain()) {
                    told.watch(shared);
                }
            });
        }
    }

    boolean isShared() {
        return fleet != null;
    }

    boolean closed() {
        return closed;
    }

    /** Whether a period is over, for the durable ledger. */
    boolean over(long period) {
        return (budget.window() instanceof Window.Day || budget.window() instanceof Window.Month)
                && period < Period.at(budget.window(), instants.instant()).id();
    }

    void each(Consumer<Account> consumer) {
        fixed.values().forEach(consumer);
        pinned.values().forEach(consumer);
        accounts.asMap().values().forEach(consumer);
    }

    @Nullable
    Account find(String key) {
        Account account = fixed.get(key);
        account = account == null ? pinned.get(key) : account;
        return account == null ? accounts.policy().getIfPresentQuietly(key) : account;
    }

    long size() {
        return accounts.estimatedSize() + pinned.size() + fixed.size();
    }

    long now() {
        return budgets.ticker.getAsLong();
    }

    /** For tests. */
    int pinned() {
        return pinned.size();
    }
}
