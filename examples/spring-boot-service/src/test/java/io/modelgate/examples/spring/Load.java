package io.modelgate.examples.spring;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Clients that send one request after the other, until it is closed: 8 threads. */
final class Load implements AutoCloseable {

    private static final int THREADS = 8;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private final List<Future<?>> clients = new ArrayList<>();

    /** What is looked for now; a request counts for the phase that it began in. */
    private volatile Phase phase = new Phase(0);

    private volatile boolean closed;

    private Load() {}

    /** What a request came to. */
    record Seen(int status, Object answeredBy) {}

    private static final class Phase {

        final Collection<Seen> seen = new ConcurrentLinkedQueue<>();
        final CountDownLatch open;

        Phase(int requests) {
            open = new CountDownLatch(requests);
        }
    }

    static Load start(Running service, Readme.Step step) {
        Load load = new Load();
        for (int i = 0; i < THREADS; i++) {
            load.clients.add(load.threads.submit(() -> load.run(service, step)));
        }
        return load;
    }

    private Void run(Running service, Readme.Step step) throws Exception {
        while (!closed) {
            Phase mine = phase; // before the request leaves
            var answer = service.send(step);
            mine.seen.add(new Seen(answer.statusCode(), Running.json(answer).get("answeredBy")));
            mine.open.countDown();
        }
        return null;
    }

    /** Waits for so many requests that began after now, and says what they came to. */
    List<Seen> next(int requests) throws Exception {
        Phase next = new Phase(requests);
        phase = next;
        while (!next.open.await(1, TimeUnit.SECONDS)) {
            for (Future<?> client : clients) {
                if (client.isDone()) {
                    client.get(); // throws what it died of
                }
            }
        }
        List<Seen> seen = List.copyOf(next.seen);
        phase = new Phase(0);
        return seen;
    }

    @Override
    public void close() throws Exception {
        closed = true;
        threads.shutdown();
        for (Future<?> client : clients) {
            client.get();
        }
    }
}
