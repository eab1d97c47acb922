package io.modelgate;

import java.time.Duration;

/**
 * Runs tasks after a delay: what enforces deadlines and looks after budgets. Thread-safe. The tasks are short and never block, so
 * that one thread is enough.
 *
 * <p>A test that drives the {@link Ticker} by hand passes a scheduler that follows the same hand.
 */
@FunctionalInterface
public interface Scheduler {

    /** Runs {@code task} once, when {@code delay} has passed. */
    void schedule(Runnable task, Duration delay);

    /** Returns a scheduler with one daemon thread that all who ask share. */
    static Scheduler system() {
        return SystemScheduler.INSTANCE;
    }
}
