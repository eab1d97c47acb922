package io.modelgate.budget;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Configures the budgets of all gates. Not thread-safe. */
public final class BudgetsBuilder {

    private static final int MAX_ACCOUNTS = 100_000_000;

    @Nullable
    Prices prices;

    @Nullable
    Path ledger;

    @Nullable
    FleetLedger fleet;

    Duration sessionIdle = Duration.ofHours(24);
    int maxAccounts = 1_000_000;
    Duration reservationTimeout = Duration.ofMinutes(15);

    /** Where caches do their housekeeping; null for their own choice. */
    @Nullable
    Executor executor;

    BudgetsBuilder() {}

    /** Sets the prices that money budgets are reckoned with. Default: none. */
    public BudgetsBuilder prices(Prices prices) {
        this.prices = requireNonNull(prices, "prices");
        return this;
    }

    /**
     * Sets the file of the durable ledger, by which lifetime and calendar ceilings survive a restart. One process owns it. Default:
     * none, what was spent is forgotten when the process ends.
     */
    public BudgetsBuilder ledger(Path file) {
        this.ledger = requireNonNull(file, "file");
        return this;
    }

    /**
     * Sets the ledger of the ceilings that a fleet shares: those of budgets that are {@linkplain Budget#shared shared}; the other ones are
     * not touched by it. All processes on it need the same control log, or the same secret of one. It is closed with the gates. Default:
     * none, and a gate with a shared budget is not built.
     *
     * @throws IllegalArgumentException if there is one already; then the one given is closed, as nobody else would
     */
    public BudgetsBuilder fleet(FleetLedger ledger) {
        requireNonNull(ledger, "ledger");
        if (fleet != null) {
            ledger.close();
            throw new IllegalArgumentException(
                    "fleet is given twice: a process has one ledger of what its fleet shares; keep one, in code or in a property");
        }
        this.fleet = ledger;
        return this;
    }

    /**
     * Sets after how long a session that made no call is forgotten, with what it spent. Default: 24 hours.
     *
     * @param idle 1 second to 366 days
     * @throws IllegalArgumentException if it is out of range
     */
    public BudgetsBuilder sessionIdle(Duration idle) {
        sessionIdle = range("sessionIdle", idle);
        return this;
    }

    /**
     * Sets how many accounts each budget keeps; at most as many again are kept because they may not be forgotten. Default:
     * 1,000,000.
     *
     * @param sessions 1 to 100,000,000
     * @throws IllegalArgumentException if it is out of range
     */
    public BudgetsBuilder maxAccounts(int sessions) {
        maxAccounts = (int) Amounts.range("maxAccounts", sessions, 1, MAX_ACCOUNTS);
        return this;
    }

    /**
     * Sets after how long a reservation that is not settled is given back. Default: 15 minutes.
     *
     * @param timeout 1 second to 366 days; longer than any call lasts
     * @throws IllegalArgumentException if it is out of range
     */
    public BudgetsBuilder reservationTimeout(Duration timeout) {
        reservationTimeout = range("reservationTimeout", timeout);
        return this;
    }

    BudgetsBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    private static Duration range(String name, Duration value) {
        if (value.compareTo(Duration.ofSeconds(1)) < 0 || value.compareTo(Duration.ofDays(366)) > 0) {
            throw new IllegalArgumentException(name + " is " + value + ": expected 1 second to 366 days");
        }
        return value;
    }
}
