package io.modelgate.budget;

/** Something that operators of budgets want to know. No event names a session or a caller. All are immutable. */
public sealed interface BudgetEvent {

    /** The gate whose call it was; empty if it was no call's. */
    String gate();

    /**
     * A call used more than was reserved for it. It was charged in full.
     *
     * @param gate whose call it was
     * @param version that used it
     * @param budget that was charged
     * @param reserved tokens, or micro-units of money
     * @param used tokens, or micro-units of money; more than reserved
     */
    record Overrun(String gate, String version, String budget, long reserved, long used) implements BudgetEvent {}

    /**
     * A reservation was never settled and was given back. A settlement that still comes is charged.
     *
     * @param gate whose call it was
     * @param version for which it was made
     * @param budget to which it was given back
     * @param reserved tokens, or micro-units of money
     */
    record Expired(String gate, String version, String budget, long reserved) implements BudgetEvent {}

    /**
     * A session ran into a limit on runaways.
     *
     * @param gate whose call it was
     * @param kind the limit
     * @param reaction what was done; {@link Reaction#OBSERVE} let the call through
     */
    record Tripped(String gate, RefusalKind kind, Reaction reaction) implements BudgetEvent {}

    /**
     * A session was killed.
     *
     * @param gate whose call it was
     * @param kind the limit
     */
    record SessionKilled(String gate, RefusalKind kind) implements BudgetEvent {}

    /**
     * The durable ledger could not be written where something was spent already: a restart may forget it.
     *
     * @param gate empty
     * @param budget that was charged
     * @param problem what the disk said
     */
    record LedgerFailed(String gate, String budget, String problem) implements BudgetEvent {}

    /**
     * The ledger of the fleet cannot be reached, or can be again.
     *
     * @param gate empty
     * @param reachable whether it can be
     * @param problem what was said; empty if it can be
     */
    record FleetReached(String gate, boolean reachable, String problem) implements BudgetEvent {}
}
