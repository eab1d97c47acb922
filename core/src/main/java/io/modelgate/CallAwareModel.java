package io.modelgate;

/**
 * A {@link Model} that wants to know about the call it serves, for instance how much time is left.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
@FunctionalInterface
public interface CallAwareModel<I, O> {

    /** Answers {@code input}; {@code call} is valid until this returns. */
    O answer(I input, Call call) throws Exception;
}
