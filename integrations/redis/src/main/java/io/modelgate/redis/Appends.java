package io.modelgate.redis;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Appends to the log in Redis, one append of this process at a time. Its lock is the one that a repair takes too, so that the log is not
 * repaired between an append's script and its return. Thread-safe.
 */
final class Appends {

    private static final int PART = 256;
    private static final long PART_BYTES = 4 << 20;
    private static final int FREE_TRIES = 2;
    private static final long FIRST_PAUSE_NANOS = 100_000;
    private static final int MOST_DOUBLINGS = 7;

    private final ReentrantLock lock;
    private final LogStream stream;
    private final Copy copy;
    private final Owed owed;
    private final LongSupplier ticker;
    private final Duration longest;
    private final Runnable onSuspicion;
    private final Runnable onFresh;

    Appends(
            ReentrantLock lock,
            LogStream stream,
            Copy copy,
            Owed owed,
            LongSupplier ticker,
            Duration longest,
            Runnable onSuspicion,
            Runnable onFresh) {
        this.lock = lock;
        this.stream = stream;
        this.copy = copy;
        this.owed = owed;
        this.ticker = ticker;
        this.longest = longest;
        this.onSuspicion = onSuspicion;
        this.onFresh = onFresh;
    }

    List<Entry> append(List<Decision> decisions) {
        // A line that is too long fails here, before anything is stored.
        decisions.forEach(decision -> Entry.after(Head.EMPTY, decision));
        @Nullable ControlLogException unowed = owe(decisions);
        Map<String, Decision> left = new LinkedHashMap<>();
        decisions.forEach(decision -> left.putIfAbsent(decision.id(), decision));
        Map<String, Entry> entries = new HashMap<>();
        try {
            locked(() -> {
                long since = ticker.getAsLong();
                for (int tries = 0; !left.isEmpty(); tries++) {
                    pause(tries, since);
                    some(left, entries, copy.head());
                }
                return entries;
            });
        } catch (ControlLogException e) {
            if (unowed != null) {
                throw new ControlLogException(unowed.getMessage() + "; and " + e.getMessage(), e);
            }
            throw e;
        }
        return decisions.stream()
                .map(decision -> Objects.requireNonNull(entries.get(decision.id())))
                .toList();
    }

    /**
     * Makes kills durable here first. Why that failed, or null: a full disk must not keep a kill from the others, and what is acknowledged is
     * on the disk in the copy.
     */
    private @Nullable ControlLogException owe(List<Decision> decisions) {
        try {
            owed.add(decisions.stream().filter(Decision::isKill).toList());
            return null;
        } catch (ControlLogException e) {
            return e;
        }
    }

    /** One round trip: appends the first of what is left, or learns why not. */
    private void some(Map<String, Decision> left, Map<String, Entry> entries, Head head) {
        List<Entry> part = part(left, head);
        LogStream.Reply reply = stream.append(head, part, true);
        switch (reply.status()) {
            case OK -> take(part);
            case KNOWN -> {
                for (Map.Entry<String, Long> known : reply.known().entrySet()) {
                    entries.put(known.getKey(), stored(known.getKey(), known.getValue()));
                }
            }
            case MOVED -> take(moved(reply));
            case UNINDEXED, NONE -> throw repairing();
        }
        if (reply.status() == LogStream.Status.OK || reply.status() == LogStream.Status.MOVED) {
            (reply.status() == LogStream.Status.OK ? part : reply.missing()).forEach(entry -> {
                if (left.containsKey(entry.decision().id())) {
                    entries.put(entry.decision().id(), entry);
                }
            });
        }
        if (entries.keySet().stream().anyMatch(left::containsKey)) {
            // Before anything is acknowledged; followers have it meanwhile.
            force();
            entries.keySet().forEach(id -> {
                left.remove(id);
                owed.stored(id);
            });
        }
    }

    private static List<Entry> part(Map<String, Decision> left, Head head) {
        List<Entry> part = new ArrayList<>();
        long bytes = 0;
        Head end = head;
        for (Decision decision : left.values()) {
            if (part.size() == PART || bytes > PART_BYTES) {
                break;
            }
            Entry entry = Entry.after(end, decision);
            bytes += entry.line().length;
            part.add(entry);
            end = entry.head();
        }
        return part;
    }

    /** Appends if the log ends there; empty if it does not and the id is not in it. */
    Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        return locked(() -> {
            long since = ticker.getAsLong();
            for (int tries = 0; ; tries++) {
                pause(tries, since);
                Head head = copy.head();
                boolean there = head.seq() == expectedSeq;
                Entry entry = Entry.after(head, decision);
                LogStream.Reply reply = stream.append(head, List.of(entry), there);
                switch (reply.status()) {
                    case OK -> {
                        take(List.of(entry));
                        return Optional.of(acknowledged(entry));
                    }
                    case KNOWN -> {
                        return Optional.of(acknowledged(stored(
                                decision.id(),
                                Objects.requireNonNull(reply.known().get(decision.id())))));
                    }
                    case NONE -> {
                        return Optional.empty();
                    }
                    case MOVED -> take(moved(reply));
                    case UNINDEXED -> throw repairing();
                }
            }
        });
    }

    private Entry acknowledged(Entry entry) {
        force();
        owed.stored(entry.decision().id());
        return entry;
    }

    private List<Entry> moved(LogStream.Reply reply) {
        if (reply.missing().isEmpty()) {
            throw repairing();
        }
        return reply.missing();
    }

    private void take(List<Entry> fresh) {
        if (!copy.extend(fresh)) {
            throw repairing();
        }
        fresh.forEach(entry -> owed.arrived(entry.decision().id()));
        onFresh.run();
    }

    private Entry stored(String id, long seq) {
        List<Entry> found = seq > copy.head().seq() ? List.of() : copy.read(seq - 1, 1);
        if (found.isEmpty() || !found.get(0).decision().id().equals(id)) {
            throw repairing();
        }
        return found.get(0);
    }

    private ControlLogException repairing() {
        onSuspicion.run();
        return new ControlLogException(
                "the log in Redis is not the one that this process has a copy of, and is being compared and repaired."
                        + " Nothing was acknowledged; to append again with the same ids is safe");
    }

    private void force() {
        List<String> arrived = owed.arrived();
        try {
            copy.force();
            arrived.forEach(owed::stored);
        } catch (IOException e) {
            throw new ControlLogException(
                    "it is in the log in Redis, and takes effect; but it cannot be acknowledged, because the copy "
                            + copy.path() + " cannot be written: " + e.getMessage()
                            + ". To append again with the same ids is safe",
                    e);
        }
    }

    /** Lets others go first, by chance and the longer the more often this one lost; up to the time that a command may take. */
    private void pause(int tries, long since) {
        if (tries < FREE_TRIES) {
            return;
        }
        if (ticker.getAsLong() - since > longest.toNanos()) {
            throw new ControlLogException("others appended all the time for " + longest.toMillis()
                    + " ms. Not all was stored; to append again with the same ids is safe");
        }
        long most = FIRST_PAUSE_NANOS << Math.min(tries - FREE_TRIES, MOST_DOUBLINGS);
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most));
    }

    private interface Action<T> {
        T run();
    }

    private <T> T locked(Action<T> action) {
        acquire(lock, longest);
        try {
            return action.run();
        } finally {
            lock.unlock();
        }
    }

    /** Takes the lock in the time that a command may take, or throws. */
    static void acquire(ReentrantLock lock, Duration longest) {
        @Nullable InterruptedException interrupted = null;
        try {
            if (lock.tryLock(longest.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            interrupted = e;
        }
        throw new ControlLogException(
                interrupted == null
                        ? "this process appends or repairs something else for more than " + longest.toMillis()
                                + " ms. Nothing was appended; to append again with the same ids is safe"
                        : "interrupted before anything was appended",
                interrupted);
    }
}
