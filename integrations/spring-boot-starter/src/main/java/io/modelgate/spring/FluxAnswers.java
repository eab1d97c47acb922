package io.modelgate.spring;

import io.modelgate.StreamAnswer;
import io.modelgate.StreamCall;
import java.util.concurrent.CancellationException;
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
        return Flux.deferContextual(subscriber -> {
            StreamCall made = Subscriber.call(subscriber, call);
            return StreamSubscriber.around(next(made, subscriber), made);
        });
    }

    private static Flux<Object> next(StreamCall call, ContextView subscriber) {
        Object stream;
        try {
            stream = Subscriber.call(subscriber, call::next);
        } catch (CancellationException gone) {
            return Flux.empty(); // nobody hears it
        } catch (
                Throwable
                        e) { // signalled: Reactor's operators throw some errors on, and the subscriber would hear of no
            // end
            return Flux.error(e);
        }
        if (call.fellBack()) {
            return stream instanceof Flux<?> flux ? flux.cast(Object.class) : Flux.just(stream);
        }
        Sinks.Empty<Object> stopped = Sinks.empty();
        call.onStop(stopped::tryEmitEmpty);
        return Flux.defer(() -> call.live() ? ((Flux<?>) stream).cast(Object.class) : Flux.empty())
                .takeUntilOther(stopped.asMono())
                .takeWhile(call::item)
                .onErrorResume(thrown -> {
                    call.failed(thrown);
                    return Flux.empty();
                })
                .doOnCancel(call::cancelled)
                .concatWith(Flux.defer(() -> afterwards(call, subscriber)));
    }

    private static Flux<Object> afterwards(StreamCall call, ContextView subscriber) {
        try {
            return call.finished() ? Flux.empty() : next(call, subscriber);
        } catch (Throwable e) { // as in next
            return Flux.error(e);
        }
    }
}
