package io.modelgate.budget;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * How the processes of a fleet share a ceiling. Immutable and thread-safe.
 *
 * @param slice the most that a process leases above what it has told as spent and reserved, and serves without asking: tokens or
 *     micro-units of money, 0 to 2<sup>44</sup>; 0 is strict: each reservation asks
 * @param currencyCode the currency of the slice, of ISO 4217; empty for tokens and for a strict one
 * @param whenUnreachable what is done while the fleet's ledger cannot be reached; a strict one refuses
 */
public record Sharing(long slice, Optional<String> currencyCode, WhenUnreachable whenUnreachable) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the slice is out of range, or is 0 and not to refuse
     */
    public Sharing {
        Amounts.range("slice", slice, 0, Amounts.MAX_CEILING);
        requireNonNull(whenUnreachable, "whenUnreachable");
        currencyCode.ifPresent(Money::checkCurrency);
        if (slice == 0 && whenUnreachable != WhenUnreachable.REFUSE) {
            throw new IllegalArgumentException("a strict sharing leases nothing that it could run on: expected REFUSE");
        }
    }

    /** Returns: every reservation asks the fleet's ledger. Nothing is ever spent above the ceiling by a reservation. */
    public static Sharing strict() {
        return new Sharing(0, Optional.empty(), WhenUnreachable.REFUSE);
    }

    /**
     * Returns: a process leases slices of a budget in tokens.
     *
     * @param tokens of a slice, 1 to 2<sup>44</sup>; at most the ceiling
     * @throws IllegalArgumentException if it is out of range
     */
    public static Sharing leased(long tokens, WhenUnreachable whenUnreachable) {
        return new Sharing(Amounts.range("slice", tokens, 1, Amounts.MAX_CEILING), Optional.empty(), whenUnreachable);
    }

    /**
     * Returns: a process leases slices of a budget in money.
     *
     * @param slice 1 to 2<sup>44</sup> micro-units; at most the ceiling
     * @throws IllegalArgumentException if it is out of range
     */
    public static Sharing leased(Money slice, WhenUnreachable whenUnreachable) {
        return new Sharing(
                Amounts.range("slice", slice.micros(), 1, Amounts.MAX_CEILING),
                Optional.of(slice.currency()),
                whenUnreachable);
    }

    /** Whether each reservation asks. */
    public boolean isStrict() {
        return slice == 0;
    }

    /**
     * How far above the ceiling an account can come when processes are lost: killed, or for longer than a lease cut off from the ledger
     * or stopped. What a model uses above its reservation comes on top, as in one process.
     *
     * @param processesLost how many, in the window of the budget
     * @return tokens, or micro-units of money; 0 if strict
     * @throws IllegalArgumentException if the number is negative
     */
    public long overshoot(int processesLost) {
        Amounts.range("processesLost", processesLost, 0, Integer.MAX_VALUE);
        return slice > Long.MAX_VALUE / Math.max(1, processesLost) ? Long.MAX_VALUE : slice * processesLost;
    }

    /** For a message, after the text of its budget. */
    String text() {
        if (isStrict()) {
            return "shared by the fleet, 0 above it for each process lost";
        }
        return "shared by the fleet, at most "
                + (currencyCode.isPresent() ? Amounts.decimal(slice) + " " + currencyCode.get() : slice + " tokens")
                + " above it for each process lost";
    }
}
