package io.modelgate;

/**
 * One version of a model, as the gate calls it: an input in, an answer out.
 *
 * <p>The gate calls it from any number of threads at once. Whatever it throws becomes a {@linkplain Cause#ERROR failure}
 * of this version, except an {@link Error}, which propagates, and an interrupt, which ends the call.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers; {@code null} is never a usable answer and counts as {@link Cause#INVALID_OUTPUT}
 */
@FunctionalInterface
public interface Model<I, O> {

    /** Answers {@code input}. */
    O answer(I input) throws Exception;
}
