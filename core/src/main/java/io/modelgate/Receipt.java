package io.modelgate;

import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** What has become of a decision: whether it is stored in the control log yet. Thread-safe. */
public sealed class Receipt permits KillReceipt, ReviveReceipt {

    private final String id;
    private final CompletableFuture<Entry> stored;

    Receipt(String id, CompletableFuture<Entry> stored) {
        this.id = id;
        this.stored = stored;
    }

    /** The decision's id. */
    public String id() {
        return id;
    }

    /**
     * Waits until the decision is stored and applied in this process, at most for the given time, and says whether it is. A stored
     * decision survives a restart. An interrupt ends the waiting and keeps the thread's flag.
     */
    public boolean stored(Duration timeout) {
        return within(timeout, entry -> true).orElse(false);
    }

    /** Waits as {@link #stored(Duration)} does and returns the entry of the control log; empty if it is not stored by then. */
    public Optional<Entry> entry(Duration timeout) {
        return within(timeout, entry -> entry);
    }

    /** Why the decision was given up and will not be tried again; empty while it is stored or still being tried. */
    public Optional<Throwable> failure() {
        if (!stored.isCompletedExceptionally()) {
            return Optional.empty();
        }
        try {
            stored.join();
            return Optional.empty();
        } catch (CompletionException e) {
            return Optional.of(e.getCause() == null ? e : e.getCause());
        }
    }

    private static long nanos(Duration timeout) {
        try {
            return timeout.toNanos();
        } catch (ArithmeticException tooLong) {
            return timeout.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    private <T> Optional<T> within(Duration timeout, Function<Entry, T> result) {
        try {
            return Optional.of(result.apply(stored.get(nanos(timeout), TimeUnit.NANOSECONDS)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }
}
