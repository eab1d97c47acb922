package io.modelgate;

import java.time.Duration;

/** What a {@link CallAwareModel} may ask about the call that it serves. Thread-safe. */
public interface Call {

    /** The caller who asks. */
    Caller caller();

    /**
     * The time that is left for this version's answer: the smaller of the model timeout and what remains of the
     * deadline. Never negative; {@link Duration#ofNanos Duration.ofNanos(Long.MAX_VALUE)} when neither is configured.
     */
    Duration timeLeft();
}
