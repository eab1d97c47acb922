package io.modelgate.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/** Many runs, on a few threads; their results are in the order of their numbers, whatever the threads. */
final class Campaign {

    /** So many runs are handed to a thread at once. */
    private static final int BATCH = 8;

    private final int threads;
    private final Runnable done;

    /**
     * A campaign.
     *
     * @param threads 1 or more
     * @param done called after each run, on any thread
     */
    Campaign(int threads, Runnable done) {
        this.threads = threads;
        this.done = done;
    }

    <T> List<T> run(int runs, IntFunction<T> one) {
        ExecutorService pool = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "simulator");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Callable<List<T>>> batches = new ArrayList<>();
            for (int from = 0; from < runs; from += BATCH) {
                int first = from;
                int last = Math.min(from + BATCH, runs);
                batches.add(() -> batch(first, last, one));
            }
            List<T> all = new ArrayList<>(runs);
            for (Future<List<T>> batch : pool.invokeAll(batches)) {
                all.addAll(batch.get());
            }
            return all;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a run failed: " + e.getCause(), e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    private <T> List<T> batch(int first, int last, IntFunction<T> one) {
        List<T> results = new ArrayList<>(last - first);
        for (int i = first; i < last && !Thread.currentThread().isInterrupted(); i++) {
            results.add(one.apply(i));
            done.run();
        }
        return results;
    }
}
