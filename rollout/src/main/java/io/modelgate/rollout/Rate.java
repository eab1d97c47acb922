package io.modelgate.rollout;

import io.modelgate.Cause;

/** A share of a version's calls that a guardrail can bound. */
public enum Rate {
    /** The model threw or took too long, or its circuit breaker was open: with an open breaker there are no fewer errors, one only sees less of them. */
    ERRORS,
    /** The gate did not call the model, for whatever reason but a kill. */
    REFUSALS,
    /** The answer was invalid. */
    INVALID_OUTPUT,
    /** The answer's confidence was too low. */
    LOW_CONFIDENCE,
    /** The caller did not get this version's answer, for whatever reason but a kill: a fallback served it, or nothing did. */
    FALLBACK;

    /** Whether a call that was missed for this cause counts. */
    public boolean counts(Cause cause) {
        if (cause == Cause.KILLED || cause == Cause.SESSION_KILLED) {
            return false;
        }
        return switch (this) {
            case ERRORS -> cause == Cause.ERROR || cause == Cause.TIMEOUT || cause == Cause.BREAKER_OPEN;
            case REFUSALS -> cause.refusal();
            case INVALID_OUTPUT -> cause == Cause.INVALID_OUTPUT;
            case LOW_CONFIDENCE -> cause == Cause.LOW_CONFIDENCE;
            case FALLBACK -> true;
        };
    }
}
