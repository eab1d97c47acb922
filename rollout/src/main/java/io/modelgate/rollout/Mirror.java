package io.modelgate.rollout;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.ServedCall;
import io.modelgate.Twin;
import io.modelgate.control.ControlLog.Subscription;
import io.modelgate.rollout.ShadowMeters.Result;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mirrors a sample of stable's answered calls to the candidate of one rollout, off their callers' threads, and compares. What would wait too long is dropped and
 * counted. Thread-safe.
 */
final class Mirror<I, O> {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final RolloutRun.Plan plan;
    private final ShadowStage rules;
    private final ShadowBuilder<I, O> settings;
    private final ShadowBook<I, O> book;
    private final Twin<I, O> twin;
    private final Executor executor;
    private final @Nullable ThreadPoolExecutor own;
    private final Subscription served;
    private final @Nullable CohortRules lists;
    private final Met met;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong sampled = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong uncompared = new AtomicLong();
    private final ShadowMeters.Counts counts;

    /** What users' code threw since the look before. */
    private final AtomicReference<@Nullable Throwable> threw = new AtomicReference<>();

    private volatile boolean stopped;
    private volatile boolean warned;

    Mirror(
            ModelGate<I, O> gate,
            RolloutRun.Plan plan,
            ShadowStage rules,
            ShadowBuilder<I, O> settings,
            ShadowMeters.Counts counts,
            @Nullable CohortRules lists,
            Met met) {
        this.counts = counts;
        this.lists = lists;
        this.met = met;
        this.plan = plan;
        this.rules = rules;
        this.settings = settings;
        book = new ShadowBook<>(rules.alike(), settings, gate.gates().identities(), gate.metrics());
        twin = gate.twin(plan.candidate(), t -> {
            t.maxConcurrent(settings.concurrent());
            settings.twin.accept(t);
        });
        own = settings.executor == null ? threads(settings.threadCount()) : null;
        executor = settings.executor != null ? settings.executor : own == null ? Runnable::run : own;
        served = gate.onServed(this::served);
    }

    private static ThreadPoolExecutor threads(int count) {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(count, count, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "modelgate-shadow");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    RolloutRun.Plan plan() {
        return plan;
    }

    private void served(ServedCall<I, O> call) {
        I input = call.asked();
        if (stopped
                || input == null
                || !(call.outcome() instanceof Outcome.Answered<O> stable)
                || !stable.version().equals(plan.baseline())
                || unit(call.id().hashCode()) >= rules.sample()
                || keptFromIt(call.caller())) {
            return;
        }
        sampled.incrementAndGet();
        if (waiting.incrementAndGet() > settings.waiting) {
            waiting.decrementAndGet();
            drop();
            return;
        }
        Caller caller = call.caller();
        boolean first = first(caller);
        try {
            executor.execute(() -> {
                waiting.decrementAndGet();
                mirror(input, caller, first, stable.value(), call.at());
            });
        } catch (Throwable e) { // it takes no more: of a user's, because this has stopped, or no thread can be had
            waiting.decrementAndGet();
            notAsked(caller, first);
            drop();
        }
    }

    /**
     * Whether this is the call that a caller counts by. That is settled before the candidate is asked: else the call that it answers soonest would count, and
     * not one that it is slow to fail. Of a caller without a key nobody knows which calls are its.
     */
    private boolean first(Caller caller) {
        return caller.hasKey() && met.first(caller.keyHash());
    }

    /** The candidate has had no say in that, so a later call may be the one that the caller counts by. */
    private void notAsked(Caller caller, boolean first) {
        if (first) {
            met.forget(caller.keyHash());
        }
    }

    /** Whom a list or a segment keeps from the candidate it is not shown either: it is asked about nobody whom it will not serve. */
    private boolean keptFromIt(Caller caller) {
        return lists != null && lists.of(caller) == CohortRules.Verdict.STABLE;
    }

    private void drop() {
        dropped.incrementAndGet();
        counts.add(Result.DROPPED);
    }

    /** A number of 0 to 1, below 1, that looks like chance; the finaliser of MurmurHash3, so that the bits of an id need not be any good. */
    static double unit(long id) {
        long mixed = id;
        mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        mixed ^= mixed >>> 33;
        return (mixed >>> 11) * 0x1.0p-53;
    }

    private void mirror(I input, Caller caller, boolean first, O stable, Instant at) {
        if (stopped) {
            notAsked(caller, first);
            drop();
            return;
        }
        try {
            Outcome<O> shadow = twin.ask(input, caller);
            if (shadow instanceof Outcome.Answered<O> answered) {
                boolean agreed = book.answered(input, first, stable, answered.value(), at);
                counts.add(agreed ? Result.AGREED : Result.DISAGREED);
                return;
            }
            Cause cause = shadow.cause().orElse(Cause.ERROR);
            // Whoever is sent to a version whose breaker is open gets no answer of it: that is how it answers.
            if (shadow instanceof Outcome.Failed<O> || cause == Cause.BREAKER_OPEN) {
                book.failed(input, first, stable, cause, at);
                counts.add(Result.FAILED);
            } else {
                notAsked(caller, first);
                book.refused(cause);
                counts.add(Result.REFUSED);
            }
        } catch (Throwable e) { // users' code compares and digests; the next call is another
            uncompared.incrementAndGet();
            counts.add(Result.UNCOMPARED);
            threw.set(e);
            if (!warned) {
                warned = true;
                LOG.warn(
                        "the comparison of shadow \"{}\" threw {}; such calls are not compared",
                        plan.candidate(),
                        e.getClass().getName());
            }
        }
    }

    /** Why calls have not been compared since this was last asked, by a look; null if all were. What was thrown may hold what was asked: only its class is named. */
    @Nullable
    String uncompared() {
        Throwable thrown = threw.getAndSet(null);
        return thrown == null
                ? null
                : "a function that compares or digests the answers of its shadow threw "
                        + thrown.getClass().getName() + ": such calls are not compared";
    }

    ShadowCounts counts() {
        return book.counts();
    }

    ShadowReport report(Agreement agreement) {
        return book.report(plan, !stopped, sampled.get(), dropped.get(), uncompared.get(), agreement);
    }

    /** Mirrors no more calls; what is under way ends by itself. Idempotent. */
    void stop() {
        stopped = true;
        served.close();
        twin.close();
        if (own != null) {
            own.shutdown();
        }
    }

    boolean stopped() {
        return stopped;
    }
}
