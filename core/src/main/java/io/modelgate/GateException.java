package io.modelgate;

/**
 * A call ended in hard failure: the model did not answer and no rung of the ladder did either.
 *
 * <p>{@link #getCause()} is what the model threw, the same instance, if it threw anything.
 */
public final class GateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Outcome<?> outcome;

    GateException(String gate, Outcome<?> outcome) {
        super(
                "gate \"" + gate + "\" has no answer: "
                        + outcome.cause().map(Cause::name).orElse("?")
                        + outcome.routed().map(v -> " at version \"" + v + "\"").orElse("")
                        + ", and no rung of its ladder answered",
                outcome instanceof Outcome.Failed<?> failed ? failed.error() : null);
        this.outcome = outcome;
    }

    /** The outcome: {@link Outcome.Refused} or {@link Outcome.Failed}. Null only in a deserialised copy. */
    public Outcome<?> outcome() {
        return outcome;
    }
}
