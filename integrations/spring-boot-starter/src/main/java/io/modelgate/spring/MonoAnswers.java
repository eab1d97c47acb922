package io.modelgate.spring;

import io.modelgate.LaterAnswer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Gated methods that return a {@link Mono}: each subscription is one call. Cancelling it cancels the model's; an empty {@code Mono} of a
 * version is no usable answer, and the one that callers get is never empty. Thread-safe.
 */
final class MonoAnswers implements LaterAnswer {

    /**
     * The context of the subscriber, while its call is being made on this thread: a version subscribes on it, and its model sees it. One that
     * stands in for it later, on another thread, has no context, as on any thread that nobody has subscribed on.
     */
    private static final ThreadLocal<ContextView> SUBSCRIBER = new ThreadLocal<>();

    @Override
    public Class<?> type() {
        return Mono.class;
    }

    @Override
    public CompletionStage<?> begin(Object answer) {
        ContextView subscriber = SUBSCRIBER.get();
        Mono<?> mono = (Mono<?>) answer;
        return (subscriber == null ? mono : mono.contextWrite(subscriber)).toFuture();
    }

    @Override
    public Object wrap(Supplier<? extends CompletionStage<?>> call) {
        return Mono.deferContextual(
                subscriber -> Mono.fromFuture(begun(call, subscriber))); // cancels the future, and so the call
    }

    private static CompletableFuture<?> begun(Supplier<? extends CompletionStage<?>> call, ContextView subscriber) {
        @Nullable ContextView before = SUBSCRIBER.get();
        SUBSCRIBER.set(Context.of(subscriber));
        try {
            return call.get().toCompletableFuture();
        } finally {
            if (before == null) {
                SUBSCRIBER.remove();
            } else {
                SUBSCRIBER.set(before);
            }
        }
    }
}
