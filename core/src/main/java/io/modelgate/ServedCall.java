package io.modelgate;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One call and what it came to, as those hear of it who {@linkplain ModelGate#onServed listen}. Immutable; as thread-safe as the input and
 * the answer in it.
 *
 * @param id names the outcome
 * @param gate the gate's name
 * @param at when the call began
 * @param took from the beginning to the outcome; zero for a call that no version was asked for and that read no clock
 * @param asked what the model was asked; null for a call by a {@link Permit} that was entered without it
 * @param caller who asked
 * @param outcome what the call came to. A call that its caller gave up {@linkplain Outcome.Failed failed} as {@link Cause#CUT}, and one that
 *     ended in an {@link Error} as {@link Cause#ERROR}
 * @param traceId what {@link GatesBuilder#traceIds} gave on the thread that made the call, or null
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public record ServedCall<I, O>(
        OutcomeId id,
        String gate,
        Instant at,
        Duration took,
        @Nullable I asked,
        Caller caller,
        Outcome<O> outcome,
        @Nullable String traceId) {

    /** {@code asked}, which is not known of every call. */
    public Optional<I> input() {
        return Optional.ofNullable(asked);
    }
}
