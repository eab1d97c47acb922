package io.modelgate.budget;

/**
 * A call is not covered; nothing is held for it. Immutable.
 *
 * @param kind why
 * @param budget the budget that does not cover it; empty if it is none
 * @param needed the least that the call would have had to reserve, in the unit: with one output token where it may be clamped
 * @param remaining what was left of the ceiling, in the unit, 0 to the ceiling
 * @param ceiling of the budget, in the unit
 * @param unit {@code tokens}, or the currency of ISO 4217 in which the amounts are micro-units; empty if there is no budget
 */
public record Refusal(RefusalKind kind, String budget, long needed, long remaining, long ceiling, String unit)
        implements Admission {

    static Refusal of(RefusalKind kind, Budget budget, long needed, long remaining) {
        return new Refusal(kind, budget.name(), needed, remaining, budget.ceiling(), budget.unit());
    }

    static Refusal of(RefusalKind kind) {
        return new Refusal(kind, "", 0, 0, 0, "");
    }

    /** One sentence with all the numbers, fit for a log: no session and no caller is in it. */
    public String message() {
        return switch (kind) {
            case OVER_BUDGET ->
                "budget " + budget + ": the call needs at least " + amount(needed) + ", " + amount(remaining) + " of "
                        + amount(ceiling) + " remain";
            case TOO_MANY_CALLS ->
                budget.isEmpty()
                        ? "the session made as many calls as it may"
                        : "budget " + budget + ": more than " + WordAccount.MAX_OPEN
                                + " calls are in flight on one account";
            case REPEATED_INPUT -> "the session repeats the same input";
            case SPENDING_TOO_FAST -> "the session spends faster than it may";
            case SESSION_KILLED -> "the session was killed by a limit on runaways";
            case TOO_MANY_SESSIONS ->
                budget.isEmpty()
                        ? "no more sessions can be kept"
                        : "budget " + budget + ": no more accounts can be kept";
            case LEDGER_FAILED -> "budget " + budget + ": its durable ledger cannot be written";
            case FLEET_UNREACHABLE ->
                "budget " + budget + ": the call needs at least " + amount(needed) + " of " + amount(ceiling)
                        + ", and the ledger of the fleet cannot be reached";
        };
    }

    private String amount(long amount) {
        return unit.equals(Budget.TOKENS) ? amount + " tokens" : Amounts.decimal(amount) + " " + unit;
    }
}
