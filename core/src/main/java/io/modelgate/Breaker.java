package io.modelgate;

import static java.util.Objects.requireNonNull;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker of one version: configured as, and opening, waiting, trying and closing exactly like, resilience4j's,
 * but with no bookkeeping on the serving path while it is closed.
 *
 * <p>While closed, a success that changes nothing is only counted, by the gate, in a striped counter ({@link #lazySlot}). What
 * may open the breaker takes its lock: a failure, a slow call, the first result of each second in a time window, and a success
 * when successes alone could open it at the minimum number of calls. Each of these first books the successes counted so far.
 * No other success can open a breaker: within a count window, or within one second of a time window, it only lowers both rates.
 * So the state is at every call what resilience4j's would be, without its locks, its 4 KB window, a timer or a thread; an idle
 * version costs about 150 bytes, and with a count window so does a healthy one.
 *
 * <p>From the first opening on, {@link BreakerTrials resilience4j's own breaker} decides how long to stay open, which calls may
 * try the model, and whether to close; half-open calls are synchronous. Open and half-open calls that must be refused anyway
 * take no lock.
 *
 * <p>Every transition starts a new generation. A result of another generation than the current one is dropped, and so are
 * the successes not yet booked: calls that started before the breaker opened say nothing about the model that is tried now.
 *
 * <p>An admitted call is settled by exactly one of: counting it in its {@link #lazySlot}, {@link #success}, {@link #failure},
 * {@link #release}. Thread-safe. Times are nanoseconds of the gate's ticker. Only the constructor and {@link #check} throw.
 */
final class Breaker {

    /** The counters that a gate keeps for successes that are not booked yet. */
    static final int LAZY_SLOTS = LazySuccesses.SLOTS;

    private static final Logger LOG = LoggerFactory.getLogger(Breaker.class);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    /** A transition of the breaker of a version. */
    record Change(String gate, String version, State from, State to) {}

    /**
     * What the breaker says to a call: a generation, shared by all calls that it admits. Immutable; a new one is made at a
     * transition, when a closed breaker starts or ends booking each success, and in a time window once a second with traffic.
     */
    static final class Admission {
        final long generation;
        final State state;

        /** The breaker is closed and has nothing to look at when a call is admitted. */
        final boolean plain;

        /** When the state began; closed with a time window: when its second began. */
        final long since;

        /** For how long. Closed: unsigned, successes that end within it are lazy. Open: the wait. Half-open: the time for trials. */
        final long nanos;

        /** Where the gate counts lazy successes. */
        final int slot;

        private Admission(long generation, State state, boolean plain, long since, long nanos, int slot) {
            this.generation = generation;
            this.state = state;
            this.plain = plain;
            this.since = since;
            this.nanos = nanos;
            this.slot = slot;
        }

        private static Admission closed(long generation, boolean countWindow, int slot) {
            return new Admission(generation, State.CLOSED, true, 0, countWindow ? FOREVER : 0, slot);
        }
    }

    /** The largest unsigned number. */
    private static final long FOREVER = -1;

    private static final Admission FIRST_IN_COUNT_WINDOW = Admission.closed(0, true, 0);
    private static final Admission FIRST_IN_TIME_WINDOW = Admission.closed(0, false, 0);
    private final String gate;
    private final String version;
    private final CircuitBreakerConfig config;
    private final Ticker ticker;
    private final IntToLongFunction lazySuccesses;
    private final Consumer<Change> listener;
    private final boolean countWindow;
    private final long slowNanos;
    private final long origin;
    private final long countedBefore;
    private volatile long quietUntil;
    private volatile Admission current;

    private final ReentrantLock lock = new ReentrantLock();

    // Made when first needed, under the lock.
    private @Nullable LazySuccesses lazy;
    private @Nullable BreakerWindow window;
    private volatile @Nullable BreakerTrials trials;

    /**
     * Makes a closed breaker.
     *
     * @param config one that {@link #check} accepts
     * @param lazySuccesses how many successes the gate has ever counted in a slot, 0 to {@link #LAZY_SLOTS} - 1; never falls
     * @param listener told every transition, in order, with no lock held, by the thread of a call; one that throws is logged
     */
    Breaker(
            String gate,
            String version,
            CircuitBreakerConfig config,
            Ticker ticker,
            IntToLongFunction lazySuccesses,
            Consumer<Change> listener) {
        this.gate = gate;
        this.version = version;
        this.config = config;
        this.ticker = ticker;
        this.lazySuccesses = lazySuccesses;
        this.listener = listener;
        countWindow = config.getSlidingWindowType() == SlidingWindowType.COUNT_BASED;
        slowNanos = config.getSlowCallDurationThreshold().toNanos();
        origin = ticker.read();
        quietUntil = origin;
        countedBefore = lazySuccesses.applyAsLong(0);
        current = countWindow ? FIRST_IN_COUNT_WINDOW : FIRST_IN_TIME_WINDOW;
    }

    /** Returns the {@link BreakerSettings#DEFAULTS configuration of a gate that names none}. */
    static CircuitBreakerConfig defaults() {
        return BreakerSettings.DEFAULTS;
    }

    /**
     * Checks that a configuration keeps what a gate promises.
     *
     * @throws IllegalArgumentException naming the gate, the setting, its value and what to do instead, for: a clock or timestamp
     *     function of its own, {@code recordResult}, {@code transitionOnResult}, an initial state other than closed, LOCK_FREE
     *     time windows, {@code automaticTransitionFromOpenToHalfOpen}, no wait interval function
     */
    static void check(String gate, CircuitBreakerConfig config) {
        BreakerSettings.check(gate, config);
    }

    /** Returns what the breaker says to a call that starts now; if it is not plain, ask {@link #admit}. One volatile read. */
    Admission current() {
        return current;
    }

    /** Admits a call, or returns null to refuse it. */
    @Nullable
    Admission admit(long nowNanos) {
        Admission seen = current;
        if (seen.plain) {
            return seen;
        }
        if (refusesAnyway(seen, nowNanos)) {
            return null;
        }
        lock.lock();
        try {
            evaluate(nowNanos);
            if (current.state == State.CLOSED) {
                return current;
            }
            boolean granted = requireNonNull(trials).tryAcquire(nowNanos);
            follow();
            return granted ? current : null;
        } finally {
            lock.unlock();
            tell();
        }
    }

    private boolean refusesAnyway(Admission seen, long nowNanos) {
        long elapsed = nowNanos - seen.since;
        if (seen.state == State.OPEN) {
            return elapsed <= seen.nanos;
        }
        return seen.state == State.HALF_OPEN
                && elapsed < seen.nanos
                && requireNonNull(trials).exhausted();
    }

    /**
     * Returns the slot in which the gate counts this success and is done, or -1: the gate calls {@link #success}.
     *
     * @param tookNanos the duration of the call
     */
    int lazySlot(Admission admission, long endNanos, long tookNanos) {
        Admission now = current;
        return admission.generation == now.generation
                        && now.state == State.CLOSED
                        && tookNanos <= slowNanos
                        && Long.compareUnsigned(endNanos - now.since, now.nanos) < 0
                ? now.slot
                : -1;
    }

    /** Settles a call that answered and was not counted in a {@link #lazySlot}. */
    void success(Admission admission, long endNanos, long tookNanos) {
        settle(admission, endNanos, tookNanos, false);
    }

    /**
     * Settles a call that failed, as the exception predicates of the configuration see the error: recorded, recorded as a
     * success, or ignored, which gives the call back. A predicate that throws is logged, and the failure recorded.
     *
     * @param error what the model threw; null if it threw nothing and failed all the same, which is always recorded
     */
    void failure(Admission admission, long endNanos, long tookNanos, @Nullable Throwable error) {
        if (error == null || admission.generation != current.generation) {
            settle(admission, endNanos, tookNanos, true);
            return;
        }
        Throwable real = unwrapped(error);
        boolean failed = true;
        // Ahead of the lock: these are the user's.
        try {
            if (config.getIgnoreExceptionPredicate().test(real)) {
                release(admission);
                return;
            }
            failed = config.getRecordExceptionPredicate().test(real);
        } catch (Throwable t) {
            warn("exception predicate", t);
        }
        settle(admission, endNanos, tookNanos, failed);
    }

    private static Throwable unwrapped(Throwable error) {
        boolean wrapper = error instanceof CompletionException || error instanceof ExecutionException;
        Throwable cause = error.getCause();
        return wrapper && cause != null ? cause : error;
    }

    /** Settles a call that was admitted and says nothing about the model; a trial is given back for another call. */
    void release(Admission admission) {
        if (admission.state != State.HALF_OPEN || admission.generation != current.generation) {
            return;
        }
        lock.lock();
        try {
            if (admission.generation == current.generation) {
                requireNonNull(trials).release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Closes it and forgets what it saw, as if it were new; calls that it admitted before say nothing of what comes. */
    void restart() {
        lock.lock();
        try {
            BreakerTrials trials = this.trials;
            if (current.state != State.CLOSED && trials != null) {
                trials.restart();
                follow();
            } else {
                window = null;
                LazySuccesses lazy = lazy();
                lazy.restart();
                current = Admission.closed(current.generation + 1, countWindow, lazy.slot());
            }
        } finally {
            lock.unlock();
            tell();
        }
    }

    /** Returns the state at this time; a state that has run out is left first, and the listener told. */
    State state(long nowNanos) {
        Admission seen = current;
        if (seen.plain || seen.state == State.OPEN) {
            return seen.state;
        }
        lock.lock();
        try {
            evaluate(nowNanos);
            return current.state;
        } finally {
            lock.unlock();
            tell();
        }
    }

    /** Returns whether resilience4j's breaker was made, which is at the first opening. */
    boolean started() {
        return trials != null;
    }

    private void settle(Admission admission, long endNanos, long tookNanos, boolean failed) {
        if (admission.generation != current.generation) {
            return;
        }
        lock.lock();
        try {
            evaluate(endNanos);
            if (admission.generation != current.generation) {
                return;
            }
            if (current.state == State.CLOSED) {
                book(endNanos, failed, tookNanos > slowNanos);
            } else {
                requireNonNull(trials).settle(endNanos, tookNanos, failed);
                follow();
            }
        } finally {
            lock.unlock();
            tell();
        }
    }

    /** Does what time, or a late count of a lazy success, has made due. Under the lock, as all below. */
    private void evaluate(long nowNanos) {
        Admission now = current;
        if (now.state == State.HALF_OPEN && nowNanos - now.since >= now.nanos) {
            requireNonNull(trials).giveUp(now.since + now.nanos);
            follow();
        } else if (now.state == State.CLOSED
                && !now.plain
                && requireNonNull(window).addSuccesses(lazy().take())) {
            open(nowNanos);
        }
    }

    private void book(long endNanos, boolean failed, boolean slow) {
        long second = countWindow ? 0 : Math.floorDiv(endNanos - origin, SECOND);
        BreakerWindow window = this.window;
        if (window == null) {
            window = countWindow ? new BreakerWindow.Count(config) : new BreakerWindow.Time(config, second);
            this.window = window;
        }
        LazySuccesses lazy = lazy();
        // Successes of earlier seconds go into theirs before the window moves on.
        boolean opens = window.addSuccesses(second > window.second() ? lazy.turn() : lazy.take());
        if (!opens) {
            window.moveTo(second);
            opens = window.add(failed, slow);
        }
        if (opens) {
            open(endNanos);
            return;
        }
        boolean plain = !window.nearOpening();
        long since = countWindow ? 0 : origin + window.second() * SECOND;
        long nanos = plain ? (countWindow ? FOREVER : SECOND) : 0;
        Admission now = current;
        if (now.plain != plain || now.since != since || now.nanos != nanos || now.slot != lazy.slot()) {
            current = new Admission(now.generation, State.CLOSED, plain, since, nanos, lazy.slot());
        }
    }

    private void open(long nowNanos) {
        BreakerTrials trials = this.trials;
        if (trials == null) {
            trials = new BreakerTrials(gate + "/" + version, config, origin, this::warn, listener);
            this.trials = trials;
        }
        trials.open(nowNanos);
        follow();
    }

    /** Publishes the state of resilience4j's breaker as a new generation, if it has changed. */
    private void follow() {
        BreakerTrials trials = requireNonNull(this.trials);
        State from = current.state;
        State to = trials.state();
        if (from == to) {
            return;
        }
        window = null;
        trials.changes().add(new Change(gate, version, from, to));
        long generation = current.generation + 1;
        LazySuccesses lazy = lazy();
        if (to == State.CLOSED) {
            lazy.restart();
            current = Admission.closed(generation, countWindow, lazy.slot());
        } else {
            current = new Admission(generation, to, false, trials.since(), trials.nanos(), 0);
        }
    }

    private void tell() {
        BreakerTrials trials = this.trials;
        if (trials != null) {
            trials.changes().tell();
        }
    }

    private void warn(String what, Throwable thrown) {
        long now = ticker.read();
        if (now - quietUntil < 0) {
            return;
        }
        quietUntil = now + MINUTE;
        // No message: it may quote what the model was asked.
        String name = thrown.getClass().getName();
        LOG.warn("{}/{}: the breaker's {} threw {}; more within a minute are not logged", gate, version, what, name);
    }

    private LazySuccesses lazy() {
        LazySuccesses lazy = this.lazy;
        if (lazy == null) {
            lazy = new LazySuccesses(lazySuccesses, countedBefore);
            this.lazy = lazy;
        }
        return lazy;
    }
}
