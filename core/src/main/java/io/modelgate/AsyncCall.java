package io.modelgate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One asynchronous call, and the stage that its caller holds: it completes with the answer, or with its {@link Outcome}. Whoever
 * completes or cancels it from outside gives the call up, and the model with it. Thread-safe.
 *
 * @param <R> the answer {@code O} or its outcome
 */
final class AsyncCall<I, O, R> extends CompletableFuture<R> implements Flight.Listener {

    private static final VarHandle ENDED;

    static {
        try {
            ENDED = MethodHandles.lookup().findVarHandle(AsyncCall.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final ModelGate<I, O> gate;
    private final I input;
    private final Caller caller;
    private final boolean outcomes;
    private @Nullable RegisteredVersion<I, O> routed;
    private @Nullable Flight<I, O> routedFlight;
    private long start = Descent.UNREAD;
    private @Nullable GateState<I, O> routedIn;
    private @Nullable Context context;
    private @Nullable ObservedCall observed;
    private @Nullable String traceId;

    /** What it came to, where it is observed. */
    private volatile @Nullable Outcome<O> outcome;

    /** Whether those who listen have heard of it. */
    @SuppressWarnings("UnusedVariable") // by its handle
    private volatile boolean ended;

    /** What runs for it now: the routed version, or one that stands in. */
    private volatile @Nullable Flight<I, O> current;

    AsyncCall(ModelGate<I, O> gate, I input, Caller caller, boolean outcomes) {
        this.gate = gate;
        this.input = input;
        this.caller = caller;
        this.outcomes = outcomes;
    }

    void observedBy(ObservedCall call) {
        observed = call;
        var unused = whenComplete((result, thrown) -> {
            Outcome<O> its = outcome;
            if (its != null) {
                call.ended(its);
            } else {
                call.threw(thrown == null ? new CancellationException("completed by its caller") : thrown);
            }
        });
    }

    AsyncCall<I, O, R> begin() {
        traceId = gate.hearing().traceId();
        try {
            route();
        } catch (Throwable error) { // of the router, the token count, a rung: this stage is where its caller looks
            threw(error);
        }
        return this;
    }

    private void route() {
        GateState<I, O> seen = gate.state();
        if (seen.gateSwitch().blocks(caller)) {
            if (seen.killed() != null) {
                finish(gate.killed(seen, input, caller));
            } else {
                fall(Miss.of(Cause.KILLED));
            }
            return;
        }
        Served<I, O> target = gate.route(seen, caller);
        if (target == null) {
            fall(Miss.of(Cause.UNAVAILABLE));
            return;
        }
        routed = target.version();
        routedIn = seen;
        if (target.killSwitch().blocks(caller)) {
            fall(Miss.of(Cause.KILLED));
            return;
        }
        context = Context.capture(gate.gates().warnings());
        start = gate.ticker().read();
        Flight<I, O> flight = Flight.of(this, gate.invoker(), target.version(), caller, false, seen);
        routedFlight = flight;
        current = flight;
        Miss refused = admit(flight, seen);
        if (refused != null) {
            flight.missed(refused.cause);
            fall(refused);
            return;
        }
        flight.invoke(input);
    }

    private @Nullable Miss admit(Flight<I, O> flight, GateState<I, O> seen) {
        try {
            return flight.admit(seen, input, start, start);
        } catch (Error e) {
            gate.count(routed, OutcomeCounts.NO_RUNG, Cause.ERROR);
            flight.missed(Cause.ERROR);
            throw e;
        }
    }

    @Override
    public void landed(@Nullable Object result, @Nullable Throwable error) {
        RegisteredVersion<I, O> version = routed;
        Flight<I, O> flight = routedFlight;
        if (flight != null && (error != null || result instanceof Miss)) {
            flight.missed(result instanceof Miss miss ? miss.cause : Cause.ERROR);
        }
        if (error != null) {
            gate.count(version, OutcomeCounts.NO_RUNG, Cause.ERROR);
            threw(error);
        } else if (result instanceof Miss miss) {
            fall(miss);
        } else if (result != null && version != null) {
            gate.remember(input, caller, version.id, result);
            @SuppressWarnings("unchecked") // a flight lands with an answer or a Miss
            O answer = (O) result;
            if (!outcomes && observed == null && !gate.hearing().heard(routedIn)) {
                deliver(answer);
                return;
            }
            finish(new Outcome.Answered<>(answer, version.id, gate.gates().staleness()));
        }
    }

    /** Goes down the ladder, on the executor: rungs may take their time, and this thread may be anybody's. */
    private void fall(Miss miss) {
        if (isDone()) { // given up: nobody waits for a ladder
            gate.count(routed, OutcomeCounts.NO_RUNG, miss.cause);
            return;
        }
        Context carried = context == null ? Context.capture(gate.gates().warnings()) : context;
        try {
            gate.gates().executeLadder(carried.around(() -> descend(miss)));
        } catch (Throwable error) { // not even a thread of our own: nobody is left to ask
            gate.count(routed, OutcomeCounts.NO_RUNG, miss.cause);
            threw(error);
        }
    }

    private void descend(Miss miss) {
        try {
            finish(new Descent<>(gate, input, caller, routed, miss, start, this).outcome());
        } catch (Throwable error) { // a rung's Error
            threw(error);
        }
    }

    private void threw(Throwable error) {
        told(Cause.ERROR, error);
        super.completeExceptionally(error);
    }

    /** Those who listen hear of a call that ends without an outcome. */
    private void told(Cause cause, Throwable error) {
        if (ENDED.compareAndSet(this, false, true)) {
            gate.hearing().threw(routed, error, cause, start, input, caller, traceId);
        }
    }

    private void finish(Outcome<O> reached) {
        Outcome<O> named = reached;
        if (ENDED.compareAndSet(this, false, true)) { // whoever gives it up may have told of it
            named = gate.hearing().nameAndTell(routedIn, reached, start, input, caller, traceId);
        }
        outcome = named;
        if (outcomes) {
            deliver(named);
            return;
        }
        try {
            deliver(gate.answerOf(named));
        } catch (GateException e) {
            super.completeExceptionally(e);
        }
    }

    @SuppressWarnings("unchecked") // R is the outcome or the answer, as the constructor was told
    private void deliver(Object result) {
        super.complete((R) result);
    }

    /** Takes note of a version that stands in; if the call was given up meanwhile, it ends at once. */
    void watch(Flight<I, O> flight) {
        current = flight;
        if (isDone()) {
            flight.stop(Miss.of(Cause.CUT));
        }
    }

    private boolean givenUp(boolean won) {
        Flight<I, O> flight = current;
        if (won && flight != null) {
            flight.stop(Miss.of(Cause.CUT));
        }
        if (won) {
            told(Cause.CUT, new CancellationException("its caller gave it up"));
        }
        return won;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return givenUp(super.cancel(mayInterruptIfRunning));
    }

    @Override
    public boolean complete(R value) {
        return givenUp(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable error) {
        return givenUp(super.completeExceptionally(error));
    }
}
