package io.modelgate.budget;

/** What a gate does when a {@link Runaway} limit trips. */
public enum Reaction {
    /** Refuses the call; the session goes on, and may call again once it is within the limit. */
    REFUSE,
    /** Refuses the call and all later ones of the session until an operator revives it. */
    KILL_SESSION,
    /** Lets the call through, and counts and reports it. */
    OBSERVE
}
