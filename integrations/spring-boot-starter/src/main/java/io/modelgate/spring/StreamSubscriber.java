package io.modelgate.spring;

import io.modelgate.StreamCall;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Stands between a gated stream and whoever subscribes to it. Reactor's operators throw some errors on instead of signalling them, such as a
 * {@link StackOverflowError}, here or in the subscriber's own code: then nobody would hear of an end, and the call would hold its place for ever.
 * One that is thrown on a thread of the version's own, past everything that is subscribed here, is still not heard of.
 */
final class StreamSubscriber implements CoreSubscriber<Object>, Subscription {

    private final CoreSubscriber<? super Object> actual;
    private final StreamCall call;
    private Subscription upstream = Operators.emptySubscription();

    private StreamSubscriber(CoreSubscriber<? super Object> actual, StreamCall call) {
        this.actual = actual;
        this.call = call;
    }

    /** A stream that puts one between itself and its subscriber. */
    static Flux<Object> around(Flux<Object> stream, StreamCall call) {
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super Object> actual) {
                try {
                    stream.subscribe(new StreamSubscriber(actual, call));
                } catch (Throwable e) { // of a stream that sends while it is subscribed to
                    call.cancelled();
                    throw e;
                }
            }
        };
    }

    private void thrown() {
        call.cancelled();
        upstream.cancel();
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        try {
            actual.onSubscribe(this);
        } catch (Throwable e) {
            thrown();
            throw e;
        }
    }

    @Override
    public void onNext(Object item) {
        try {
            actual.onNext(item);
        } catch (Throwable e) {
            thrown();
            throw e;
        }
    }

    @Override
    public void onError(Throwable thrown) {
        actual.onError(thrown);
    }

    @Override
    public void onComplete() {
        actual.onComplete();
    }

    @Override
    public void request(long items) {
        try {
            upstream.request(items);
        } catch (Throwable e) {
            thrown();
            throw e;
        }
    }

    @Override
    public void cancel() {
        upstream.cancel();
    }
}
