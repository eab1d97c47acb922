package io.modelgate.budget;

/** What a process does with a ceiling that the fleet shares while it cannot reach the fleet's ledger. Never: serve without limit. */
public enum WhenUnreachable {
    /** Refuses as soon as the ledger is known to be unreachable, whatever is still leased. */
    REFUSE,
    /** Serves from what is leased until the lease is over, then refuses. */
    RUN_ON_LEASE
}
