package io.modelgate.redis;

/** What a process does that starts without Redis and without a copy of the log. */
public enum StartPolicy {
    /** Every gate is killed until the log is known. */
    KILLED,
    /** Gates serve what the code declares until the log is known; kills that were made meanwhile arrive then. */
    OPEN
}
