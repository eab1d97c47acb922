package io.modelgate.budget;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * A ceiling on what callers may spend in a window of time, in tokens or in money.
 *
 * <p>It holds for each account by itself: {@link Per} says what an account is. Immutable and thread-safe.
 *
 * @param name 1 to 100 letters, digits, '.', '_' or '-'; gates that define an equal budget under one name share its accounts
 * @param ceiling tokens, or micro-units of money; 1 to 2<sup>44</sup>
 * @param currencyCode the currency of ISO 4217; empty for tokens
 * @param per what has an account of its own
 * @param window the time over which the ceiling holds
 * @param sharing how the processes of a fleet share it; empty if each has its own
 */
public record Budget(
        String name, long ceiling, Optional<String> currencyCode, Per per, Window window, Optional<Sharing> sharing) {

    /** The unit of a budget that is not in money. */
    static final String TOKENS = "tokens";

    /**
     * Checks the name and the range, and that it can be shared as is said.
     *
     * @throws IllegalArgumentException if the name or the ceiling is out of range, there is no such currency, or the sharing does not
     *     fit the window, the unit or the ceiling
     */
    public Budget {
        Names.name("budget", name);
        Amounts.range("ceiling", ceiling, 1, Amounts.MAX_CEILING);
        currencyCode.ifPresent(Money::checkCurrency);
        requireNonNull(per, "per");
        requireNonNull(window, "window");
        if (sharing.isPresent()) {
            checkSharing(name, ceiling, currencyCode, window, sharing.get());
        }
    }

    private static void checkSharing(
            String name, long ceiling, Optional<String> currencyCode, Window window, Sharing sharing) {
        String budget = "budget \"" + name + "\" is shared by the fleet";
        if (window instanceof Window.Rolling) {
            throw new IllegalArgumentException(budget + " and holds " + window.text()
                    + ": expected a life, a day or a month; within(Window.day(zone))");
        }
        if (sharing.slice() > ceiling) {
            throw new IllegalArgumentException(
                    budget + " in slices of " + sharing.slice() + ": expected at most its ceiling, " + ceiling);
        }
        if (!sharing.isStrict() && !sharing.currencyCode().equals(currencyCode)) {
            throw new IllegalArgumentException(budget + " in slices of "
                    + sharing.currencyCode().orElse(TOKENS) + ": expected slices of "
                    + currencyCode.orElse(TOKENS) + "; Sharing.leased("
                    + (currencyCode.isPresent() ? "Money" : "tokens")
                    + ", …)");
        }
    }

    /**
     * Returns a budget in tokens, input and output together, for the life of its accounts.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-'
     * @param ceiling tokens, 1 to 2<sup>44</sup>
     * @throws IllegalArgumentException if one is out of range
     */
    public static Budget tokens(String name, long ceiling, Per per) {
        return new Budget(name, ceiling, Optional.empty(), per, Window.life(), Optional.empty());
    }

    /**
     * Returns a budget in money, for the life of its accounts.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-'
     * @param ceiling 1 to 2<sup>44</sup> micro-units, in the currency of the prices
     * @throws IllegalArgumentException if one is out of range
     */
    public static Budget money(String name, Money ceiling, Per per) {
        return new Budget(
                name, ceiling.micros(), Optional.of(ceiling.currency()), per, Window.life(), Optional.empty());
    }

    /** Returns this budget with its ceiling holding over another window. */
    public Budget within(Window window) {
        return new Budget(name, ceiling, currencyCode, per, window, sharing);
    }

    /**
     * Returns this budget with one ceiling for all processes on a {@linkplain BudgetsBuilder#fleet fleet's ledger}, for a life, a day or
     * a month.
     *
     * @throws IllegalArgumentException if the window is a rolling one, or the slice is above the ceiling or in another unit
     */
    public Budget shared(Sharing sharing) {
        return new Budget(name, ceiling, currencyCode, per, window, Optional.of(sharing));
    }

    /** Returns it in words: {@code 100 tokens per session, for life}; of a shared one also how far it can be exceeded. */
    public String text() {
        String amount = isMoney() ? Amounts.decimal(ceiling) + " " + unit() : ceiling + " tokens";
        return amount + " per " + per.text() + ", " + window.text()
                + sharing.map(how -> ", " + how.text()).orElse("");
    }

    /** Whether it is in money and so needs a price for every version. */
    boolean isMoney() {
        return currencyCode.isPresent();
    }

    /** The unit of its amounts: {@code tokens}, or the currency of ISO 4217. */
    public String unit() {
        return currencyCode.orElse(TOKENS);
    }
}
