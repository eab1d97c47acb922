package io.modelgate.rollout;

import java.time.Duration;

/**
 * What happens where evidence that promotion asks for stays inconclusive. It never passes. Immutable.
 *
 * @param patience how long it may stay so, from when the last step's least time and callers are reached
 * @param then what then happens
 */
public record Inconclusive(Duration patience, Then then) {

    /** What then happens. */
    public enum Then {
        /** It goes on waiting, silently. */
        WAIT,
        /** It is held: a person is told, and resumes or aborts. The count goes on. */
        HOLD,
        /** It is aborted. */
        ABORT
    }
}
