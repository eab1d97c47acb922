package io.modelgate;

/**
 * A type in which gated methods hand out what is not there yet, one that a library brings: an answer that comes later, or a stream. Given by
 * {@link GuardBuilder#answers}. Implementations are thread-safe.
 */
public sealed interface AnswerType permits LaterAnswer, StreamAnswer {

    /** The type, always the same; its first type argument, if it has any, is the type of the answer or of the stream's items. */
    Class<?> type();
}
