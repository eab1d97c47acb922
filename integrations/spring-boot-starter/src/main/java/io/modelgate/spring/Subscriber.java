package io.modelgate.spring;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Who subscribes to what a gated method returned: their context, while their call is being made on this thread. A version that stands in
 * later, on another thread, has none, as on any thread that nobody has subscribed on. Thread-safe.
 */
final class Subscriber {

    private static final ThreadLocal<ContextView> CONTEXT = new ThreadLocal<>();

    private Subscriber() {}

    /** The context of the subscriber whose call this thread makes, or null. */
    static @Nullable ContextView context() {
        return CONTEXT.get();
    }

    /** Makes a call for a subscriber. */
    static <T> T call(ContextView subscriber, Supplier<T> call) {
        @Nullable ContextView before = CONTEXT.get();
        CONTEXT.set(Context.of(subscriber));
        try {
            return call.get();
        } finally {
            if (before == null) {
                CONTEXT.remove();
            } else {
                CONTEXT.set(before);
            }
        }
    }
}
