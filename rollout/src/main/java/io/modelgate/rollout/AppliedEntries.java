package io.modelgate.rollout;

import io.modelgate.GateEvent;
import io.modelgate.Gates;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands on the entries that take effect in this process, up to those that have when it is closed: they come by another thread, which may be
 * behind, and no other process tells of a decision of this one. Thread-safe.
 */
final class AppliedEntries implements AutoCloseable {

    /** As long as the gates take for what they have to store when they are closed: a listener may hang. */
    private static final Duration LAST_EVENTS = Duration.ofSeconds(2);

    private final Gates gates;
    private final Consumer<Entry> to;
    private final ControlLog.Subscription subscription;
    private final CountDownLatch over = new CountDownLatch(1);

    /** The last entry that was handed on, or came before this began. */
    private volatile long told;

    /** The last that is to be. */
    private volatile long until = Long.MAX_VALUE;

    private volatile @Nullable Thread telling;

    AppliedEntries(Gates gates, Consumer<Entry> to) {
        this.gates = gates;
        this.to = to;
        told = gates.applied();
        subscription = gates.onEvent(this::heard);
    }

    private void heard(GateEvent event) {
        if (event instanceof GateEvent.Applied applied) {
            handOn(applied.entry());
        } else if (event instanceof GateEvent.Replaced replaced) {
            long first = replaced.lost().stream()
                    .mapToLong(GateEvent.Lost::seq)
                    .min()
                    .orElse(Long.MAX_VALUE);
            told = Math.min(told, first - 1); // others have their numbers now
        }
    }

    private void handOn(Entry entry) {
        try {
            if (entry.seq() <= until) {
                telling = Thread.currentThread();
                to.accept(entry);
            }
        } finally {
            telling = null;
            told = entry.seq();
            end();
        }
    }

    /** Hears no more, once all that was to be handed on was. */
    private void end() {
        if (told >= until) {
            subscription.close();
            over.countDown();
        }
    }

    /** Waits until what has taken effect by now is handed on. What a listener that hangs keeps from that comes after it, or never. */
    @Override
    public void close() {
        until = gates.applied();
        end();
        if (Thread.currentThread().equals(telling)) {
            return; // a listener closes: what is left comes once it returns
        }
        try {
            boolean unused = over.await(LAST_EVENTS.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
