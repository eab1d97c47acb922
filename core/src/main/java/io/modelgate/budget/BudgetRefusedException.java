package io.modelgate.budget;

/** Carries the numbers of a refusal to whoever asks why there is no answer; made without a stack trace. */
public final class BudgetRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    /** Makes one that says what {@link Refusal#message()} says. */
    public BudgetRefusedException(Refusal refusal) {
        super(refusal.message(), null, false, false);
        this.refusal = refusal;
    }

    /** The refusal. Null only in a deserialised copy. */
    public Refusal refusal() {
        return refusal;
    }
}
