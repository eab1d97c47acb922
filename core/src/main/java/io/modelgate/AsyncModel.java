package io.modelgate;

import java.util.concurrent.CompletionStage;

/**
 * One version of a model that answers later: an input in, a stage out that completes with the answer.
 *
 * <p>The gate invokes it on the thread of its caller, so it must not block. What it throws and what its stage fails with are the
 * same to the gate. When the call is cut, timed out or cancelled, the gate cancels the stage where it can
 * ({@link java.util.concurrent.CompletableFuture#cancel}), and {@link Call#cancelled()} turns true.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers; {@code null} is never a usable answer and counts as {@link Cause#INVALID_OUTPUT}
 */
@FunctionalInterface
public interface AsyncModel<I, O> {

    /** Starts to answer {@code input}; {@code call} is valid until the stage completes. */
    CompletionStage<O> answer(I input, Call call) throws Exception;
}
