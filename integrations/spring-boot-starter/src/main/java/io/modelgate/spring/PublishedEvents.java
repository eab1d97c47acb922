package io.modelgate.spring;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Publishes the events of gates and of rollouts to the application's listeners, in their order, as they are: {@code @EventListener void
 * on(GateEvent.Killed kill)}. What happens before the listeners are there waits for them. Thread-safe.
 */
final class PublishedEvents implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(PublishedEvents.class);

    private final ConfigurableApplicationContext context;
    private @Nullable List<Object> waiting = new ArrayList<>();

    PublishedEvents(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** Publishes an event, or keeps it until there are listeners. What a listener throws goes to who calls. */
    void publish(Object event) {
        synchronized (this) {
            if (waiting != null) {
                waiting.add(event);
                return;
            }
        }
        now(event);
    }

    private void now(Object event) {
        if (context.isActive()) { // listeners of a context that is closed are gone
            context.publishEvent(event);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        for (List<Object> next = next(); !next.isEmpty(); next = next()) {
            for (Object event : next) {
                try {
                    now(event);
                } catch (RuntimeException e) {
                    // No message: it may quote what a listener was given.
                    LOG.warn(
                            "A listener of {} threw {}",
                            event.getClass().getName(),
                            e.getClass().getName());
                }
            }
        }
    }

    /** What waits, outside the lock; once nothing does, nothing is kept any more. */
    private synchronized List<Object> next() {
        List<Object> next = waiting == null ? List.of() : waiting;
        waiting = next.isEmpty() ? null : new ArrayList<>();
        return next;
    }
}
