package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions of this process on their way into the control log, in order. Those that must not be lost (kills, declarations) are
 * tried until they are stored or the process ends; another decision is tried once, and its failure is its receipt's. Appends what
 * is waiting in one go, on a thread of its own, unless the log is {@linkplain ControlLog#immediate() immediate}. Thread-safe.
 */
final class Outbox implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final int BATCH = 256;
    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long LONGEST_PAUSE_MILLIS = 200;
    private static final long LAST_TRY_SECONDS = 2;

    private static final class Pending {
        final Decision decision;
        final boolean keep;
        final CompletableFuture<Entry> stored = new CompletableFuture<>();
        volatile @Nullable Entry entry;

        Pending(Decision decision, boolean keep) {
            this.decision = decision;
            this.keep = keep;
        }
    }

    private final ControlLog log;
    private final Consumer<List<Entry>> onStored;
    private final Events events;
    private final Warnings warnings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private @Nullable Thread writer;
    private boolean closed;
    private boolean written;

    /** {@code onStored} hears of entries once they are stored and applies them before receipts say so. */
    Outbox(ControlLog log, Consumer<List<Entry>> onStored, Events events, Warnings warnings) {
        this.log = log;
        this.onStored = onStored;
        this.events = events;
        this.warnings = warnings;
    }

    /** Sends a decision on its way; one that is waiting with the same id is not sent twice. */
    CompletableFuture<Entry> submit(Decision decision, boolean keep) {
        Pending same = waiting(decision.id());
        if (same != null) {
            return same.stored;
        }
        Pending pending = new Pending(decision, keep);
        if (log.immediate() && idle() && store(List.of(pending)).isEmpty()) {
            complete(List.of(pending));
            return pending.stored;
        }
        lock.lock();
        try {
            if (closed) {
                lost(pending);
            } else {
                enqueue(pending);
            }
        } finally {
            lock.unlock();
        }
        return pending.stored;
    }

    private @Nullable Pending waiting(String id) {
        lock.lock();
        try {
            return waiting.stream()
                    .filter(pending -> pending.keep && pending.decision.id().equals(id))
                    .findFirst()
                    .orElse(null);
        } finally {
            lock.unlock();
        }
    }

    private boolean idle() {
        lock.lock();
        try {
            return waiting.isEmpty() && !closed;
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(Pending pending) {
        waiting.add(pending);
        changed.signalAll();
        if (writer == null) {
            writer = Events.daemon(this::write, "modelgate-outbox");
            writer.start();
        }
    }

    private void write() {
        try {
            writeUntilClosed();
        } finally {
            lock.lock();
            try {
                written = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void writeUntilClosed() {
        long pause = FIRST_PAUSE_MILLIS;
        boolean last = false;
        while (true) {
            boolean done;
            try {
                List<Pending> batch = take();
                if (batch.isEmpty()) {
                    return;
                }
                List<Pending> left = store(batch);
                putBack(batch.size(), left);
                complete(batch);
                done = left.isEmpty();
            } catch (Throwable e) { // what waits is still waiting, and this thread is its only way out
                warnings.threw("the outbox", e);
                done = false;
            }
            if (done) {
                pause = FIRST_PAUSE_MILLIS;
            } else if (last) {
                return;
            } else {
                last = !rest(pause);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
    }

    /** What is next to be stored; empty once closed with nothing left. */
    private List<Pending> take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            return waiting.stream().limit(BATCH).toList();
        } finally {
            lock.unlock();
        }
    }

    private void putBack(int taken, List<Pending> left) {
        lock.lock();
        try {
            for (int i = 0; i < taken; i++) {
                waiting.poll();
            }
            for (int i = left.size() - 1; i >= 0; i--) {
                waiting.addFirst(left.get(i));
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits before another try; false when there is to be none. */
    private boolean rest(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !closed;
        } catch (InterruptedException e) {
            return true; // this thread is ours and ends with close
        } finally {
            lock.unlock();
        }
    }

    /** Tells the receipts, once what they speak of is no longer waiting. */
    private static void complete(List<Pending> batch) {
        for (Pending pending : batch) {
            Entry entry = pending.entry;
            if (entry != null) {
                pending.stored.complete(entry);
            }
        }
    }

    /** Appends a batch and returns what has to be tried again. */
    private List<Pending> store(List<Pending> batch) {
        try {
            List<Entry> entries =
                    log.append(batch.stream().map(pending -> pending.decision).toList());
            Map<String, Entry> byId = new HashMap<>();
            entries.forEach(entry -> byId.put(entry.decision().id(), entry));
            onStored.accept(entries);
            batch.forEach(pending -> pending.entry = byId.get(pending.decision.id()));
            return List.of();
        } catch (Throwable e) { // whatever it is, the kills in this batch must still be stored
            if (batch.size() == 1) {
                return refused(batch.get(0), e);
            }
            return oneByOne(batch);
        }
    }

    /**
     * Stores each decision by itself, so that one that the log refuses does not hold up the others. But none overtakes a kept one that
     * is still to be stored: a revive must not come before its kill.
     */
    private List<Pending> oneByOne(List<Pending> batch) {
        List<Pending> again = new ArrayList<>();
        for (Pending pending : batch) {
            if (again.isEmpty()) {
                again.addAll(store(List.of(pending)));
            } else if (pending.keep) {
                again.add(pending);
            } else {
                refused(pending, new ControlLogException("not tried, because an earlier decision could not be stored"));
            }
        }
        return again;
    }

    private List<Pending> refused(Pending pending, Throwable error) {
        Decision decision = pending.decision;
        // What is refused for good must not hold up the kills behind it.
        boolean again = pending.keep && !(error instanceof IllegalArgumentException);
        events.publish(new GateEvent.NotStored(decision.id(), decision.type(), again, error));
        if (!again) {
            pending.stored.completeExceptionally(error);
            if (pending.keep) {
                LOG.error(
                        "{} {} of {} cannot be stored: {}",
                        decision.type(),
                        decision.id(),
                        decision.gate(),
                        error.getMessage());
            }
            return List.of();
        }
        warnings.warn(
                "outbox",
                decision.type() + " " + decision.id() + " of " + decision.gate()
                        + " is in force here but not stored, and is tried again: " + error.getMessage());
        return List.of(pending);
    }

    /** Decisions of the given type that are not stored yet. */
    long unstored(String type) {
        lock.lock();
        try {
            return waiting.stream().filter(p -> p.decision.type().equals(type)).count();
        } finally {
            lock.unlock();
        }
    }

    /** Tries once more to store what is waiting, for two seconds at most, and reports what is lost with this process. */
    @Override
    public void close() {
        boolean interrupted = false;
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            long left = TimeUnit.SECONDS.toNanos(LAST_TRY_SECONDS);
            while (!waiting.isEmpty() && left > 0 && writer != null && !written) {
                try {
                    left = changed.awaitNanos(left);
                } catch (InterruptedException e) {
                    interrupted = true; // closing is not given up: a kill may be waiting
                }
            }
            waiting.forEach(Outbox::lost);
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void lost(Pending pending) {
        Decision decision = pending.decision;
        if (pending.stored.completeExceptionally(
                new ControlLogException("never stored: these Gates were closed before the control log took it"))) {
            LOG.error(
                    "{} {} of {} ends with this process: it was never stored",
                    decision.type(),
                    decision.id(),
                    decision.gate());
        }
    }
}
