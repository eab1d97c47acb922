package io.modelgate.console;

/** What an operator may do at the console. Each role may do what those before it may. */
public enum Role {
    /** Sees everything, changes nothing. */
    VIEWER,
    /** Makes things safer: kills, pauses and aborts rollouts, rolls back. */
    OPERATOR,
    /** Lets traffic return or grow: revives, resumes, approves, promotes. */
    APPROVER,
    /** Releases kills of the whole fleet. */
    ADMIN;

    /** Whether this role may do what another one may. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
