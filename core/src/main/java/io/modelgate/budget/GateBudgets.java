package io.modelgate.budget;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The budgets and the limits on runaways of one gate. Thread-safe. Times are ticks. */
public final class GateBudgets {

    /** How often a call that is clamped tries again when others take what it saw. */
    private static final int TRIES = 8;

    final BudgetLedger budgets;
    final String gate;
    final Book[] books;
    private final List<Runaway> runaways;
    private final @Nullable Cache<String, SessionWatch> watches;
    private final @Nullable SessionWatch shared;

    /** How often a session was revived: whoever keeps a watch looks it up again then. */
    final AtomicLong revivals = new AtomicLong();

    /** Whether a call has to look at its version. */
    private final boolean byVersion;

    /** Whether a reservation is always held by the very accounts that were looked up: not by those of a period or a version. */
    final boolean sameAccounts;

    /** Whether a call has to look at its caller's attributes. */
    final boolean byAttribute;

    private volatile Map<String, Terms> versions;

    GateBudgets(
            BudgetLedger budgets, String gate, List<Book> books, List<Runaway> runaways, Map<String, Terms> versions) {
        this.budgets = budgets;
        this.gate = gate;
        this.books = books.toArray(Book[]::new);
        this.runaways = List.copyOf(runaways);
        this.versions = Map.copyOf(versions);
        sameAccounts = books.stream()
                .map(book -> book.budget)
                .noneMatch(budget -> budget.per() instanceof Per.Version
                        || budget.window() instanceof Window.Day
                        || budget.window() instanceof Window.Month);
        byAttribute = books.stream().anyMatch(book -> book.budget.per() instanceof Per.Attribute);
        byVersion = needsPrices() || books.stream().anyMatch(book -> book.budget.per() instanceof Per.Version);
        shared = runaways.isEmpty() ? null : new SessionWatch(runaways);
        watches = runaways.isEmpty()
                ? null
                : Caffeine.newBuilder()
                        .maximumSize(budgets.settings.maxAccounts)
                        .expireAfterAccess(budgets.settings.sessionIdle)
                        .ticker(budgets.clock)
                        .build();
    }

    boolean needsPrices() {
        return Needs.money(List.of(books).stream().map(book -> book.budget).toList(), runaways);
    }

    /**
     * Looks up the accounts of a caller. Those that lack a session, a key or an attribute share an account with their like.
     *
     * @param key the caller's, or null
     * @param session the caller's, or null
     * @param attribute gives the value of an attribute, or null
     */
    public Spender resolve(
            @Nullable String key, @Nullable String session, Function<String, @Nullable String> attribute, long now) {
        budgets.clock.see(now);
        return new Spender(this, key, session, attribute, now);
    }

    /** Whether there are limits on runaways. */
    boolean watches() {
        return watches != null;
    }

    @Nullable
    SessionWatch watch(@Nullable String session) {
        return watches == null || session == null || session.isEmpty()
                ? shared
                : watches.get(session, key -> new SessionWatch(runaways));
    }

    /**
     * Registers a version.
     *
     * @param price the name that its price has in the prices; of no importance without a budget in money
     * @throws IllegalArgumentException if there is a budget in money and no price of that name
     */
    public void version(String version, String price) {
        List<Budget> all = List.of(books).stream().map(book -> book.budget).toList();
        Needs.prices(budgets.settings.prices, gate, all, runaways, Map.of(version, price));
        Terms terms = budgets.terms(gate, books, price, version);
        synchronized (this) {
            Map<String, Terms> more = new HashMap<>(versions);
            more.put(version, terms);
            versions = Map.copyOf(more);
        }
    }

    /**
     * Reserves what a call may use in all ceilings at once, or in none.
     *
     * @param spender the caller's, of these budgets
     * @param version registered here
     * @param inputTokens estimated, 0 to 2<sup>40</sup>
     * @param maxOutputTokens the most that the version may produce, 0 to 2<sup>40</sup>
     * @param mayClamp whether less output than that, but at least one token, is of use
     * @param digest of the input; 0 if it is unknown
     * @return a {@link Reservation}, or a {@link Refusal} with the numbers
     * @throws IllegalArgumentException if a number is out of range, the version unknown or the spender another gate's
     */
    public Admission reserve(
            Spender spender,
            String version,
            long inputTokens,
            long maxOutputTokens,
            boolean mayClamp,
            long digest,
            long now) {
        if ((inputTokens | maxOutputTokens) >>> 40 != 0 || spender.gate != this) {
            check(spender, inputTokens, maxOutputTokens);
        }
        budgets.clock.see(now);
        if (budgets.anyKilled() && budgets.killed(spender.session)) {
            return Refusal.of(RefusalKind.SESSION_KILLED);
        }
        Terms terms = byVersion ? terms(version) : null;
        Reservation reservation = spender.take();
        int failed = reservation.hold(spender.accounts(now), terms, inputTokens, maxOutputTokens, now);
        if (failed >= 0) {
            Refusal refusal = again(reservation, failed, spender, terms, inputTokens, maxOutputTokens, mayClamp, now);
            if (refusal != null) {
                reservation.unused();
                return refusal;
            }
        }
        reservation.open(version);
        SessionWatch watch = spender.watch();
        return watch == null ? reservation : watched(watch, spender, reservation, digest, now);
    }

    private void check(Spender spender, long inputTokens, long maxOutputTokens) {
        Amounts.range("inputTokens", inputTokens, 0, Amounts.MAX);
        Amounts.range("maxOutputTokens", maxOutputTokens, 0, Amounts.MAX);
        if (spender.gate != this) {
            throw new IllegalArgumentException(
                    "spender is one of gate " + spender.gate.gate + ": expected one of gate " + gate);
        }
    }

    private Terms terms(String version) {
        Terms terms = versions.get(version);
        if (terms == null) {
            throw new IllegalArgumentException("version " + Names.quote(version) + " of gate " + gate
                    + " is not registered with its budgets: expected one of " + versions.keySet());
        }
        return terms;
    }

    /** Tries with less output, or with accounts looked up again; null if the reservation is made at last. */
    private @Nullable Refusal again(
            Reservation reservation,
            int first,
            Spender spender,
            @Nullable Terms terms,
            long input,
            long asked,
            boolean mayClamp,
            long now) {
        int failed = first;
        long output = asked;
        int tries = TRIES;
        while (failed >= 0) {
            Book book = books[failed];
            long reason = reservation.reason;
            boolean hope;
            if (reason == Account.RETIRED) {
                hope = !book.closed() && tries-- > 0;
                spender.lookUpAgain();
            } else if (reason == Reservation.NO_ROOM) {
                hope = tries-- == TRIES;
                spender.lookUpAgain();
            } else if (reason >= 0 && mayClamp && tries-- > 0) {
                output = Math.min(output, fitting(spender.accounts(now), terms, input, now));
                hope = output > 0;
            } else {
                hope = false;
            }
            if (!hope) {
                return refusal(book, reason, terms, input, mayClamp ? Math.min(1, asked) : asked);
            }
            failed = reservation.hold(spender.accounts(now), terms, input, output, now);
        }
        return null;
    }

    /** The most output that fits all ceilings now. */
    private long fitting(@Nullable Account[] accounts, @Nullable Terms terms, long input, long now) {
        long fitting = Amounts.MAX;
        for (int i = 0; i < books.length; i++) {
            Account account = accounts[i];
            if (account == null && terms != null) {
                account = terms.account(i);
            }
            long remaining = account == null ? 0 : account.remaining(now);
            Price price = terms == null ? null : terms.price;
            fitting = Math.min(
                    fitting,
                    books[i].budget.isMoney() && price != null
                            ? price.outputAffordable(remaining, input)
                            : remaining - input);
        }
        return fitting;
    }

    private static Refusal refusal(Book book, long reason, @Nullable Terms terms, long input, long output) {
        book.refused.increment();
        Price price = terms == null ? null : terms.price;
        long needed = book.budget.isMoney() && price != null
                ? price.worst(input, output)
                : Math.min(Amounts.MAX, input + output);
        if (reason >= 0) {
            return Refusal.of(RefusalKind.OVER_BUDGET, book.budget, needed, reason);
        }
        RefusalKind kind = reason == Account.CROWDED
                ? RefusalKind.TOO_MANY_CALLS
                : reason == Reservation.NO_ROOM
                        ? RefusalKind.TOO_MANY_SESSIONS
                        : book.isShared() ? RefusalKind.FLEET_UNREACHABLE : RefusalKind.LEDGER_FAILED;
        return Refusal.of(kind, book.budget, needed, 0);
    }

    /** A call counts for the limits on runaways only if it is covered. */
    private Admission watched(SessionWatch watch, Spender spender, Reservation reservation, long digest, long now) {
        Tripped tripped = watch.check(digest, now);
        if (tripped == null) {
            return reservation;
        }
        for (Runaway limit : tripped.limits()) {
            budgets.tell(new BudgetEvent.Tripped(gate, RefusalKind.of(limit), limit.reaction()));
        }
        if (tripped.reaction() == Reaction.OBSERVE) {
            return reservation;
        }
        reservation.cancel(now);
        reservation.release();
        RefusalKind kind = RefusalKind.of(tripped.limit());
        if (tripped.reaction() == Reaction.KILL_SESSION && budgets.kill(spender.session)) {
            budgets.tell(new BudgetEvent.SessionKilled(gate, kind));
        }
        return Refusal.of(kind);
    }

    /** Forgets what a session did, so that it may go on. */
    void revive(String session) {
        SessionWatch watch = session.isEmpty()
                ? shared
                : watches == null ? null : watches.policy().getIfPresentQuietly(session);
        if (watch != null) {
            watch.revive();
        }
        revivals.incrementAndGet();
    }
}
