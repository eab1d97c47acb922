package io.modelgate.budget;

import static java.util.Objects.requireNonNull;

import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledger behind the {@link Budgets} of a process, as gates use it; whoever only asks has no use of it. Thread-safe. */
public final class BudgetLedger implements Budgets, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** A spender that is kept says so often within the time after which it would be idle that it is used. */
    private static final int TOUCHES = 8;

    /** The fleet's ledger gives up a process of which it has not heard for a day. */
    private static final long TELL_ALL_NANOS = 3_600_000_000_000L;

    /** The mark that says whose secret the hashes in a ledger were made with; its hash begins as no account's does. */
    private static final String OWNER = "ledger.owner";

    final BudgetsBuilder settings;
    final LongSupplier ticker;
    final CoarseClock clock;
    final InstantSource instants;
    final UnaryOperator<String> keyedHash;
    final OpenReservations open;
    final long touchNanos;
    final @Nullable LedgerFile ledger;
    final @Nullable Fleet fleet;
    private final Consumer<BudgetEvent> listener;
    private final Map<String, Book> books = new ConcurrentHashMap<>();
    private final List<GateBudgets> gates = new CopyOnWriteArrayList<>();
    private final Set<String> killed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile boolean anyKilled;
    private volatile long toldAll;

    private BudgetLedger(
            BudgetsBuilder settings,
            LongSupplier ticker,
            InstantSource instants,
            UnaryOperator<String> keyedHash,
            Consumer<BudgetEvent> listener) {
        this.settings = settings;
        this.instants = instants;
        this.keyedHash = keyedHash;
        this.listener = listener;
        this.ticker = ticker;
        clock = new CoarseClock(ticker.getAsLong());
        toldAll = ticker.getAsLong();
        open = new OpenReservations(settings.reservationTimeout.toNanos());
        touchNanos = settings.sessionIdle.toNanos() / TOUCHES;
        fleet = settings.fleet == null ? null : new Fleet(settings.fleet, ticker, this::tell);
        ledger = settings.ledger == null ? null : LedgerFile.open(settings.ledger);
        if (ledger != null) {
            ledger.repaired().ifPresent(LOG::info);
        }
    }

    /**
     * Makes sure that the durable ledger and the fleet's, if there are any, are written under the same secret. Hashes under another would
     * find nothing: all that was spent would be forgotten in silence. A fleet's ledger that cannot be reached now is asked before its
     * first use, and counts as unreachable if it is another secret's.
     *
     * @throws IllegalStateException if it was not
     * @throws java.io.UncheckedIOException if a new ledger cannot be written
     */
    public void own() {
        LedgerFile file = ledger;
        if (file != null) {
            checkOwner(file, "#" + keyedHash.apply(OWNER));
        }
        if (fleet != null) {
            fleet.own(keyedHash.apply(OWNER));
        }
    }

    private static void checkOwner(LedgerFile ledger, String owner) {
        if (ledger.mark(OWNER, owner, 0) > 0) {
            return;
        }
        if (!ledger.isEmpty()) {
            String refusal = "ledger " + ledger
                    + " was written beside another control log, under whose secret its sessions and callers are"
                    + " hashed; restore that log and its key, or remove the ledger and its head file to begin anew";
            throw new IllegalStateException(refusal);
        }
        ledger.raise(OWNER, owner, 0, 1);
    }

    /**
     * Opens the budgets, and the durable ledger if one is configured.
     *
     * @param ticker elapsed nanoseconds
     * @param instants timestamps, for windows of the calendar
     * @param keyedHash turns a session, a caller's key or an attribute's value into what the ledger may hold
     * @param listener told of every event on the thread of a call; one that throws is logged
     * @throws IllegalStateException if the ledger is damaged or open already
     * @throws java.io.UncheckedIOException if it cannot be read or written
     */
    public static BudgetLedger open(
            Consumer<BudgetsBuilder> configure,
            LongSupplier ticker,
            InstantSource instants,
            UnaryOperator<String> keyedHash,
            Consumer<BudgetEvent> listener) {
        BudgetsBuilder settings = new BudgetsBuilder();
        try {
            configure.accept(settings);
            return new BudgetLedger(settings, ticker, instants, keyedHash, listener);
        } catch (RuntimeException e) {
            if (settings.fleet != null) {
                settings.fleet.close(); // nobody else knows of it
            }
            throw e;
        }
    }

    /**
     * Makes the budgets of a gate.
     *
     * @param prices the name of each version's price, by version; of no importance without a budget in money
     * @throws IllegalArgumentException if a version has no price under a budget in money, the prices are in another currency, or
     *     another budget has the name of one of these; the message lists all mistakes; or if a budget is shared and there is no ledger of
     *     a fleet
     */
    public GateBudgets gate(String gate, List<Budget> budgets, List<Runaway> runaways, Map<String, String> prices) {
        Needs.prices(settings.prices, gate, budgets, runaways, prices);
        checkNames(gate, budgets);
        Needs.fleet(fleet != null, gate, budgets);
        List<Book> mine = budgets.stream().map(this::book).toList();
        Map<String, Terms> terms = new TreeMap<>();
        prices.forEach((version, price) -> terms.put(version, terms(gate, mine.toArray(Book[]::new), price, version)));
        GateBudgets made = new GateBudgets(this, gate, mine, runaways, terms);
        gates.add(made);
        return made;
    }

    /** Before any of them is made, so that a gate that is refused leaves none behind. */
    private void checkNames(String gate, List<Budget> budgets) {
        Set<String> names = new TreeSet<>();
        for (Budget budget : budgets) {
            if (!names.add(budget.name())) {
                throw new IllegalArgumentException(
                        "gate \"" + gate + "\": budget \"" + budget.name() + "\" was given twice; give it once");
            }
            Book book = books.get(budget.name());
            if (book != null) {
                checkSame(book, budget);
            }
        }
    }

    private Book book(Budget budget) {
        Book book = books.computeIfAbsent(budget.name(), name -> new Book(budget, this));
        checkSame(book, budget);
        return book;
    }

    private static void checkSame(Book book, Budget budget) {
        if (!book.budget.equals(budget)) {
            throw new IllegalArgumentException("budget \"" + budget.name() + "\" is " + budget.text()
                    + ", and another gate has defined it as " + book.budget.text() + "; give one of them another name");
        }
    }

    /** Forgets the budgets of a gate that does not come to be; those that other gates have too stay. */
    public void discard(GateBudgets gate) {
        gates.remove(gate);
        for (Book book : gate.books) {
            if (gates.stream().noneMatch(other -> List.of(other.books).contains(book))) {
                books.remove(book.budget.name(), book);
            }
        }
    }

    Terms terms(String gate, Book[] books, String price, String version) {
        @Nullable Account[] accounts = new Account[books.length];
        for (int i = 0; i < books.length; i++) {
            if (books[i].budget.per() instanceof Per.Version) {
                accounts[i] = books[i].fixed(gate + "/" + version);
            }
        }
        return new Terms(
                settings.prices == null ? null : settings.prices.price(price).orElse(null), accounts);
    }

    @Override
    public Set<String> names() {
        return new TreeSet<>(books.keySet());
    }

    @Override
    public List<Balance> top(String budget, int most) {
        Book book = known(budget);
        Amounts.range("most", most, 1, Integer.MAX_VALUE);
        Map<Account, Long> reserved = open.reserved();
        Comparator<Balance> bySpent = Comparator.comparingLong(Balance::spent);
        PriorityQueue<Balance> top = new PriorityQueue<>(bySpent);
        book.each(account -> {
            Balance balance = balance(account, reserved);
            if (top.size() < most) {
                top.add(balance);
            } else if (balance.spent() > requireNonNull(top.peek()).spent()) {
                top.poll();
                top.add(balance);
            }
        });
        return top.stream()
                .sorted(bySpent.reversed().thenComparing(Balance::key))
                .toList();
    }

    @Override
    public Optional<Balance> balance(String budget, String key) {
        return Optional.ofNullable(known(budget).find(key)).map(account -> balance(account, open.reserved()));
    }

    private Balance balance(Account account, Map<Account, Long> reserved) {
        Account current = account.current();
        long now = ticker.getAsLong();
        return Balance.of(current, current.held(now), reserved.getOrDefault(current, 0L), now);
    }

    private Book known(String budget) {
        Book book = books.get(budget);
        if (book == null) {
            throw new IllegalArgumentException(
                    "budget " + Names.quote(budget) + " is unknown: expected one of " + names());
        }
        return book;
    }

    /** How many accounts of sessions are kept, as far as it is known; 0 without a budget per session. */
    public int sessions() {
        return (int) books.values().stream()
                .filter(book -> book.budget.per() instanceof Per.Session)
                .mapToLong(Book::size)
                .max()
                .orElse(0);
    }

    @Override
    public int reservations() {
        return open.count();
    }

    @Override
    public Map<String, Totals> totals() {
        Map<String, Totals> totals = new TreeMap<>();
        books.forEach((name, book) -> totals.put(
                name,
                new Totals(
                        book.refused.sum(),
                        book.overrun.sum(),
                        book.estimated.sum(),
                        book.expired.sum(),
                        book.evicted.sum())));
        return totals;
    }

    boolean anyKilled() {
        return anyKilled;
    }

    boolean killed(String session) {
        return killed.contains(session);
    }

    /** False if it is killed already, or no more killed sessions can be kept: then its limit refuses it call by call. */
    boolean kill(String session) {
        if (killed.size() >= settings.maxAccounts) {
            return false;
        }
        boolean first = killed.add(session);
        anyKilled = true;
        return first;
    }

    @Override
    public Set<String> killedSessions() {
        return new TreeSet<>(killed);
    }

    @Override
    public boolean reviveSession(String session) {
        gates.forEach(gate -> gate.revive(session));
        return killed.remove(session);
    }

    /**
     * Gives back the reservations that are older than the timeout, and forgets what need not be kept; to be called about every
     * second.
     *
     * @param now ticks
     */
    public void expire(long now) {
        clock.see(now);
        open.sweep(now);
        books.values().forEach(Book::sweep);
    }

    /** Whether there is a durable ledger, so that what is spent is not forgotten in a restart. */
    public boolean durable() {
        return ledger != null;
    }

    /**
     * Forces the durable ledger to disk; to be called about every second.
     *
     * @throws java.io.UncheckedIOException if the disk fails
     */
    public void sync() {
        if (ledger != null && !closed.get()) {
            ledger.sync(this::over);
        }
    }

    /** Whether there is a ledger of a fleet. */
    public boolean shared() {
        return fleet != null;
    }

    /** Sets where the fleet's ledger is asked ahead of need. Default: the common pool. */
    public void background(Executor executor) {
        if (fleet != null) {
            fleet.background(executor);
        }
    }

    /**
     * Tells the fleet's ledger what this process holds, renews the leases that are used and returns the others; to be called about every
     * second, on a thread that may wait for the ledger. While it cannot be reached this does nothing more than find that out.
     */
    public void share() {
        if (fleet == null || closed.get()) {
            return;
        }
        long now = ticker.getAsLong();
        boolean lost = fleet.lost();
        if (lost || now - toldAll >= TELL_ALL_NANOS) {
            toldAll = now;
            books.values().forEach(book -> book.tellAgain(lost));
        }
        fleet.round();
    }

    void tell(BudgetEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException e) {
            LOG.warn("A listener of budget events failed", e);
        }
    }

    /**
     * Writes what is spent to the durable ledger, tells the fleet's and returns what it leases, and closes both. From now on their
     * ceilings refuse every call; what is in flight is in them as reserved. Without a ledger this does nothing.
     *
     * @throws java.io.UncheckedIOException if the disk fails
     */
    @Override
    public void close() {
        LedgerFile file = ledger;
        if ((file == null && fleet == null) || closed.getAndSet(true)) {
            return;
        }
        books.values().forEach(Book::close);
        try {
            if (fleet != null) {
                fleet.close();
            }
        } finally {
            if (file != null) {
                try (file) {
                    file.compact(this::over);
                }
            }
        }
    }

    /** Whether a period of a budget is over, so that the ledger may forget its marks. */
    private boolean over(String budget, long period) {
        Book book = books.get(budget);
        return book != null && book.over(period);
    }
}
