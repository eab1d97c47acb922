package io.modelgate;

import java.util.function.Supplier;

/**
 * A type in which methods hand out a stream of items, such as the pieces of a text that a model is still writing. A {@link Gated} method that
 * returns exactly this type makes one call for each subscription; given by {@link GuardBuilder#answers}. {@link StreamCall} says what the call
 * wants to hear. Implementations are thread-safe.
 *
 * <pre>{@code
 * final class FluxAnswer implements StreamAnswer {
 *     public Class<?> type() { return Flux.class; }
 *     public Object wrap(Supplier<StreamCall> call) { return Flux.defer(() -> next(call.get())); }
 *
 *     private Flux<?> next(StreamCall call) {
 *         Object stream = call.next();
 *         if (call.fellBack()) {
 *             return stream instanceof Flux<?> flux ? flux : Flux.just(stream);
 *         }
 *         Sinks.Empty<Object> stopped = Sinks.empty();
 *         call.onStop(stopped::tryEmitEmpty);
 *         return Flux.defer(() -> call.live() ? ((Flux<?>) stream).cast(Object.class) : Flux.empty())
 *                 .takeUntilOther(stopped.asMono())
 *                 .takeWhile(call::item)
 *                 .onErrorResume(thrown -> { call.failed(thrown); return Flux.empty(); })
 *                 .doOnCancel(call::cancelled)
 *                 .concatWith(Flux.defer(() -> call.finished() ? Flux.empty() : next(call)));
 *     }
 * }
 * }</pre>
 *
 * <p>Whatever else can end a subscription has to be told too, such as an {@link Error} that leaves the library's own code: a call that is told of no end
 * holds its place for ever.
 */
public non-sealed interface StreamAnswer extends AnswerType {

    /**
     * Makes the object that the caller of the gated method gets.
     *
     * @param call makes one call of the gate; to be asked when somebody subscribes and not before, once for each subscription
     * @return an object of the type
     */
    Object wrap(Supplier<StreamCall> call);
}
