package io.modelgate;

/** What a gate's accept check says of an answer. Anything but {@link #ACCEPT} is a failure that the breaker sees. */
public enum Verdict {
    /** The answer is usable. */
    ACCEPT,
    /** The answer is not usable: {@link Cause#INVALID_OUTPUT}. */
    INVALID,
    /** The model is not sure enough of its answer: {@link Cause#LOW_CONFIDENCE}. */
    LOW_CONFIDENCE
}
