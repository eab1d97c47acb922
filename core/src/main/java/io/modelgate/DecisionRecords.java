package io.modelgate;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Takes records of calls to a sink, on a thread of its own: a sink that is slow, or a redaction that is, holds up neither callers nor those who
 * listen to calls. Bounded; what is lost is counted by why. Thread-safe.
 */
final class DecisionRecords {

    static final int BATCH = 512;

    private static final long REST_NANOS = Duration.ofMillis(20).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long PATIENCE = Duration.ofMinutes(1).toNanos();

    /** A sink may hang for ever, and a process has to end. */
    private static final Duration LAST_WRITE = Duration.ofSeconds(5);

    /** Longer than the sink of files compresses its last one. */
    private static final Duration LAST_CLOSE = Duration.ofSeconds(12);

    private final DecisionSink sink;
    private final RecordMaker maker;
    private final Supplier<Set<String>> gates;
    private final Ticker ticker;
    private final Warnings warnings;
    private final ArrayBlockingQueue<ServedCall<?, ?>> waiting;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile boolean closed;

    final LongAdder written = new LongAdder();
    final LongAdder lostFull = new LongAdder();
    final LongAdder lostBySink = new LongAdder();
    final LongAdder lostClosed = new LongAdder();

    // Guarded by writing.
    private List<DecisionRecord> pending = List.of();
    private long failingSince;
    private long retryAt;
    private boolean failing;
    private long flushed;
    private final long opened;

    /** The gates that are named and of which nobody knows yet whether they are built; empty once that was looked at. */
    private Set<String> named;

    /** @param gates the names of those that the process has */
    DecisionRecords(
            DecisionRecordsBuilder config,
            Supplier<Set<String>> gates,
            Identities identities,
            Ticker ticker,
            Warnings warnings) {
        sink = config.sink;
        maker = new RecordMaker(config, identities, warnings);
        waiting = new ArrayBlockingQueue<>(config.capacity);
        this.ticker = ticker;
        this.warnings = warnings;
        this.gates = gates;
        named = config.named();
        opened = ticker.read();
        flushed = opened;
    }

    void start() {
        Events.daemon(this::run, "modelgate-records").start();
    }

    private void run() {
        while (!closed) {
            boolean wrote = false;
            try {
                wrote = step();
            } catch (Throwable e) { // there is no other thread to go on
                warnings.threw("the thread of decision records", e);
            }
            if (!wrote) {
                LockSupport.parkNanos(REST_NANOS);
            }
        }
    }

    /** Takes note of a call that was heard of. */
    void heard(ServedCall<?, ?> call) {
        if (closed) {
            lostClosed.increment();
        } else if (!waiting.offer(call)) {
            lostFull.increment();
            warnings.warn(
                    "decision records",
                    "decision records are lost: more than " + (waiting.size() + waiting.remainingCapacity())
                            + " wait for the sink");
        } else if (closed && waiting.remove(call)) {
            lostClosed.increment(); // it came while the last were written
        }
    }

    /** Takes one batch on; whether there is more to do at once. */
    private boolean step() {
        writing.lock();
        try {
            if (closed) {
                return false;
            }
            long now = ticker.read();
            boolean wrote = (!failing || now - retryAt >= 0) && write(now);
            if (!failing && now - flushed >= SECOND) {
                flush(now);
            }
            if (!named.isEmpty() && now - opened >= PATIENCE) {
                tellOfMissing();
            }
            return wrote;
        } finally {
            writing.unlock();
        }
    }

    private boolean write(long now) {
        if (pending.isEmpty()) {
            pending = next();
        }
        if (pending.isEmpty()) {
            return false;
        }
        try {
            sink.write(pending);
            written.add(pending.size());
            failing = false;
        } catch (IOException e) {
            if (hold(now)) {
                warnings.threw("the sink of decision records, which is asked again,", e);
                return false;
            }
            lose(e);
        } catch (Throwable e) { // users' code; to repeat it would be to repeat what is wrong with it
            lose(e);
        }
        pending = List.of();
        return true;
    }

    private List<DecisionRecord> next() {
        List<ServedCall<?, ?>> calls = new ArrayList<>();
        waiting.drainTo(calls, BATCH);
        List<DecisionRecord> records = new ArrayList<>(calls.size());
        for (ServedCall<?, ?> call : calls) {
            try {
                records.add(maker.of(call));
            } catch (Throwable e) { // the next call is another
                lostBySink.increment();
                warnings.threw("what makes decision records", e);
            }
        }
        return records;
    }

    /** Whether the batch is to be kept for another try. */
    private boolean hold(long now) {
        if (closed) {
            return false;
        }
        if (!failing) {
            failing = true;
            failingSince = now;
        }
        retryAt = now + SECOND;
        return now - failingSince < PATIENCE;
    }

    private void lose(Throwable why) {
        failing = false;
        lostBySink.add(pending.size());
        warnings.threw("the sink of decision records", why);
    }

    /** Says once of the gates that are named and not built: nothing is ever recorded of a name that is misspelt. */
    private void tellOfMissing() {
        Set<String> there = gates.get();
        for (String gate : named) {
            if (!there.contains(gate)) {
                warnings.warn(
                        "decision records of " + gate,
                        "decision records name gate \"" + gate + "\", which this process has not built: it has "
                                + new TreeSet<>(there));
            }
        }
        named = Set.of();
    }

    private void flush(long now) {
        flushed = now;
        try {
            sink.flush();
        } catch (Throwable e) { // users' code
            warnings.threw("the sink of decision records", e);
        }
    }

    /** Writes what waits, on this thread, as far as the sink takes it. */
    void drain() {
        if (writing.isHeldByCurrentThread()) {
            return; // the sink asks
        }
        writing.lock();
        try {
            writeAll();
        } finally {
            writing.unlock();
        }
    }

    int waiting() {
        return waiting.size();
    }

    long leftOut() {
        return maker.leftOut();
    }

    /** Writes what is left, once, and closes the sink; gives up on one that hangs. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!Events.endedWithin(LAST_WRITE, this::writeLast, "modelgate-records-last")) {
            List<ServedCall<?, ?>> left = new ArrayList<>();
            waiting.drainTo(left);
            lostClosed.add(left.size());
            warnings.warn("decision records", "the sink of decision records hangs: what waits for it is lost");
        } else if (!Events.endedWithin(LAST_CLOSE, this::closeSink, "modelgate-records-last")) {
            warnings.warn("decision records", "the sink of decision records hangs as it is closed");
        }
    }

    /** Waits as long as it takes: whoever waits for this does not. */
    private void writeLast() {
        writing.lock();
        try {
            writeAll();
        } catch (Throwable e) { // a user's clock
            warnings.threw("the last write of decision records", e);
        } finally {
            writing.unlock();
        }
    }

    private void closeSink() {
        writing.lock();
        try {
            sink.close();
        } catch (Throwable e) { // users' code
            warnings.threw("the sink of decision records", e);
        } finally {
            writing.unlock();
        }
    }

    private void writeAll() {
        boolean more = true;
        while (more) {
            more = write(ticker.read());
        }
        flush(ticker.read());
        if (closed || ticker.read() - opened >= PATIENCE) {
            tellOfMissing();
        }
    }
}
