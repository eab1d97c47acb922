package io.modelgate;

import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs the versions of one gate: each invocation is admitted, marked in flight, run, judged and settled, and whatever it took is given
 * back on every path. Thread-safe.
 */
final class Invoker<I, O> {

    /** No caller's key: the same object, not an equal one. */
    @SuppressWarnings("StringOperationCanBeSimplified") // not the constant, which is anybody's
    static final String NOBODY = new String("nobody");

    private final ModelGate<I, O> gate;
    private final Gates gates;
    private final Ticker ticker;
    private final OpenCalls open;
    private final @Nullable Limits limits;
    private final @Nullable Spending<I, O> spending;
    private final @Nullable RecentCallers recent;
    private final @Nullable Function<? super O, Verdict> accept;
    private final long modelTimeoutNanos;
    private final long deadlineNanos;

    /** Runs under these settings, which may be others than the gate's own. */
    Invoker(ModelGate<I, O> gate, GateConfig<I, O> config, Ticker ticker) {
        this.gate = gate;
        this.ticker = ticker;
        gates = gate.gates();
        open = new OpenCalls(ticker, gates.scheduler(), gates.warnings());
        limits = config.rateLimit() == null && config.maxConcurrent() == Integer.MAX_VALUE
                ? null
                : new Limits(config.name(), config.rateLimit(), config.maxConcurrent(), ticker);
        Faults faults = gates.faults();
        if (faults != null && limits != null) {
            faults.onClear(limits::restart);
        }
        spending = Spending.of(config, gates);
        recent = config.attributes().isEmpty() ? null : new RecentCallers();
        accept = config.accept();
        modelTimeoutNanos = config.modelTimeoutNanos();
        deadlineNanos = config.deadlineNanos();
    }

    /**
     * One invocation of a version: admitted, marked, run, judged and settled. Returns its answer or a {@link Miss}. Without {@code run}
     * it ends once the invocation is admitted and marked, and returns the breaker's admission or a {@link Miss}.
     *
     * <p>All permits are taken first. Then the invocation is marked in flight and, with the mark's full fence between, the snapshot is
     * looked at again: a kill is seen here or sees the mark. Whoever is refused has given everything back.
     *
     * <p>This is one method of more than 325 bytecodes, so that the compiler never inlines it (FreqInlineSize): were it and the user's
     * model part of {@link ModelGate#call}, that would be too large to be inlined itself (InlineSmallCode), and every caller be allocated.
     *
     * @param seen the snapshot in which {@code version} was found and not killed
     * @param attributes the caller's
     * @param running what the version may ask of its call, or null for a {@linkplain RegisteredVersion#plain plain} one
     * @param callStart when the call began
     * @param start now
     * @param run whether it is run here; only then, and if it is plain, the answer is heard of here
     * @param key the caller's, for a plain version that the caller was routed to; {@link #NOBODY} if its answer is not to be heard of
     * @param session the caller's
     * @param keyHash the caller's, or 0
     * @param ended told when the invocation ended, if somebody will hear of the call; or null
     */
    @SuppressWarnings("ReferenceEquality") // the same snapshot, not an equal one: anything else is looked at again
    Object attempt(
            GateState<I, O> seen,
            RegisteredVersion<I, O> version,
            I input,
            String[] attributes,
            @Nullable RunningCall<I, O> running,
            long callStart,
            long start,
            boolean run,
            @Nullable String key,
            @Nullable String session,
            int keyHash,
            @Nullable EndedCall<I, O> ended) {
        long allowed = deadlineNanos == Long.MAX_VALUE
                ? modelTimeoutNanos
                : Math.min(modelTimeoutNanos, deadlineNanos - (start - callStart));
        if (allowed <= 0) {
            return Miss.of(Cause.NO_TIME_LEFT);
        }
        Breaker.Admission admission = version.breaker.current();
        if (!admission.plain) {
            admission = version.breaker.admit(start);
            if (admission == null) {
                return Miss.of(Cause.BREAKER_OPEN);
            }
        }
        if (limits != null) {
            Cause refusal = limits.acquire();
            if (refusal != null) {
                version.breaker.release(admission);
                return Miss.of(refusal);
            }
        }
        if (running != null) {
            Miss refusal = reserve(version, admission, running, input, start);
            if (refusal != null) {
                return refusal;
            }
        }
        long[] row = version.counts.row();
        long nth = VersionCounts.started(row);
        if (running != null) {
            mark(running, version, admission, start, allowed);
        }
        GateState<I, O> latest = gate.state();
        if (latest != seen && latest.blocks(version, attributes)) {
            withdraw(version, admission, running);
            return Miss.of(Cause.KILLED);
        }
        if (recent != null) {
            recent.see(nth, attributes);
        }
        if (!run) {
            return admission;
        }
        O answer;
        try {
            answer = version.model != null ? version.model.answer(input) : version.invoke(input, running);
        } catch (Throwable thrown) {
            erred(seen, version, thrown, key, session, attributes);
            return threw(version, admission, row, start, thrown, running);
        }
        long end = ticker.read();
        if (ended != null) {
            ended.end = end;
        }
        if (running != null) {
            running.settled(running.usage(answer));
        }
        Miss miss = judge(answer, end - start, allowed);
        if (miss != null) {
            erred(seen, version, miss.error, key, session, attributes);
            return unusable(version, admission, row, start, end, miss);
        }
        answered(version, admission, row, end, end - start);
        if (seen.watch() != null && running != null) {
            running.heard(seen, end - start, answer);
        } else if (seen.watch() != null && isSomebody(key)) {
            // Equal to the caller, and never allocated: what is called with it is inlined here.
            heard(seen, Caller.again(key, session, attributes, keyHash), end - start, answer);
        }
        return answer;
    }

    /** The time that a version may take from the start of its call: at most the model timeout, at most the deadline. */
    long allowedNanos() {
        return Math.min(modelTimeoutNanos, deadlineNanos);
    }

    /**
     * One invocation from beginning to end, for a version of any kind: on this thread, or as a {@link Flight} that this thread waits for.
     *
     * @param again whether another version of the same call was asked before
     * @param owner the asynchronous call on whose behalf this is, which may end it, or null
     */
    Object invoke(
            GateState<I, O> seen,
            RegisteredVersion<I, O> version,
            I input,
            Caller caller,
            long callStart,
            long start,
            boolean again,
            @Nullable AsyncCall<I, O, ?> owner) {
        if (!version.flies && owner == null) {
            RunningCall<I, O> running = version.plain() ? null : new RunningCall<>(this, version, caller, again);
            return attempt(
                    seen,
                    version,
                    input,
                    caller.attributePairs(),
                    running,
                    callStart,
                    start,
                    true,
                    NOBODY,
                    null,
                    0,
                    null);
        }
        Flight<I, O> flight = Flight.awaited(this, version, caller, again, again ? null : seen);
        Miss refused = flight.admit(seen, input, callStart, start);
        if (refused != null) {
            return refused;
        }
        if (owner != null) {
            owner.watch(flight);
        }
        flight.invoke(input);
        return flight.await();
    }

    /** Takes back an invocation that was marked and never ran. */
    void withdraw(RegisteredVersion<I, O> version, Breaker.Admission admission, @Nullable RunningCall<I, O> running) {
        VersionCounts.withdrawn(version.counts.row());
        release(version, admission);
        if (running != null) {
            running.unmarked();
            running.withdrawn();
        }
    }

    /** Reserves in the budgets; whoever is refused has given everything back. */
    private @Nullable Miss reserve(
            RegisteredVersion<I, O> version,
            Breaker.Admission admission,
            RunningCall<I, O> running,
            I input,
            long now) {
        boolean reserved = false;
        try {
            Miss refusal = running.reserve(input, now);
            reserved = refusal == null;
            return refusal;
        } finally {
            if (!reserved) {
                release(version, admission);
            }
        }
    }

    private void release(RegisteredVersion<I, O> version, Breaker.Admission admission) {
        if (limits != null) {
            limits.release();
        }
        version.breaker.release(admission);
    }

    /** What goes wrong here is users' code; whatever it throws, the invocation has given everything back. */
    private void mark(
            RunningCall<I, O> running,
            RegisteredVersion<I, O> version,
            Breaker.Admission admission,
            long start,
            long allowed) {
        running.begin(start, allowed);
        try {
            running.marked();
        } catch (Throwable e) {
            withdraw(version, admission, running);
            throw e;
        }
    }

    /** Ends the flights that the snapshot bars. One that cannot be ended in order does not keep the others flying. */
    void cutBarred(GateState<I, O> state) {
        open.forEach(flight -> {
            try {
                if (flight.barredBy(state)) {
                    flight.stop(Miss.of(Cause.CUT));
                }
            } catch (Throwable e) {
                gates.warnings().threw("the end of a call that was cut", e);
            }
        });
    }

    /** What is wrong with an answer, or null if it is usable. */
    @Nullable
    Miss judge(@Nullable O answer, long took, long allowed) {
        if (answer == null) {
            return Miss.of(Cause.INVALID_OUTPUT);
        }
        if (took > allowed) {
            return Miss.of(Cause.TIMEOUT);
        }
        return accept == null ? null : verdict(accept, answer);
    }

    private static <O> @Nullable Miss verdict(Function<? super O, Verdict> accept, O answer) {
        try {
            return switch (accept.apply(answer)) {
                case ACCEPT -> null;
                case INVALID -> Miss.of(Cause.INVALID_OUTPUT);
                case LOW_CONFIDENCE -> Miss.of(Cause.LOW_CONFIDENCE);
            };
        } catch (Throwable thrown) { // an Error goes on once the call is settled
            return Miss.of(Cause.INVALID_OUTPUT, thrown);
        }
    }

    // Every invocation that was admitted ends in exactly one of answered, unusable and threw.

    // What needs no memory comes first: the permit and the mark are given back even if the rest runs out of it.

    void answered(RegisteredVersion<I, O> version, Breaker.Admission admission, long[] row, long end, long took) {
        if (limits != null) {
            limits.release();
        }
        int lazySlot = version.breaker.lazySlot(admission, end, took);
        if (lazySlot >= 0) {
            VersionCounts.answeredLazily(row, lazySlot);
        } else {
            VersionCounts.answered(row);
            version.breaker.success(admission, end, took);
        }
        version.took(row, took);
    }

    /** Settles what a flight's model gave and the gate has judged; returns the answer or what is wrong with it. */
    Object settle(
            RegisteredVersion<I, O> version,
            Breaker.Admission admission,
            long start,
            long end,
            @Nullable O answer,
            @Nullable Miss miss) {
        long[] row = version.counts.row();
        if (miss != null || answer == null) {
            return unusable(version, admission, row, start, end, miss == null ? Miss.of(Cause.INVALID_OUTPUT) : miss);
        }
        answered(version, admission, row, end, end - start);
        return answer;
    }

    /** Settles an invocation that ends without its model. */
    void unusable(RegisteredVersion<I, O> version, Breaker.Admission admission, long start, Miss miss) {
        unusable(version, admission, version.counts.row(), start, ticker.read(), miss);
    }

    Miss unusable(
            RegisteredVersion<I, O> version, Breaker.Admission admission, long[] row, long start, long end, Miss miss) {
        failed(version, admission, row, start, end, miss.cause, miss.error);
        if (miss.error instanceof Error error) {
            throw error;
        }
        return miss;
    }

    private Miss threw(
            RegisteredVersion<I, O> version,
            Breaker.Admission admission,
            long[] row,
            long start,
            Throwable thrown,
            @Nullable RunningCall<I, O> running) {
        if (running != null) {
            running.settled(running.usage(null));
        }
        return thrown instanceof Error
                ? threw(version, admission, start, thrown)
                : failed(version, admission, row, start, thrown);
    }

    /** Settles a flight whose model threw; whichever thread that was, it is not the caller's. */
    Miss threw(RegisteredVersion<I, O> version, Breaker.Admission admission, long start, Throwable thrown) {
        Cause cause = interrupt(thrown) ? Cause.CUT : Cause.ERROR;
        failed(version, admission, version.counts.row(), start, ticker.read(), cause, thrown);
        if (thrown instanceof Error error) {
            throw error;
        }
        return Miss.of(cause, thrown);
    }

    /** Settles an invocation that threw; an interrupt keeps the thread's flag. */
    Miss failed(
            RegisteredVersion<I, O> version, Breaker.Admission admission, long[] row, long start, Throwable thrown) {
        boolean interrupted = thrown instanceof Exception
                && (interrupt(thrown) || Thread.currentThread().isInterrupted());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Cause cause = interrupted ? Cause.CUT : Cause.ERROR;
        failed(version, admission, row, start, ticker.read(), cause, thrown);
        return interrupted ? Miss.interrupted(thrown) : Miss.of(cause, thrown);
    }

    private static boolean interrupt(Throwable thrown) {
        Throwable cause = thrown.getCause();
        boolean wrapper = thrown instanceof CompletionException || thrown instanceof ExecutionException;
        Throwable real = wrapper && cause != null ? cause : thrown;
        return real instanceof InterruptedException || real instanceof ClosedByInterruptException;
    }

    private void failed(
            RegisteredVersion<I, O> version,
            Breaker.Admission admission,
            long[] row,
            long start,
            long end,
            Cause cause,
            @Nullable Throwable error) {
        if (limits != null) {
            limits.release();
        }
        VersionCounts.failed(row, cause);
        if (cause == Cause.CUT) {
            version.breaker.release(admission); // the model is not to blame for an interrupt
        } else {
            version.breaker.failure(admission, end, end - start, error);
        }
        version.took(row, end - start);
    }

    /** Tells the watch of an answer; whatever it throws, the answer is settled and stands. */
    void heard(GateState<I, O> seen, Caller caller, long nanos, Object answer) {
        Watch watch = seen.watch();
        if (watch == null || seen.barsAnArm(caller)) {
            return;
        }
        try {
            long place = watch.place(caller);
            if (place >= 0) {
                watch.answered(place, nanos, answer);
            }
        } catch (Throwable e) {
            warnings().threw(watch(), e);
        }
    }

    /** Tells the watch of an {@link Error}, which leaves the gate: of whoever gets a {@link Miss} it is told there. */
    private void erred(
            GateState<I, O> seen,
            RegisteredVersion<I, O> version,
            @Nullable Throwable thrown,
            @Nullable String key,
            @Nullable String session,
            String[] attributes) {
        if (thrown instanceof Error && seen.watch() != null && isSomebody(key)) {
            missed(seen, version, Caller.again(key, session, attributes, 0), Cause.ERROR);
        }
    }

    @SuppressWarnings("ReferenceEquality") // nobody is one object
    private static boolean isSomebody(@Nullable String key) {
        return key != NOBODY;
    }

    /** Tells the watch that the version routed to did not answer, unless a kill is why. */
    void missed(GateState<I, O> seen, RegisteredVersion<I, O> version, Caller caller, Cause cause) {
        Watch watch = seen.watch();
        if (watch == null || cause == Cause.KILLED || seen.barsAnArm(caller)) {
            return;
        }
        if (cause == Cause.CUT && gate.state().blocks(version, caller.attributePairs())) {
            return; // a kill cut it
        }
        try {
            long place = watch.place(caller);
            if (place >= 0) {
                watch.missed(place, cause);
            }
        } catch (Throwable e) {
            warnings().threw(watch(), e);
        }
    }

    String watch() {
        return "the watch of gate \"" + gate.name() + "\"";
    }

    void executeLadder(Runnable task) {
        gates.executeLadder(task);
    }

    @Nullable
    Spending<I, O> spending() {
        return spending;
    }

    Executor executor() {
        return gates.executor();
    }

    OpenCalls open() {
        return open;
    }

    Ticker ticker() {
        return ticker;
    }

    Warnings warnings() {
        return gates.warnings();
    }

    @Nullable
    Limits limits() {
        return limits;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    KillReceipt.Recent recent(Scope scope) {
        return recent == null ? new KillReceipt.Recent(0, 0, 0) : recent.match(scope);
    }
}
