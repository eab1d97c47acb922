package io.modelgate.redis;

import io.lettuce.core.StreamMessage;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of a log that follows Redis, calls followers, beats and repairs.
 *
 * <p>Only this thread calls followers, and always with what the copy holds after the last entry that each was given: so each sees every entry
 * once, in order and one batch at a time, whoever brought it into the copy. It holds no lock while it does. A follower may take any lock of
 * its own, under which others read this log: reading takes only the copy's monitor, which nobody holds while waiting for Redis or calling
 * anyone. A follower may append as well: appending needs Redis and the lock of appends, and whoever holds that waits for Redis alone, never
 * for this thread.
 */
final class Following {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);
    private static final Duration BLOCK = Duration.ofSeconds(1);
    private static final Duration TOUCH = Duration.ofSeconds(10);
    private static final int BATCH = 1_024;
    private static final int MOST_PROBLEMS = 100;
    private static final int SHORTEST_PAUSE_MILLIS = 20;
    private static final int LONGEST_PAUSE_MILLIS = 60;

    private final RedisLink link;
    private final LogStream stream;
    private final Copy copy;
    private final Owed owed;
    private final Repair repair;
    private final Presence presence;
    private final Freshness freshness;
    private final InstantSource clock;
    private final long heartbeatNanos;
    private final Identity identity;
    private final LogKeys keys;
    private final List<Follower> followers = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Arrivals arrivals;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private volatile boolean suspicious = true;
    private volatile boolean closed;
    private @Nullable CompletableFuture<Read> reading;
    private long readingSince;
    private long beatAt;
    private long touchAt;
    private final Set<String> problems = new HashSet<>();

    /** What a read brought of what comes after an entry; {@code parsed}: the entries that its first messages are. */
    private record Read(long after, List<StreamMessage<byte[], byte[]>> messages, List<Entry> parsed) {}

    Following(
            String name,
            RedisLink link,
            LogStream stream,
            Copy copy,
            Owed owed,
            Repair repair,
            Presence presence,
            Freshness freshness,
            InstantSource clock,
            Duration heartbeat,
            Identity identity,
            LogKeys keys) {
        this.link = link;
        this.stream = stream;
        this.copy = copy;
        this.owed = owed;
        this.repair = repair;
        this.presence = presence;
        this.freshness = freshness;
        this.clock = clock;
        this.identity = identity;
        this.keys = keys;
        arrivals = new Arrivals(stream);
        heartbeatNanos = heartbeat.toNanos();
        beatAt = freshness.now();
        touchAt = beatAt;
        thread = new Thread(this::run, "modelgate-follow-" + name);
        thread.setDaemon(true);
    }

    /** Compares with Redis and fetches what is new, on the thread that opens the log; whatever fails is tried again by the thread. */
    void first() {
        try {
            if (link.isConnected()) {
                contact();
                fetch();
            }
        } catch (ControlLogException e) {
            trouble(e);
        } catch (RuntimeException e) {
            trouble(new ControlLogException(String.valueOf(e), e));
        }
    }

    void start() {
        thread.start();
    }

    void wake() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    /** Redis may not have what this process has. */
    void suspect() {
        suspicious = true;
        wake();
    }

    void add(Follower follower) {
        followers.add(follower);
        wake();
    }

    void remove(Follower follower) {
        follower.close();
        followers.remove(follower);
    }

    Arrivals arrivals() {
        return arrivals;
    }

    void add(Runnable listener) {
        listeners.add(listener);
    }

    void remove(Runnable listener) {
        listeners.remove(listener);
    }

    private void run() {
        while (!closed) {
            try {
                round();
            } catch (Throwable e) {
                // Whatever it is, this thread goes on: what comes next may be a kill.
                await(TimeUnit.MILLISECONDS.toNanos(LONGEST_PAUSE_MILLIS));
            }
        }
    }

    private void round() {
        try {
            if (suspicious) {
                contact();
            }
            step();
        } catch (ControlLogException e) {
            trouble(e);
        } catch (Throwable e) {
            trouble(new ControlLogException(String.valueOf(e), e));
        }
    }

    private void contact() {
        suspicious = false;
        identity.share(link, keys);
        Repair.Result result = repairOrTakeWhatFits();
        try {
            identity.adopt(link, keys);
        } finally { // it is said once
            tellIfReplaced(result);
        }
        if (result == Repair.Result.AGAIN) {
            suspicious = true;
            throw new ControlLogException("another process is repairing the log in Redis");
        }
    }

    private void tellIfReplaced(Repair.Result result) {
        if (result == Repair.Result.REPLACED) {
            followers.forEach(follower -> follower.back(repair.stayed()));
            listeners.forEach(Following::tell);
        }
    }

    /** What fits counts, whatever stands in Redis behind it: it may be a kill. */
    private Repair.Result repairOrTakeWhatFits() {
        try {
            return repair.run();
        } catch (ControlLogException e) {
            try {
                take(stream.inStream(copy.head().seq()));
            } catch (ControlLogException also) {
                e.addSuppressed(also);
            }
            throw e;
        }
    }

    private static void tell(Runnable listener) {
        try {
            listener.run();
        } catch (Throwable e) {
            LOG.error("a listener to the replacement of the control log threw", e);
        }
    }

    private void current(long at) {
        freshness.currentAt(at);
        copy.caughtUp();
    }

    private void fetch() {
        while (!closed) {
            long sent = freshness.now();
            List<Entry> entries = stream.after(copy.head().seq());
            if (entries.isEmpty()) {
                current(sent);
                return;
            }
            take(entries);
        }
    }

    private void step() {
        deliver();
        CompletableFuture<Read> current = reading;
        if (current == null) {
            readingSince = freshness.now();
            Head from = copy.head();
            current = stream.reading(from.seq(), BLOCK)
                    .thenApply(messages -> new Read(from.seq(), messages, arrivals.look(from, messages)));
            reading = current;
            CompletableFuture<?> ignored = current.whenComplete((read, failure) -> wake());
        }
        if (!current.isDone()) {
            beatIfDue();
            await(Math.max(0, beatAt - freshness.now()));
        }
        if (current.isDone()) {
            reading = null;
            take(result(current));
        }
    }

    private static Read result(CompletableFuture<Read> done) {
        try {
            return done.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ControlLogException known
                    ? known
                    : new ControlLogException(String.valueOf(e.getCause()), e);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint is all that is meant
    private void take(Read read) {
        if (read.parsed().stream().anyMatch(entry -> entry.decision().isKill())) {
            // It is in force here. Where many processes share a machine, the others come to it sooner by this:
            // docs/fleet.md has the figures.
            Thread.yield();
        }
        List<StreamMessage<byte[], byte[]>> messages = read.messages();
        if (messages.isEmpty()) {
            // Redis waited that long before it said that there is nothing.
            current(Math.min(readingSince + BLOCK.toNanos(), freshness.now()));
            recovered();
        } else {
            List<Entry> entries = stream.entries(read.after(), read.parsed(), messages);
            take(entries);
            if (LogStream.all(entries, messages)) {
                if (messages.size() < LogStream.BATCH) {
                    current(readingSince);
                }
                recovered();
            }
        }
    }

    private void take(List<Entry> entries) {
        if (!copy.extend(entries)) {
            // What comes before the break counts all the same: it may be a kill.
            for (Entry entry : entries) {
                if (!copy.extend(List.of(entry))) {
                    break;
                }
                owed.arrived(entry.decision().id());
            }
            deliver();
            throw new ControlLogException(
                    "what Redis has from entry " + entries.get(0).seq() + " on does not continue copy " + copy.path()
                            + ", which is compared with it");
        }
        entries.forEach(entry -> owed.arrived(entry.decision().id()));
        deliver();
    }

    private void deliver() {
        for (Follower follower : followers) {
            List<Entry> batch = copy.batch(follower.after(), BATCH);
            while (!batch.isEmpty() && !closed) {
                follower.deliver(batch);
                batch = copy.batch(follower.after(), BATCH);
            }
        }
    }

    private void beatIfDue() {
        long now = freshness.now();
        if (now - beatAt < 0) {
            return;
        }
        beatAt = now + heartbeatNanos;
        presence.beat();
        List<String> arrived = owed.arrived();
        try {
            copy.force();
            arrived.forEach(owed::stored);
        } catch (IOException e) {
            report(
                    "copy " + copy.path() + " cannot be written; what others decide arrives all the same: "
                            + e.getMessage(),
                    e);
        }
        if (now - touchAt >= 0 && freshness.staleness().toNanos() < 2 * heartbeatNanos) {
            touchAt = now + TOUCH.toNanos();
            copy.touch(clock.millis());
        }
    }

    private void await(long nanos) {
        try {
            if (wake.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            // The thread is ours and nobody else's to end: an interrupt must not keep a kill from arriving.
            LOG.debug("{} was interrupted", thread.getName(), e);
        }
    }

    /** Says what is wrong, waits a little, and serves meanwhile what there is. */
    private void trouble(ControlLogException e) {
        if (reading != null && reading.isDone()) {
            // One that still waits is not given up: the next would wait behind it.
            reading = null;
        }
        suspicious = true;
        if (closed) {
            return;
        }
        report(String.valueOf(e.getMessage()), e);
        if (Thread.currentThread().equals(thread)) {
            long until = freshness.now()
                    + TimeUnit.MILLISECONDS.toNanos(
                            ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS));
            for (long left = until - freshness.now(); left > 0 && !closed; left = until - freshness.now()) {
                deliver();
                await(left);
            }
        }
    }

    /** Once for each problem until this is over, however often it is met. */
    private void report(String message, Throwable e) {
        if (problems.size() < MOST_PROBLEMS && problems.add(message)) {
            LOG.warn("control log: until this is over, what others decide may not arrive in this process: {}", message);
            LOG.debug("control log", e);
        }
    }

    private void recovered() {
        if (!problems.isEmpty() && copy.forced()) {
            problems.clear();
            LOG.info("control log: this process follows Redis again");
        }
    }

    /** Ends the thread, unless it is the one that calls this, and waits for that a little. */
    void close(Duration longest) {
        closed = true;
        followers.forEach(this::remove);
        wake.release();
        if (!Thread.currentThread().equals(thread) && thread.isAlive()) {
            try {
                thread.join(longest.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
