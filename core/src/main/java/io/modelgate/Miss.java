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
            SHARED[cause.ordinal()] = new Miss(cause, null, false);
        }
    }

    final Cause cause;
    final @Nullable Throwable error;

    /** Whether the calling thread was interrupted, which ends the call. */
    final boolean interrupted;

    private Miss(Cause cause, @Nullable Throwable error, boolean interrupted) {
        this.cause = cause;
        this.error = error;
        this.interrupted = interrupted;
    }

    static Miss of(Cause cause) {
        return SHARED[cause.ordinal()];
    }

    static Miss of(Cause cause, @Nullable Throwable error) {
        return error == null ? of(cause) : new Miss(cause, error, false);
    }

    /** That the calling thread was interrupted: nothing else is tried for it. */
    static Miss interrupted(@Nullable Throwable error) {
        return new Miss(Cause.CUT, error, true);
    }

    /** Whether the gate itself said no, so that no other version of it may be asked. */
    boolean byGate() {
        return switch (cause) {
            case RATE_LIMITED, FULL, OVER_BUDGET, NO_TIME_LEFT, INPUT_BLOCKED -> true;
            default -> interrupted;
        };
    }
}
