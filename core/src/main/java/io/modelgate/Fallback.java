package io.modelgate;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The port through which a ladder answers the calls that the model did not. Thread-safe.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public interface Fallback<I, O> {

    /** The names of the rungs in order: the metrics know these and no others. */
    List<String> rungs();

    /**
     * Answers a call that the model did not; empty means hard failure. A rung that throws an exception is passed over, not
     * propagated; an {@link Error} propagates.
     */
    Optional<Rescue<O>> answer(Fallen<I, O> call);

    /**
     * The answer to every call that the whole gate refuses for this cause, when that answer is a constant; the gate then
     * serves it without asking again. Empty when it depends on the call. It must not wait: it may be asked by the thread that has
     * just read a kill from the network.
     */
    default Optional<Rescue<O>> constant(Cause cause) {
        return Optional.empty();
    }

    /** Whether {@link #remember} wants to hear of good answers; asked once, when the gate is built. */
    default boolean remembers() {
        return false;
    }

    /** Hears of an answer that a version gave and the accept check passed. Must not throw for long or block. */
    default void remember(I input, Caller caller, String version, O answer) {}

    /** Checks the ladder against the gate at start-up; throws {@link IllegalArgumentException} with the fix. */
    default void check(String gate) {}

    /**
     * The answer of a rung.
     *
     * @param rung the rung's name, one of {@link #rungs()}
     * @param answer its answer
     * @param version the version that computed the answer, or null if the rung is no version
     */
    record Rescue<O>(String rung, O answer, @Nullable String version) {}
}
