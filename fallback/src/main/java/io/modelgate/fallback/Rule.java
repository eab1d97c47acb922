package io.modelgate.fallback;

import org.jspecify.annotations.Nullable;

/**
 * Answers an input without a model: a formula, a table, a decision that a person wrote down. Must be thread-safe.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
@FunctionalInterface
public interface Rule<I, O> {

    /**
     * Answers the input; null means that this rule has no answer for it.
     *
     * @throws Exception if it cannot answer: the rung is passed over
     */
    @Nullable
    O apply(I input) throws Exception;
}
