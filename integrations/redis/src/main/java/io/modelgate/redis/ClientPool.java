package io.modelgate.redis;

import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client's threads, of which all links of a process share a few: made for the first link, and ended a while after the last. A client
 * ends after that while too: for each attempt to connect it looks after the connect timeout whether there is a connection, and complains if
 * the thread to tell that to, which ends with the last client, is gone.
 */
final class ClientPool {

    private static final int THREADS = 2;

    private static final Duration REST = Duration.ofSeconds(1);

    private static int users;
    private static int holders;
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
        holders++;
        return resources;
    }

    /**
     * Gives back what {@link #take()} gave, and ends a client that has no connections any more.
     *
     * @param timeout how long an attempt of the client to connect may take
     */
    static synchronized void release(Connector client, Duration timeout) {
        users--;
        CompletableFuture.delayedExecutor(timeout.multipliedBy(2).plus(REST).toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    CompletionStage<Void> ignored = client.close().whenComplete((done, failure) -> rested());
                });
    }

    /** Gives back what {@link #take()} gave and nobody used. */
    static synchronized void release() {
        users--;
        rested();
    }

    private static synchronized void rested() {
        holders--;
        if (holders == 0 && resources != null) {
            Future<?> ignored = resources.shutdown(200, 2_000, TimeUnit.MILLISECONDS);
            resources = null;
        }
    }

    /** How many links there are. */
    static synchronized int users() {
        return users;
    }
}
