package io.modelgate.budget;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an account of a budget has spent and has left. Immutable; tokens, or micro-units of money.
 *
 * @param budget the name
 * @param key the session, the caller's key, the attribute's value, {@code gate} or {@code gate/version}; empty for the account
 *     that is shared by all calls that lack it
 * @param unit {@code tokens}, or the currency of ISO 4217
 * @param ceiling of the budget
 * @param spent by calls of this process that are settled; above the ceiling after an overrun
 * @param reserved by calls of this process that are in flight
 * @param remaining what is left to reserve, 0 to the ceiling; of a shared budget, as far as this process was told
 * @param overrun what this process spent above the ceiling
 * @param start when the day or month began; empty for other windows
 * @param end when it ends; empty for other windows
 * @param fleetRemaining of a shared budget: what was left beside all that the processes of the fleet hold and lease, when this process
 *     was last told; empty if it is not shared
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
        Optional<Instant> end,
        OptionalLong fleetRemaining) {

    static Balance of(Account account, long held, long reserved, long now) {
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
                account.remaining(now),
                Math.max(0, spent - budget.ceiling()),
                period.map(Period::start),
                period.map(Period::end),
                account.fleetRemaining() < 0 ? OptionalLong.empty() : OptionalLong.of(account.fleetRemaining()));
    }
}
