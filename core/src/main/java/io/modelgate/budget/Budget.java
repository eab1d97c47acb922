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
 */
public record Budget(String name, long ceiling, Optional<String> currencyCode, Per per, Window window) {

    /** The unit of a budget that is not in money. */
    static final String TOKENS = "tokens";

    /**
     * Checks the name and the range.
     *
     * @throws IllegalArgumentException if the name or the ceiling is out of range, or there is no such currency
     */
    public Budget {
        Names.name("budget", name);
        Amounts.range("ceiling", ceiling, 1, Amounts.MAX_CEILING);
        currencyCode.ifPresent(Money::checkCurrency);
        requireNonNull(per, "per");
        requireNonNull(window, "window");
    }

    /**
     * Returns a budget in tokens, input and output together, for the life of its accounts.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-'
     * @param ceiling tokens, 1 to 2<sup>44</sup>
     * @throws IllegalArgumentException if one is out of range
     */
    public static Budget tokens(String name, long ceiling, Per per) {
        return new Budget(name, ceiling, Optional.empty(), per, Window.life());
    }

    /**
     * Returns a budget in money, for the life of its accounts.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-'
     * @param ceiling 1 to 2<sup>44</sup> micro-units, in the currency of the prices
     * @throws IllegalArgumentException if one is out of range
     */
    public static Budget money(String name, Money ceiling, Per per) {
        return new Budget(name, ceiling.micros(), Optional.of(ceiling.currency()), per, Window.life());
    }

    /** Returns this budget with its ceiling holding over another window. */
    public Budget within(Window window) {
        return new Budget(name, ceiling, currencyCode, per, window);
    }

    /** For a message: {@code 100 tokens per session, for life}. */
    String text() {
        String amount = isMoney() ? Amounts.decimal(ceiling) + " " + unit() : ceiling + " tokens";
        return amount + " per " + per.text() + ", " + window.text();
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
