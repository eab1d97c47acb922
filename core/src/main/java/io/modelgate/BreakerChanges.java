package io.modelgate;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The transitions of a breaker on their way to its listener: in order, one at a time, told with no lock held. Thread-safe.
 */
final class BreakerChanges {

    private final Consumer<Breaker.Change> listener;
    private final BiConsumer<String, Throwable> warn;
    private final Queue<Breaker.Change> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger asked = new AtomicInteger();

    BreakerChanges(Consumer<Breaker.Change> listener, BiConsumer<String, Throwable> warn) {
        this.listener = listener;
        this.warn = warn;
    }

    /** Takes a transition; to be called in order, so under the breaker's lock. */
    void add(Breaker.Change change) {
        waiting.add(change);
    }

    /** Tells the listener what waits, unless another thread does, which then tells this too. */
    void tell() {
        if (waiting.isEmpty() || asked.getAndIncrement() != 0) {
            return;
        }
        int done = 0;
        do {
            done = asked.get();
            for (Breaker.Change change = waiting.poll(); change != null; change = waiting.poll()) {
                try {
                    listener.accept(change);
                } catch (Throwable t) {
                    warn.accept("listener", t);
                }
            }
        } while (!asked.compareAndSet(done, 0));
    }
}
