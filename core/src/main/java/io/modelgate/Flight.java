package io.modelgate;

import io.modelgate.budget.Usage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One invocation that may end otherwise than by its model: in a timeout, by a kill, because its caller gave up. It lands exactly once,
 * and gives back then what it took; a model that goes on regardless is counted as overdue until it really ends, and its result is
 * dropped. Thread-safe.
 */
final class Flight<I, O> extends RunningCall<I, O> {

    private static final int BOARDING = 0;
    private static final int FLYING = 1;
    private static final int LANDED = 2;
    private static final int ENDED = 3;

    /** Its stream has begun: flying, and no longer to be timed out. */
    private static final int STREAMING = 4;

    private static final int ELSEWHERE = 0;
    private static final int QUEUED = 1;
    private static final int RUNNING = 2;
    private static final int INTERRUPTING = 3;
    private static final int OVER = 4;

    private static final VarHandle STATE;
    private static final VarHandle RUN;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            STATE = lookup.findVarHandle(Flight.class, "state", int.class);
            RUN = lookup.findVarHandle(Flight.class, "run", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Hears how a flight landed that no thread waits for. */
    @FunctionalInterface
    interface Listener {

        /** It landed: with an answer or a {@link Miss}, or in the model's {@link Error}. */
        void landed(@Nullable Object result, @Nullable Throwable error);
    }

    /** Hears how it landed, or null. */
    private final @Nullable Listener listener;

    /** For a thread that waits: completes with the answer or a {@link Miss}, or fails with the model's {@link Error}. */
    private final @Nullable CompletableFuture<Object> landing;

    /** The snapshot in which the caller was routed here, whose watch hears how it ends; null if it stands in for another. */
    private final @Nullable GateState<I, O> routedIn;

    private volatile int state = BOARDING;

    /** How far the executor is with the model, if that is where it runs. */
    private volatile int run = ELSEWHERE;

    private volatile @Nullable Thread runner;
    private volatile @Nullable CompletionStage<O> stage;
    private volatile boolean cancelled;
    private Breaker.@Nullable Admission admission;
    private @Nullable AtomicReferenceArray<Flight<?, ?>> row;
    private int slot;

    private Flight(
            Invoker<I, O> invoker,
            RegisteredVersion<I, O> version,
            Caller caller,
            boolean again,
            @Nullable Listener listener,
            @Nullable CompletableFuture<Object> landing,
            @Nullable GateState<I, O> routedIn) {
        super(invoker, version, caller, again);
        this.listener = listener;
        this.landing = landing;
        this.routedIn = routedIn;
    }

    /** One that a thread waits for. */
    static <I, O> Flight<I, O> awaited(
            Invoker<I, O> invoker,
            RegisteredVersion<I, O> version,
            Caller caller,
            boolean again,
            @Nullable GateState<I, O> routedIn) {
        return new Flight<>(invoker, version, caller, again, null, new CompletableFuture<>(), routedIn);
    }

    /** One that tells a listener how it landed. */
    static <I, O> Flight<I, O> of(
            Listener listener,
            Invoker<I, O> invoker,
            RegisteredVersion<I, O> version,
            Caller caller,
            boolean again,
            @Nullable GateState<I, O> routedIn) {
        return new Flight<>(invoker, version, caller, again, listener, null, routedIn);
    }

    /** One whose model the holder of a permit runs: no timeout ends it, and nobody is told but the holder when it comes back. */
    static <I, O> Flight<I, O> permitted(
            Invoker<I, O> invoker,
            RegisteredVersion<I, O> version,
            Caller caller,
            boolean again,
            @Nullable GateState<I, O> routedIn) {
        return new Flight<>(invoker, version, caller, again, null, null, routedIn);
    }

    /** The snapshot in which the caller was routed here; null if it stands in for another. */
    @Nullable
    GateState<I, O> routedIn() {
        return routedIn;
    }

    private boolean enforced() {
        return listener != null || landing != null;
    }

    private void land(@Nullable Object result, @Nullable Throwable error) {
        if (listener != null) {
            listener.landed(result, error);
        } else if (landing != null && error != null) {
            landing.completeExceptionally(error);
        } else if (landing != null) {
            landing.complete(result);
        }
    }

    // ---- taking off

    /**
     * Admits and marks it; returns why that failed, or null.
     *
     * @param input what the model will be asked; null if only the holder of a permit knows
     */
    @SuppressWarnings("NullAway") // the model is not asked here
    @Nullable
    Miss admit(GateState<I, O> seen, @Nullable I input, long callStart, long start) {
        Object admitted = invoker.attempt(
                seen,
                version,
                input,
                caller().attributePairs(),
                this,
                callStart,
                start,
                false,
                Invoker.NOBODY,
                null,
                0,
                null);
        if (admitted instanceof Miss miss) {
            return miss;
        }
        admission = (Breaker.Admission) admitted;
        if (STATE.compareAndSet(this, BOARDING, FLYING)) {
            return null;
        }
        invoker.withdraw(version, admission, this); // a kill came between the mark and here
        return Miss.of(Cause.KILLED);
    }

    @Override
    boolean knowsItsCall() {
        return !enforced() || super.knowsItsCall();
    }

    @Override
    boolean shown() {
        return true;
    }

    @Override
    void marked() {
        invoker.open().add(this);
        if (enforced() && allowedNanos() != Long.MAX_VALUE) {
            invoker.open().due(startNanos() + allowedNanos());
        }
    }

    @Override
    void unmarked() {
        AtomicReferenceArray<Flight<?, ?>> placed = row;
        if (placed == null) {
            invoker.open().removeFromRest(this);
        } else {
            placed.set(slot, null);
        }
    }

    /** Where {@link OpenCalls} keeps it. */
    void placed(AtomicReferenceArray<Flight<?, ?>> in, int at) {
        row = in;
        slot = at;
    }

    /** Invokes the model: an asynchronous one here, any other on the executor. */
    void invoke(I input) {
        AsyncModel<I, O> model = version.async;
        if (model == null) {
            runOff(input);
            return;
        }
        if (state != FLYING) {
            neverBegan();
            return;
        }
        try {
            CompletionStage<O> answer = model.answer(input, this);
            if (answer == null) {
                end(null, null);
                return;
            }
            if (answer.getClass() == CompletableFuture.class && ((CompletableFuture<O>) answer).isDone()) {
                arrived((CompletableFuture<O>) answer);
                return;
            }
            stage = answer;
            answer.whenComplete((value, thrown) -> end(value, unwrapped(thrown)));
            if (cancelled) {
                cancelStage();
            }
        } catch (Throwable thrown) {
            if (thrown instanceof InterruptedException) {
                Thread.currentThread().interrupt(); // this thread is the caller's
            }
            end(null, thrown);
        }
    }

    /** The stage is complete: what hangs a function on it would be made for nothing. */
    private void arrived(CompletableFuture<O> answer) {
        O value = null;
        Throwable thrown = null;
        try {
            value = answer.join();
        } catch (CompletionException | CancellationException e) {
            thrown = e;
        }
        end(value, unwrapped(thrown));
    }

    private static @Nullable Throwable unwrapped(@Nullable Throwable thrown) {
        return thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
    }

    private void runOff(I input) {
        run = QUEUED;
        if (state != FLYING && RUN.compareAndSet(this, QUEUED, OVER)) {
            neverBegan();
            return;
        }
        Thread caller = Thread.currentThread();
        try {
            Context context = Context.capture(invoker.warnings());
            invoker.executor().execute(context.around(() -> runHere(input, caller)));
        } catch (Throwable e) {
            if (!RUN.compareAndSet(this, QUEUED, OVER)) {
                return; // it runs, or whoever stopped it has given back
            }
            if (STATE.compareAndSet(this, FLYING, ENDED)) {
                invoker.withdraw(version, admitted(), this);
                land(Miss.of(Cause.FULL, e), e instanceof Error ? e : null);
            } else {
                neverBegan();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // the same thread
    private void runHere(I input, Thread caller) {
        runner = Thread.currentThread();
        if (!RUN.compareAndSet(this, QUEUED, RUNNING)) {
            return; // stopped before it began
        }
        O answer = null;
        Throwable thrown = null;
        try {
            answer = version.invoke(input, this);
        } catch (Throwable t) {
            thrown = t;
        }
        if (!RUN.compareAndSet(this, RUNNING, OVER)) {
            while (run == INTERRUPTING) {
                Thread.onSpinWait(); // a few instructions of another thread
            }
            if (Thread.interrupted()) {
                cancelled = true; // it was for this call; the thread goes on to others' work
            }
        }
        if (thrown instanceof InterruptedException && caller == Thread.currentThread() && !cancelled) {
            Thread.currentThread().interrupt(); // the executor runs it here: this is the caller's own interrupt
        }
        end(answer, thrown);
    }

    // ---- landing: exactly one of these wins

    /** The holder of a permit brings the model's answer. Returns it, or what is wrong with it. */
    Object bring(@Nullable O answer) {
        Usage used = usage(answer);
        long end = invoker.ticker().read();
        long took = end - startNanos();
        return bring(answer, invoker.judge(answer, took, allowedNanos()), used, end, took);
    }

    /** A stream ended, or is given up for what is wrong with its last item. Returns that item, or what is wrong. */
    Object bring(@Nullable O last, @Nullable Miss miss, long took) {
        return bring(last, miss, usage(last), invoker.ticker().read(), took);
    }

    private Object bring(@Nullable O answer, @Nullable Miss miss, Usage used, long end, long took) {
        if (!leave(ENDED)) {
            return late(used);
        }
        unmarked();
        try {
            return settle(end, took, answer, miss);
        } finally {
            settled(used);
        }
    }

    private Object settle(long end, long took, @Nullable O answer, @Nullable Miss miss) {
        Object settled = invoker.settle(version, admitted(), end - took, end, answer, miss);
        if (routedIn != null && !(settled instanceof Miss)) {
            invoker.heard(routedIn, caller(), took, settled);
        }
        return settled;
    }

    /** The first item of its stream came: no timeout ends it any more. False if it has landed. */
    boolean begun() {
        return STATE.compareAndSet(this, FLYING, STREAMING);
    }

    /** Whether it has taken off and not landed. */
    boolean flying() {
        int now = state;
        return now == FLYING || now == STREAMING;
    }

    private boolean leave(int next) {
        return STATE.compareAndSet(this, FLYING, next) || STATE.compareAndSet(this, STREAMING, next);
    }

    /** What was stopped streams nothing more. False if it was not stopped, or that was known. */
    boolean over(@Nullable O last) {
        return ended(usage(last));
    }

    /** Tells the watch, if there is one, why it gave no usable answer; for whoever it tells how it landed. */
    void missed(Cause cause) {
        if (routedIn != null) {
            invoker.missed(routedIn, version, caller(), cause);
        }
    }

    /** The holder of a permit brings what the model threw. */
    Miss bringFailure(Throwable thrown) {
        Usage used = usage(null);
        if (!leave(ENDED)) {
            return late(used);
        }
        unmarked();
        try {
            return invoker.failed(version, admitted(), version.counts.row(), startNanos(), thrown);
        } finally {
            settled(used);
        }
    }

    /** Its stream failed, on whatever thread: an interrupt of that one is none of this call. */
    Miss failed(Throwable thrown, @Nullable O last) {
        Usage used = usage(last);
        if (!leave(ENDED)) {
            return late(used);
        }
        unmarked();
        try {
            return invoker.threw(version, admitted(), startNanos(), thrown);
        } catch (Error e) {
            return Miss.of(Cause.ERROR, e);
        } finally {
            settled(used);
        }
    }

    /** The model ended after the call had; a stage that says so twice is heard once. */
    private Miss late(Usage used) {
        ended(used);
        return Miss.of(Cause.CUT);
    }

    private boolean ended(Usage used) {
        if (!STATE.compareAndSet(this, LANDED, ENDED)) {
            return false;
        }
        settled(used);
        version.overdue.decrement(); // whoever sees that nothing runs sees it paid too
        return true;
    }

    /** The model ended, in time or not. Its answer is judged while the call may still be cut: the check is users' code and may hang. */
    void end(@Nullable O answer, @Nullable Throwable thrown) {
        Usage used = usage(answer);
        long end = invoker.ticker().read();
        Miss miss =
                thrown == null && state == FLYING ? invoker.judge(answer, end - startNanos(), allowedNanos()) : null;
        if (!STATE.compareAndSet(this, FLYING, ENDED)) {
            late(used);
            return;
        }
        unmarked();
        Object landed = null;
        Throwable error = null;
        try {
            landed = thrown == null
                    ? settle(end, end - startNanos(), answer, miss)
                    : invoker.threw(version, admitted(), startNanos(), thrown);
        } catch (Throwable e) { // the model's Error, or that of the accept check
            error = e;
        }
        settled(used);
        land(landed, error);
    }

    /** Its time is up. False if it has landed or has yet to take off. */
    boolean timeOut() {
        return STATE.compareAndSet(this, FLYING, LANDED) && stopped(Miss.of(Cause.TIMEOUT));
    }

    /** Ends it early. False if it has landed. */
    boolean stop(Miss why) {
        if (STATE.compareAndSet(this, BOARDING, LANDED)) {
            return true; // admit gives back what it took
        }
        return leave(LANDED) && stopped(why);
    }

    private boolean stopped(Miss why) {
        version.overdue.increment();
        cancelled = true;
        unmarked();
        invoker.unusable(version, admitted(), startNanos(), why);
        if (RUN.compareAndSet(this, RUNNING, INTERRUPTING)) {
            interruptRunner();
            run = OVER;
        } else if (RUN.compareAndSet(this, QUEUED, OVER)) {
            neverBegan();
        }
        land(why, null);
        if (stage != null) {
            invoker.executeLadder(this::cancelStage); // runs what others hung on it
        }
        return true;
    }

    /** It was stopped before its model was invoked, and now nobody will. */
    private void neverBegan() {
        if (STATE.compareAndSet(this, LANDED, ENDED)) {
            withdrawn();
            version.overdue.decrement();
        }
    }

    private void interruptRunner() {
        Thread thread = runner;
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void cancelStage() {
        CompletionStage<O> answering = stage;
        try {
            if (answering != null) {
                answering.toCompletableFuture().cancel(true);
            }
        } catch (Throwable e) {
            invoker.warnings().threw("cancelling the stage of version " + version.id, e);
        }
    }

    private Breaker.Admission admitted() {
        Breaker.Admission taken = admission;
        if (taken == null) {
            throw new IllegalStateException("a flight that was not admitted");
        }
        return taken;
    }

    // ---- waiting

    /** The answer or a {@link Miss}; the model's {@link Error} is thrown. An interrupt of this thread ends the flight. */
    Object await() {
        try {
            Object landed = awaited().get();
            return landed instanceof Miss miss
                            && miss.cause == Cause.CUT
                            && Thread.currentThread().isInterrupted()
                    ? Miss.interrupted(miss.error)
                    : landed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            Miss interrupted = Miss.interrupted(e);
            return stop(interrupted) ? interrupted : landed();
        } catch (ExecutionException e) {
            throw thrown(e.getCause());
        }
    }

    /** How it landed, once it has. */
    private Object landed() {
        try {
            return awaited().join();
        } catch (CompletionException e) {
            throw thrown(e.getCause());
        }
    }

    private static Error thrown(@Nullable Throwable cause) {
        return cause instanceof Error error
                ? error
                : new AssertionError("a flight fails with an Error or not at all", cause);
    }

    private CompletableFuture<Object> awaited() {
        CompletableFuture<Object> known = landing;
        if (known == null) {
            throw new IllegalStateException("nobody waits for this flight");
        }
        return known;
    }

    /** How long it may still fly: {@link Long#MAX_VALUE} for ever. */
    long nanosLeft(long now) {
        return !enforced() || allowedNanos() == Long.MAX_VALUE || state == STREAMING
                ? Long.MAX_VALUE
                : Math.max(0, allowedNanos() - (now - startNanos()));
    }

    /** Whether these switches bar what it runs. */
    boolean barredBy(GateState<?, ?> state) {
        Served<?, ?> served = state.versions().get(version.id);
        return served == null || served.killSwitch().blocks(caller());
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }
}
