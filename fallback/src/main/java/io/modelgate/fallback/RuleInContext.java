package io.modelgate.fallback;

import io.modelgate.Fallen;
import org.jspecify.annotations.Nullable;

/**
 * A rule that wants to know why the model did not answer, who asked, or how much time is left. Must be thread-safe.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
@FunctionalInterface
public interface RuleInContext<I, O> {

    /**
     * Answers the input of a call that the model did not answer; null means that this rule has no answer for it.
     *
     * @param fallen the call; not to be kept after this method returns
     * @throws Exception if it cannot answer: the rung is passed over
     */
    @Nullable
    O apply(I input, Fallen<I, O> fallen) throws Exception;
}
