package io.modelgate;

import java.time.Duration;

/**
 * What a {@link CallAwareModel}, an {@link AsyncModel} or the holder of a {@link Permit} may ask about the call that it serves.
 * Thread-safe.
 */
public interface Call {

    /** The caller who asks. */
    Caller caller();

    /**
     * The time that is left for this version's answer: the smaller of the model timeout and what remains of the
     * deadline. Never negative; {@link Duration#ofNanos Duration.ofNanos(Long.MAX_VALUE)} when neither is configured.
     */
    Duration timeLeft();

    /**
     * Whether nobody waits for the answer any more: the call timed out, a kill cut it, or its caller gave up. A model that goes on
     * for long asks now and then and stops. Always false where the gate neither enforces timeouts nor cuts calls, and the version
     * is not asynchronous.
     */
    boolean cancelled();
}
