package io.modelgate;

import org.jspecify.annotations.Nullable;

/**
 * A call ended in hard failure: the model did not answer and no rung of the ladder did either, or a stream broke off that had begun.
 *
 * <p>{@link #getCause()} is what the model threw, the same instance, if it threw anything.
 */
public final class GateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Outcome<?> outcome;

    GateException(String gate, Outcome<?> outcome) {
        this(outcome, "gate \"" + gate + "\" has no answer: " + why(outcome) + ", and no rung of its ladder answered");
    }

    private GateException(Outcome<?> outcome, String message) {
        super(message, error(outcome));
        this.outcome = outcome;
    }

    /** Of a stream that had begun, for which it is too late for a ladder. */
    static GateException broken(String gate, Outcome<?> outcome) {
        return new GateException(outcome, "gate \"" + gate + "\" broke off a stream that had begun: " + why(outcome));
    }

    private static String why(Outcome<?> outcome) {
        return outcome.cause().map(Cause::name).orElse("?")
                + outcome.routed().map(v -> " at version \"" + v + "\"").orElse("");
    }

    private static @Nullable Throwable error(Outcome<?> outcome) {
        if (outcome instanceof Outcome.Failed<?> failed) {
            return failed.error();
        }
        return outcome instanceof Outcome.Refused<?> refused ? refused.error() : null;
    }

    /** The outcome: {@link Outcome.Refused} or {@link Outcome.Failed}. Null only in a deserialised copy. */
    public Outcome<?> outcome() {
        return outcome;
    }
}
