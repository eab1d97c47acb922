package io.modelgate.spring;

import io.modelgate.StreamAnswer;
import io.modelgate.StreamCall;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * Gated methods that return a {@link Flux}: each subscription is one call, which ends with the stream. Cancelling it cancels the version's; an empty
 * {@code Flux} of a version is no usable answer. Before the first item a fallback may still take the version's place, after it never. Thread-safe.
 */
final class FluxAnswers implements StreamAnswer {

    @Override
    public Class<?> type() {
        return Flux.class;
    }

    @Override
    public Object wrap(Supplier<StreamCall> call) {
        return Flux.deferContextual(subscriber -> next(Subscriber.call(subscriber, call), subscriber));
    }

    private static Flux<?> next(StreamCall call, ContextView subscriber) {
        Object stream = Subscriber.call(subscriber, call::next);
        if (call.fellBack()) {
            return stream instanceof Flux<?> flux ? flux : Flux.just(stream);
        }
        Sinks.Empty<Object> stopped = Sinks.empty();
        call.onStop(stopped::tryEmitEmpty);
        return ((Flux<?>) stream)
                .cast(Object.class)
                .takeUntilOther(stopped.asMono())
                .takeWhile(call::item)
                .onErrorResume(thrown -> {
                    call.failed(thrown);
                    return Flux.empty();
                })
                .doOnCancel(call::cancelled)
                .concatWith(Flux.defer(() -> call.finished() ? Flux.empty() : next(call, subscriber)));
    }
}
