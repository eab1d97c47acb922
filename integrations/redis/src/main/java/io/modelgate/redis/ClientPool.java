package io.modelgate.redis;

import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client's threads, of which all links of a process share a few: made for the first link, ended after the last. */
final class ClientPool {

    private static final int THREADS = 2;

    private static int users;
    private static @Nullable ClientResources resources;

    private ClientPool() {}

    static synchronized ClientResources take() {
        if (resources == null) {
            resources = DefaultClientResources.builder()
                    .ioThreadPoolSize(THREADS)
                    .computationThreadPoolSize(THREADS)
                    .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                    .commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled())
                    .build();
        }
        users++;
        return resources;
    }

    /** Gives back what {@link #take()} gave. */
    static synchronized void release() {
        users--;
        if (users == 0 && resources != null) {
            Future<?> ignored = resources.shutdown(200, 2_000, TimeUnit.MILLISECONDS);
            resources = null;
        }
    }

    /** How many links there are. */
    static synchronized int users() {
        return users;
    }
}
