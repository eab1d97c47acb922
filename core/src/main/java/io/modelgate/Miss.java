package io.modelgate;

import org.jspecify.annotations.Nullable;

/**
 * That a version gave no usable answer. Private to the gate, so that no answer of a user's model can be mistaken for it; the
 * ones without an error are shared, so that a refusal allocates nothing.
 */
final class Miss {

    private static final Miss[] SHARED = new Miss[Cause.values().length];

    static {
        for (Cause cause : Cause.values()) {
            SHARED[cause.ordinal()] = new Miss(cause, null);
        }
    }

    final Cause cause;
    final @Nullable Throwable error;

    private Miss(Cause cause, @Nullable Throwable error) {
        this.cause = cause;
        this.error = error;
    }

    static Miss of(Cause cause) {
        return SHARED[cause.ordinal()];
    }

    static Miss of(Cause cause, @Nullable Throwable error) {
        return error == null ? of(cause) : new Miss(cause, error);
    }

    /** Whether the gate itself said no, so that no other version of it may be asked. */
    boolean byGate() {
        return switch (cause) {
            case RATE_LIMITED, FULL, OVER_BUDGET, NO_TIME_LEFT, INPUT_BLOCKED, CUT -> true;
            default -> false;
        };
    }
}
