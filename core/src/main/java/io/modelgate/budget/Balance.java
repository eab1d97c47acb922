package io.modelgate.budget;

import java.time.Instant;
import java.util.Optional;

/**
 * What an account of a budget has spent and has left. Immutable; tokens, or micro-units of money.
 *
 * @param budget the name
 * @param key the session, the caller's key, the attribute's value, {@code gate} or {@code gate/version}; empty for the account
 *     that is shared by all calls that lack it
 * @param unit {@code tokens}, or the currency of ISO 4217
 * @param ceiling of the budget
 * @param spent by calls that are settled; above the ceiling after an overrun
 * @param reserved by calls in flight
 * @param remaining what is left to reserve, 0 to the ceiling
 * @param overrun what was spent above the ceiling
 * @param start when the day or month began; empty for other windows
 * @param end when it ends; empty for other windows
 */
public record Balance(
        String budget,
        String key,
        String unit,
        long ceiling,
        long spent,
        long reserved,
        long remaining,
        long overrun,
        Optional<Instant> start,
        Optional<Instant> end) {

    static Balance of(Account account, long held, long reserved) {
        Budget budget = account.book.budget;
        long open = Math.min(reserved, held);
        long spent = held - open;
        Optional<Period> period = Optional.of(account.period()).filter(p -> !p.equals(Period.ALWAYS));
        return new Balance(
                budget.name(),
                account.key,
                budget.unit(),
                budget.ceiling(),
                spent,
                open,
                Math.max(0, budget.ceiling() - held),
                Math.max(0, spent - budget.ceiling()),
                period.map(Period::start),
                period.map(Period::end));
    }
}
