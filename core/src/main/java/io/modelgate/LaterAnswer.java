package io.modelgate;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A type in which methods hand out an answer that comes later, for those beyond {@link CompletionStage} that a library brings. A
 * {@link Gated} method that returns exactly this type is called as {@link ModelGate#callAsync} calls; given by
 * {@link GuardBuilder#answers}. Implementations are thread-safe.
 *
 * <pre>{@code
 * final class MonoAnswer implements LaterAnswer {
 *     public Class<?> type() { return Mono.class; }
 *     public CompletionStage<?> begin(Object answer) { return ((Mono<?>) answer).toFuture(); }
 *     public Object wrap(Supplier<? extends CompletionStage<?>> call) {
 *         return Mono.fromFuture(() -> call.get().toCompletableFuture()); // once for each subscriber; cancelling cancels it
 *     }
 * }
 * }</pre>
 */
public non-sealed interface LaterAnswer extends AnswerType {

    /**
     * Starts what a version or a fallback returned. Called by a thread that must not be blocked, possibly the caller's.
     *
     * @param answer an object of the type
     * @return what completes with the answer. When the call is cut, timed out or cancelled, the gate cancels its
     *     {@link CompletionStage#toCompletableFuture}; let that cancel the work behind it. What it throws, or fails with, is a failure of
     *     the version; null is no usable answer
     */
    CompletionStage<?> begin(Object answer);

    /**
     * Makes the object that the caller of the gated method gets.
     *
     * @param call makes one call of the gate and gives its stage; to be asked when the object is used and not before, once for each use.
     *     The stage is what {@link ModelGate#callAsync} returns: to cancel its {@link CompletionStage#toCompletableFuture} cancels the call
     * @return an object of the type
     */
    Object wrap(Supplier<? extends CompletionStage<?>> call);
}
