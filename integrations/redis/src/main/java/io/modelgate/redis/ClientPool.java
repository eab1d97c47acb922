package io.modelgate.redis;

import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    private static int releases;
    private static @Nullable ClientResources resources;

    /** Clients without connections. Ended only together with the threads: the one that ends last takes those from who connects just then. */
    private static List<Connector> unused = new ArrayList<>();

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

    /**
     * Gives back what {@link #take()} gave, with a client that has no connections any more.
     *
     * @param timeout how long an attempt of the client to connect may take
     */
    static synchronized void release(Connector client, Duration timeout) {
        unused.add(client);
        released(timeout);
    }

    /** Gives back what {@link #take()} gave and nobody used. */
    static synchronized void release() {
        released(Duration.ZERO);
    }

    private static void released(Duration timeout) {
        users--;
        int release = ++releases;
        CompletableFuture.delayedExecutor(timeout.multipliedBy(2).plus(REST).toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> rested(release));
    }

    private static synchronized void rested(int release) {
        ClientResources last = resources;
        if (users > 0 || release != releases || last == null) {
            return;
        }
        resources = null; // whoever comes now gets others
        CompletableFuture<?>[] ends = unused.stream()
                .map(client -> client.close().toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        unused = new ArrayList<>();
        CompletableFuture<Void> ignored = CompletableFuture.allOf(ends).whenComplete((done, failure) -> end(last));
    }

    private static void end(ClientResources last) {
        Future<?> ignored = last.shutdown(200, 2_000, TimeUnit.MILLISECONDS);
    }

    /** How many links there are. */
    static synchronized int users() {
        return users;
    }
}
