package io.modelgate.budget;

/** A ledger of a fleet could not be reached, or did not answer in time. */
public final class FleetLedgerException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** Says why, without credentials. */
    public FleetLedgerException(String message) {
        super(message);
    }

    /** Says why, without credentials. */
    public FleetLedgerException(String message, Throwable cause) {
        super(message, cause);
    }
}
