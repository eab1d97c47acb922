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
            SHARED[cause.ordinal()] = new Miss(cause, null, false, byGate(cause));
        }
    }

    final Cause cause;
    final @Nullable Throwable error;

    /** Whether the calling thread was interrupted, which ends the call. */
    final boolean interrupted;

    /** Whether the gate itself said no, so that no other version of it may be asked. */
    final boolean byGate;

    private Miss(Cause cause, @Nullable Throwable error, boolean interrupted, boolean byGate) {
        this.cause = cause;
        this.error = error;
        this.interrupted = interrupted;
        this.byGate = byGate;
    }

    static Miss of(Cause cause) {
        return SHARED[cause.ordinal()];
    }

    static Miss of(Cause cause, @Nullable Throwable error) {
        return error == null ? of(cause) : new Miss(cause, error, false, byGate(cause));
    }

    /** That the calling thread was interrupted: nothing else is tried for it. */
    static Miss interrupted(@Nullable Throwable error) {
        return new Miss(Cause.CUT, error, true, true);
    }

    /** That a ceiling of this one version is reached: another may be asked. */
    static Miss ofVersion(Cause cause, Throwable error) {
        return new Miss(cause, error, false, false);
    }

    private static boolean byGate(Cause cause) {
        return switch (cause) {
            case RATE_LIMITED,
                    FULL,
                    OVER_BUDGET,
                    TOO_MANY_CALLS,
                    REPEATED_INPUT,
                    SPENDING_TOO_FAST,
                    SESSION_KILLED,
                    NO_TIME_LEFT,
                    INPUT_BLOCKED -> true;
            default -> false;
        };
    }
}
