package io.modelgate;

/**
 * Why a call did not get the model's answer: the gate refused it, or the model failed it.
 *
 * <p>A <em>refusal</em> means that the model was not called; a <em>failure</em>, that it was called and gave no usable
 * answer. The set is closed: metrics, rungs and outcomes all speak of these and nothing else.
 */
public enum Cause {
    /** The kill switch of the fleet, the gate or the version is engaged for this caller. */
    KILLED(true),
    /** The circuit breaker of the version is open, or half-open with all its trial calls taken. */
    BREAKER_OPEN(true),
    /** The gate's rate limit is used up for this period. */
    RATE_LIMITED(true),
    /**
     * As many calls as the gate's concurrency bound allows are running, the executor rejected the model, or no more sessions can be kept.
     */
    FULL(true),
    /** A budget does not cover the call, its durable ledger cannot be written, or the fleet's ledger cannot be reached. */
    OVER_BUDGET(true),
    /** The session made as many calls as it may. */
    TOO_MANY_CALLS(true),
    /** The session repeats an input more often than it may. */
    REPEATED_INPUT(true),
    /** The session spends faster than it may. */
    SPENDING_TOO_FAST(true),
    /** A limit on runaways killed the session. */
    SESSION_KILLED(true),
    /** The deadline passed before the model could be called. */
    NO_TIME_LEFT(true),
    /** A check of the input refused it, or its tokens could not be counted. */
    INPUT_BLOCKED(true),
    /** No version that may serve is registered in this process. */
    UNAVAILABLE(true),
    /** The model threw an exception. */
    ERROR(false),
    /** The model did not answer within the model timeout or the deadline. */
    TIMEOUT(false),
    /** The answer was {@code null}, or the gate's accept check called it invalid or threw. */
    INVALID_OUTPUT(false),
    /** The gate's accept check found the answer's confidence too low. */
    LOW_CONFIDENCE(false),
    /** The call was cut while in flight: by a kill, because its thread was interrupted, or because its caller cancelled it. */
    CUT(false);

    private final boolean refusal;

    Cause(boolean refusal) {
        this.refusal = refusal;
    }

    /** Whether the gate refused the call, so that the model was never invoked. */
    public boolean refusal() {
        return refusal;
    }

    /** Whether the model was called and gave no usable answer. */
    public boolean failure() {
        return !refusal;
    }
}
