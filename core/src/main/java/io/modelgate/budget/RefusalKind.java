package io.modelgate.budget;

/** Why a call was not admitted. */
public enum RefusalKind {
    /** A ceiling does not leave what the call needs. */
    OVER_BUDGET,
    /** The session made as many calls as {@link Runaway#callsPerSession} allows, or too many are in flight on one account. */
    TOO_MANY_CALLS,
    /** The session repeats an input more often than {@link Runaway#repeatedInput} allows. */
    REPEATED_INPUT,
    /** The session spends faster than {@link Runaway#spendRate} allows. */
    SPENDING_TOO_FAST,
    /** A limit killed the session, and nobody revived it. */
    SESSION_KILLED,
    /** No more accounts can be kept: all that there is room for hold something that may not be forgotten. */
    TOO_MANY_SESSIONS,
    /** The durable ledger cannot be written, so that what is spent would be forgotten in a restart. */
    LEDGER_FAILED,
    /** The ledger of a ceiling that the fleet shares cannot be reached, so that what others spend is unknown. */
    FLEET_UNREACHABLE;

    static RefusalKind of(Runaway limit) {
        if (limit instanceof Runaway.CallsPerSession) {
            return TOO_MANY_CALLS;
        }
        return limit instanceof Runaway.RepeatedInput ? REPEATED_INPUT : SPENDING_TOO_FAST;
    }
}
