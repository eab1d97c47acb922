package io.modelgate;

import io.modelgate.budget.Usage;
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
     * The most output tokens that the budgets leave for this call, for the version to limit its request by: what
     * {@link GateBuilder#tokens} allows, or less. {@link Long#MAX_VALUE} where the gate does not count tokens.
     */
    long maxOutputTokens();

    /**
     * Says how many output tokens the model has produced so far, for the case that its usage never becomes known: then the estimate of
     * the input and these are charged. Without effect once the model has ended, and without budgets.
     *
     * @param tokens in all, 0 to 2<sup>40</sup>
     * @throws IllegalArgumentException if it is out of range
     */
    void produced(long tokens);

    /**
     * Says what the call really used; it goes before what the answer says, and counts for a call that fails too. Without effect once the
     * model has ended, and without budgets.
     */
    void used(Usage usage);

    /**
     * Whether nobody waits for the answer any more: the call timed out, a kill cut it, or its caller gave up. A model that goes on
     * for long asks now and then and stops. Always false where the gate neither enforces timeouts nor cuts calls, and the version
     * is not asynchronous; no timeout ends a permit.
     */
    boolean cancelled();

    /**
     * Whether nobody gets the answer: the call is the shadow of another, a smoke test, or keeps the version warm ({@link ModelGate#twin}). Then
     * the version must leave nothing behind: no mail sent, no row written, no money moved.
     */
    default boolean shadow() {
        return false;
    }
}
