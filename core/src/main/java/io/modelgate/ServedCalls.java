package io.modelgate;

import io.modelgate.control.ControlLog.Subscription;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands what calls came to to those who listen, off the serving path: a call offers itself to a bounded queue, once and whoever listens, and
 * one thread takes it on from there. What finds no room is dropped and counted. Thread-safe.
 */
final class ServedCalls {

    /** So many calls may wait, with what they were asked: a second of 16,000 calls. */
    static final int CAPACITY = 1 << 14;

    /**
     * How long the thread rests while there is much room: callers do not wake it, which would cost them more than the offer, and on their heels it would take
     * their processor where there are few.
     */
    private static final long REST_NANOS = Duration.ofMillis(5).toNanos();

    /** How long it rests when so much has come that it may have to hurry. */
    private static final long SHORT_REST_NANOS = Duration.ofMillis(1).toNanos();

    /**
     * How long a flush rests where a thread has a place in the queue and has not put its call there yet: that is a store away, unless another thread has
     * its processor.
     */
    private static final long UNFILLED_NANOS = Duration.ofMillis(1).toNanos();

    /** A listener may hang for ever, and a process has to end. */
    private static final Duration LAST_HANDS = Duration.ofSeconds(5);

    final EndedCalls queue = new EndedCalls(CAPACITY);
    private final LongAdder dropped = new LongAdder();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock taking = new ReentrantLock();
    private final Ticker ticker;
    private final InstantSource instants;
    private final Warnings warnings;
    private final @Nullable Supplier<@Nullable String> traceIds;
    private @Nullable Thread thread;
    private volatile boolean closed;

    /** Whether a call is with the listeners, or about to be. */
    private volatile boolean handing;

    /** Whether nobody takes any more what is in the queue. */
    private volatile boolean over;

    /**
     * One who listens.
     *
     * @param gate the gate whose calls it hears of, or null for all
     * @param whileRolling whether a gate's calls are to be heard of for its sake only while the gate has a candidate
     * @param to where they go
     */
    private record Listener(@Nullable String gate, boolean whileRolling, Consumer<? super ServedCall<?, ?>> to) {
        boolean hears(String of) {
            return gate == null || gate.equals(of);
        }
    }

    ServedCalls(GatesBuilder config, Warnings warnings) {
        ticker = config.ticker;
        instants = config.instants;
        traceIds = config.traceIds;
        this.warnings = warnings;
    }

    /** Whether anybody listens to a gate, which has a candidate or not. */
    boolean heard(String gate, boolean rolling) {
        return listeners.stream().anyMatch(each -> each.hears(gate) && (rolling || !each.whileRolling()));
    }

    /**
     * Adds a listener.
     *
     * @param gate the gate whose calls it hears of, or null for all
     * @param changed run whenever {@link #heard} may have changed
     */
    Subscription listen(@Nullable String gate, Consumer<? super ServedCall<?, ?>> to, Runnable changed) {
        return listen(new Listener(gate, false, to), changed);
    }

    /** Adds a listener to all gates for whose sake calls are heard of only while their gate has a candidate. */
    Subscription listenWhileRolling(Consumer<? super ServedCall<?, ?>> to, Runnable changed) {
        return listen(new Listener(null, true, to), changed);
    }

    private Subscription listen(Listener listener, Runnable changed) {
        listeners.add(listener);
        start();
        changed.run();
        return () -> {
            if (listeners.remove(listener)) {
                changed.run();
            }
        };
    }

    private synchronized void start() {
        if (thread == null && !closed) {
            thread = Events.daemon(this::run, "modelgate-served");
            thread.start();
        }
    }

    private void run() {
        while (!closed) {
            int taken = 0;
            try {
                taken = handOnNow();
            } catch (Throwable e) { // there is no other thread to go on
                warnings.threw("the thread of served calls", e);
            }
            if (taken == 0 || queue.size() < CAPACITY / 2) {
                LockSupport.parkNanos(taken < CAPACITY / 4 ? REST_NANOS : SHORT_REST_NANOS);
            }
        }
    }

    private int handOnNow() {
        taking.lock();
        try {
            return handOn(queue.offered());
        } finally {
            taking.unlock();
        }
    }

    /** Whether a call that ends now would be heard of; whoever asks first makes nothing for those who would not hear. */
    boolean hasRoom() {
        return !closed && queue.hasRoom();
    }

    /** Takes note of a call that has ended, on the serving path. */
    void ended(EndedCall<?, ?> call) {
        if (!hasRoom()) {
            dropped.increment();
            return;
        }
        call.ended(ticker);
        if (!queue.offer(call)) {
            dropped.increment();
        }
    }

    /** The trace that this thread is in, if that is known. */
    @Nullable
    String traceId() {
        if (traceIds == null) {
            return null;
        }
        try {
            return traceIds.get();
        } catch (Throwable e) { // users' code; the call has its outcome
            warnings.threw("the supplier of trace ids", e);
            return null;
        }
    }

    /** Hands on what has ended up to now, on this thread, however long that takes. */
    void drain() {
        if (taking.isHeldByCurrentThread()) {
            return; // a listener asks
        }
        long[] offered = queue.offered();
        taking.lock();
        while (!handedOn(offered)) {
            LockSupport.parkNanos(UNFILLED_NANOS);
            taking.lock();
        }
    }

    /** Hands on what has ended up to now, on another thread; false if that takes longer, or a listener asks. */
    boolean drain(Duration patience) {
        if (!taking.isHeldByCurrentThread() && unheard() == 0) {
            return true; // no thread need be had for nothing, nor waited for
        }
        AtomicBoolean all = new AtomicBoolean();
        return !taking.isHeldByCurrentThread()
                && Events.endedWithin(patience, () -> all.set(drainWithin(patience)), "modelgate-served-flush")
                && all.get();
    }

    private boolean drainWithin(Duration patience) {
        long[] offered = queue.offered();
        Ticker real = Ticker.system();
        long began = real.read();
        while (true) {
            long left = patience.toNanos() - (real.read() - began);
            try {
                if (!taking.tryLock(left, TimeUnit.NANOSECONDS)) {
                    return false;
                }
            } catch (InterruptedException e) { // nobody knows of this thread
                return false;
            }
            if (handedOn(offered)) {
                return true;
            }
            if (left <= 0) {
                return false;
            }
            LockSupport.parkNanos(UNFILLED_NANOS);
        }
    }

    /** Hands on what is there, with the lock, which it gives back; whether that was all. */
    private boolean handedOn(long[] offered) {
        try {
            handOn(offered);
            return queue.taken(offered);
        } finally {
            taking.unlock();
        }
    }

    /**
     * What comes meanwhile may wait for the next time: callers may be faster than those who listen.
     *
     * @param offered what to hand on, as far as it is there
     * @return how much it was
     */
    private int handOn(long[] offered) {
        int taken = 0;
        handing = queue.size() > 0; // before one leaves the queue: rather counted twice than not at all
        try {
            while (!queue.taken(offered)) {
                EndedCall<?, ?> next = queue.poll();
                if (next == null) {
                    break;
                }
                handing = true;
                handOn(next);
                taken++;
            }
        } finally {
            handing = false;
        }
        return taken;
    }

    private void handOn(EndedCall<?, ?> ended) {
        ServedCall<?, ?> call;
        try {
            call = ended.served(instants.instant(), ticker.read());
        } catch (Throwable e) { // a user's clock; the next call is another
            dropped.increment();
            warnings.threw("what makes a served call, which nobody hears of,", e);
            return;
        }
        deliver(call);
    }

    private void deliver(ServedCall<?, ?> call) {
        for (Listener listener : listeners) {
            if (listener.hears(call.gate())) {
                try {
                    listener.to().accept(call);
                } catch (Throwable e) {
                    warnings.threw("a listener of served calls", e);
                }
            }
        }
    }

    /** How many calls found no room and were heard of by nobody. */
    long dropped() {
        return dropped.sum() + (over ? queue.size() : 0);
    }

    /** How many wait to be handed on. */
    int waiting() {
        return queue.size();
    }

    /** How many not all have heard of who listen: those that wait, and the one that is being handed on. */
    int unheard() {
        int queued = queue.size(); // first: what has left it is in hand or heard of
        return queued + (handing ? 1 : 0);
    }

    /** Hands on what is left, as far as the listeners take it in time; what ends later is dropped. */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        // A listener that closes has a call in hand and cannot wait for itself.
        int left = taking.isHeldByCurrentThread() ? queue.size() : unheard();
        if (left > 0 && !drain(LAST_HANDS)) {
            warnings.warn(
                    "served calls",
                    "a listener of served calls hangs" + (queue.size() > 0 ? ": what waits for it is dropped" : ""));
        }
        over = true;
    }
}
