package io.modelgate.rollout;

import io.modelgate.control.ControlLog;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands events to whoever listens. Thread-safe. */
final class RolloutEvents {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final List<Consumer<RolloutEvent>> listeners = new CopyOnWriteArrayList<>();

    ControlLog.Subscription listen(Consumer<RolloutEvent> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    void publish(RolloutEvent event) {
        for (Consumer<RolloutEvent> listener : listeners) {
            try {
                listener.accept(event);
            } catch (Throwable e) { // of users' code, which a look is not to end for
                LOG.warn("a listener of rollouts threw on {}", event.getClass().getSimpleName(), e);
            }
        }
    }
}
