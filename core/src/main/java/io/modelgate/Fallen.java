package io.modelgate;

import java.time.Duration;
import java.util.Optional;

/**
 * A call that the model did not answer, on its way down the ladder. Used by the calling thread only.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public interface Fallen<I, O> {

    /** What was asked. */
    I input();

    /** Who asked. */
    Caller caller();

    /** Why the model did not answer. */
    Cause cause();

    /** What the model threw, if it threw anything. */
    Optional<Throwable> error();

    /** The version that the caller was routed to; absent when the gate refused before routing. */
    Optional<String> routed();

    /**
     * The time that is left until the gate's deadline. Zero when it has passed;
     * {@link Duration#ofNanos Duration.ofNanos(Long.MAX_VALUE)} when the gate has no deadline.
     */
    Duration timeLeft();

    /**
     * Asks the previous version: the latest earlier stable that is registered here, not killed for this caller, not rolled
     * back and not the candidate of a running rollout. The call goes through that version's own switch, breaker and accept
     * check with the time that is left. Empty when there is none, when the gate itself refused the call (killed, rate
     * limited, full, over budget, no time left), when it shares the backend of a version that just failed or whose breaker
     * is open, or when it gave no usable answer.
     */
    Optional<Fallback.Rescue<O>> previousVersion(String rung);

    /**
     * Whether an answer that the given version once gave may still be served to this caller: the version is registered, not
     * killed for this caller, and not rolled back.
     */
    boolean mayServe(String version);
}
