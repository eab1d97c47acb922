package io.modelgate.spring;

import io.modelgate.LaterAnswer;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

/**
 * Gated methods that return a {@link Mono}: each subscription is one call. Cancelling it cancels the model's; an empty {@code Mono} of a
 * version is no usable answer, and the one that callers get is never empty. Thread-safe.
 */
final class MonoAnswers implements LaterAnswer {

    @Override
    public Class<?> type() {
        return Mono.class;
    }

    @Override
    public CompletionStage<?> begin(Object answer) {
        ContextView subscriber = Subscriber.context();
        Mono<?> mono = (Mono<?>) answer;
        return (subscriber == null ? mono : mono.contextWrite(subscriber)).toFuture();
    }

    @Override
    public Object wrap(Supplier<? extends CompletionStage<?>> call) {
        return Mono.deferContextual(subscriber -> Mono.fromFuture( // cancels the future, and so the call
                Subscriber.call(subscriber, () -> call.get().toCompletableFuture())));
    }
}
