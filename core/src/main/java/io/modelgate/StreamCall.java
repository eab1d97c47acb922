package io.modelgate;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * One subscription to a gated stream, as a {@link StreamAnswer} tells of it: a call whose version has answered when its stream ends. The version
 * holds what it was admitted with until then: its place under the limits, its reservation, its mark for a kill that cuts what is in flight.
 *
 * <p>Until the first item is handed on, all is as with any other call: a refusal, an error, an empty stream, a first item that comes too late or
 * that the gate's accept check turns down lead to stable and then to the fallback. After it there is no way back: what goes wrong then
 * ends the stream in a {@link GateException}. The timeouts are for the first item; the latency that is counted is the time until it came. What a gate
 * reads off an answer, its usage and its metrics, is read off the last item; its accept check judges each.
 *
 * <p>{@link #next}, {@link #fellBack}, {@link #item}, {@link #failed} and {@link #finished} are for the signals of one subscription, which come one after
 * the other; {@link #cancelled}, {@link #live} and {@link #onStop} may be called by any thread at any time.
 */
public final class StreamCall {

    private final ModelGate<Invocation, Object> gate;
    private final Invocation input;
    private final Caller caller;
    private final Class<?> type;
    private volatile @Nullable ObservedCall observed;
    private long start = Descent.UNREAD;

    /** The trace that the subscriber was in. */
    private @Nullable String traceId;

    /** The version that the caller was routed to, if it got that far, and why it does not answer. */
    private @Nullable RegisteredVersion<Invocation, Object> routed;

    private @Nullable GateState<Invocation, Object> routedIn;
    private @Nullable Miss routedMiss;

    /** Stable, where it stands in, and why it does not answer. */
    private @Nullable RegisteredVersion<Invocation, Object> standIn;

    private @Nullable Miss standInMiss;

    /** An {@link Error} of the version, which goes through as it is. */
    private @Nullable Error error;

    /** The last item that was handed on; null before the first. */
    private volatile @Nullable Object last;

    private long firstTook;
    private boolean fellBack;

    /** What runs now; null before an attempt and after it. Set under the monitor. */
    private volatile @Nullable StreamAttempt attempt;

    /** Whether the subscriber is gone. Set under the monitor. */
    private volatile boolean cancelled;

    // Guarded by the monitor, under which nobody is called.
    private boolean begun;
    private boolean trying;
    private boolean counted;

    StreamCall(ModelGate<Invocation, Object> gate, Invocation input, Caller caller, Class<?> type) {
        this.gate = gate;
        this.input = input;
        this.caller = caller;
        this.type = type;
    }

    /**
     * What to subscribe to: the stream of the version that the caller is routed to, and when that has {@linkplain #finished come to nothing} stable's,
     * and then what the fallback answers, which is one item or a stream. Calls users' code.
     *
     * @return an object of the type, or, if {@link #fellBack}, an item
     * @throws GateException if neither a version nor the fallback has an answer
     * @throws CancellationException if the subscriber has cancelled
     * @throws Error as it is, if the version's method or the fallback threw one
     */
    public Object next() {
        boolean first;
        synchronized (this) {
            if (cancelled) {
                throw new CancellationException("its subscriber cancelled");
            }
            first = !begun;
            begun = true;
            trying = true;
        }
        observed = first ? gate.observed() : observed;
        traceId = first ? gate.hearing().traceId() : traceId;
        try {
            return tried();
        } finally {
            if (first && observed != null) {
                observed.left();
            }
            haveTried();
        }
    }

    /** Whoever cancelled meanwhile left it to this thread. */
    private void haveTried() {
        boolean gone;
        synchronized (this) {
            trying = false;
            gone = cancelled;
        }
        if (gone) {
            giveUp();
        }
    }

    private Object tried() {
        Object stream;
        try {
            stream = routedMiss == null ? route() : null;
            stream = stream == null ? stable() : stream;
        } catch (Error e) {
            threw(e);
            throw e;
        }
        return stream == null ? ladder() : stream;
    }

    private @Nullable Object route() {
        GateState<Invocation, Object> seen = gate.state();
        if (seen.gateSwitch().blocks(caller)) {
            routedMiss = Miss.of(Cause.KILLED);
            return null;
        }
        Served<Invocation, Object> target = gate.route(seen, caller);
        if (target == null) {
            routedMiss = Miss.of(Cause.UNAVAILABLE);
            return null;
        }
        routed = target.version();
        routedIn = seen;
        if (target.killSwitch().blocks(caller)) {
            routedMiss = Miss.of(Cause.KILLED);
            return null;
        }
        start = gate.ticker().read();
        return begin(new StreamAttempt(gate, target.version(), caller, seen), seen, start);
    }

    /** Stable's stream, where it may stand in for a candidate: as in {@link Descent}. */
    private @Nullable Object stable() {
        GateState<Invocation, Object> seen = gate.state();
        Served<Invocation, Object> stable = seen.stable();
        Miss why = routedMiss;
        if (routed == null || why == null || why.byGate || why.interrupted || standIn != null || stable == null) {
            return null;
        }
        boolean barred = seen.gateSwitch().blocks(caller) || stable.killSwitch().blocks(caller);
        if (barred || stable.version().id.equals(routed.id)) {
            return null;
        }
        standIn = stable.version();
        long now = gate.ticker().read();
        start = start == Descent.UNREAD ? now : start;
        return begin(new StreamAttempt(gate, stable.version(), caller, null), seen, now);
    }

    private @Nullable Object begin(StreamAttempt next, GateState<Invocation, Object> seen, long now) {
        Flight<Invocation, Object> flight = next.flight;
        synchronized (this) {
            attempt = next;
        }
        Miss refused;
        try {
            refused = flight.admit(seen, input, start, now);
        } catch (Throwable e) { // of the token count; nothing is held
            synchronized (this) {
                attempt = null;
            }
            throw e;
        }
        if (refused != null) {
            missed(next, refused);
            return null;
        }
        Object stream;
        try {
            stream = flight.version.invoke(input, flight);
        } catch (Throwable thrown) {
            missed(next, flight.bringFailure(thrown));
            if (thrown instanceof Error e) {
                throw e;
            }
            return null;
        }
        if (stream == null) {
            Miss empty = Miss.of(Cause.INVALID_OUTPUT);
            flight.bring(null, empty, 0);
            missed(next, empty);
        } else if (!type.isInstance(stream)) {
            missed(
                    next,
                    flight.bringFailure(new ClassCastException("version \"" + flight.version.id + "\" answered with a "
                            + stream.getClass().getName() + "; expected a " + type.getName())));
            return null;
        } else if (!flight
                .flying()) { // a kill cut it, or its time was up, while the method made its stream: nobody begins that
            missed(next, Miss.of(Cause.CUT));
            flight.over(null);
            return null;
        }
        return stream;
    }

    private Object ladder() {
        Miss why = routedMiss == null ? Miss.of(Cause.UNAVAILABLE) : routedMiss;
        Descent<Invocation, Object> descent = new Descent<>(gate, input, caller, routed, why, start);
        if (standIn != null && standInMiss != null) {
            descent.missed(standIn, standInMiss);
        }
        if (!counted()) { // or by the descent, whatever comes of it
            throw new CancellationException("its subscriber cancelled");
        }
        Outcome<Object> outcome;
        try {
            outcome = descent.ofLadder().outcome();
        } catch (Error e) { // of the fallback
            tellThrown(Cause.ERROR, e);
            throw e;
        }
        tellEnded(outcome);
        fellBack = true;
        return gate.valueOf(outcome);
    }

    /** Whether {@link #next} gave what the fallback answered: it is handed on as it is, and the call has ended. */
    public boolean fellBack() {
        return fellBack;
    }

    /** Whether the version's stream may begin: to be asked when it is about to be subscribed to, as a kill may have cut it since {@link #next}. */
    public boolean live() {
        StreamAttempt now = attempt;
        return now != null && now.flight.flying() && !cancelled;
    }

    /** An item came. Whether it may be handed on; if not, the stream is to be cancelled, and the attempt has {@linkplain #finished ended}. */
    public boolean item(Object item) {
        StreamAttempt now = attempt;
        if (now == null) {
            return false;
        }
        Flight<Invocation, Object> flight = now.flight;
        boolean first = last == null;
        long took = first ? gate.ticker().read() - flight.startNanos() : 0;
        Miss miss = gate.invoker().judge(item, took, flight.allowedNanos());
        if (miss != null) {
            try {
                flight.bring(item, miss, first ? took : firstTook);
                missed(now, miss);
            } catch (Error e) { // of the accept check
                missed(now, miss);
                error = e;
            }
            return false;
        }
        if (first ? !flight.begun() : !flight.flying()) {
            return false; // it was stopped
        }
        firstTook = first ? took : firstTook;
        last = item;
        return true;
    }

    /** The stream failed; the attempt has {@linkplain #finished ended}. */
    public void failed(Throwable thrown) {
        StreamAttempt now = attempt;
        if (now != null) {
            missed(now, now.flight.failed(thrown, last));
            error = thrown instanceof Error e ? e : error;
        }
    }

    /**
     * The attempt is over: its stream has completed, has failed, or was cancelled because of {@link #item} or {@link #onStop}. Whether the
     * caller's stream ends here and well; if not, nothing was handed on yet, and {@link #next} says what comes instead.
     *
     * @throws GateException if items were handed on and the stream broke off
     * @throws Error as it is, if the stream failed with one
     */
    public boolean finished() {
        StreamAttempt now = attempt;
        if (now != null) {
            Miss empty = last == null ? Miss.of(Cause.INVALID_OUTPUT) : null;
            Object landed = now.flight.bring(last, empty, firstTook);
            if (!(landed instanceof Miss miss)) {
                answered(now.flight.version, landed);
                return true;
            }
            missed(now, miss);
        }
        if (cancelled) {
            return true; // nobody is there to be told
        }
        Error thrown = error;
        if (thrown != null) {
            threw(thrown);
            throw thrown;
        }
        if (last == null) {
            return false;
        }
        throw broken();
    }

    private void answered(RegisteredVersion<Invocation, Object> by, Object answer) {
        synchronized (this) { // both at once: whoever cancels and finds no attempt counts the call as given up
            attempt = null;
            counted = true;
        }
        Miss why = routedMiss;
        if (why == null) {
            tellEnded(new Outcome.Answered<>(answer, by.id, gate.gates().staleness()));
            return;
        }
        by.counts.usedAsRung();
        gate.count(routed, Outcome.STABLE, why.cause);
        tellEnded(new Outcome.FellBack<>(
                answer,
                Outcome.STABLE,
                by.id,
                why.cause,
                routed == null ? null : routed.id,
                why.error,
                gate.gates().staleness()));
    }

    private GateException broken() {
        RegisteredVersion<Invocation, Object> by = standIn == null ? routed : standIn;
        Miss why = standIn == null ? routedMiss : standInMiss;
        if (by == null || why == null) {
            throw new IllegalStateException("a stream that nobody began");
        }
        Outcome<Object> outcome =
                new Outcome.Failed<>(why.cause, by.id, why.error, gate.gates().staleness());
        if (counted()) {
            gate.count(routed, OutcomeCounts.NO_RUNG, cause());
            tellEnded(outcome);
        }
        return GateException.broken(gate.name(), outcome);
    }

    /** An {@link Error} of the version, or of the gate's own functions, leaves the gate. */
    private void threw(Error thrown) {
        if (counted()) {
            gate.count(routed, OutcomeCounts.NO_RUNG, Cause.ERROR);
            tellThrown(Cause.ERROR, thrown);
        }
    }

    private void missed(StreamAttempt of, Miss miss) {
        boolean nobody;
        synchronized (this) {
            if (attempt != of) {
                return; // it was told of
            }
            attempt = null;
            nobody = cancelled && !trying;
        }
        Miss why = of.why(miss, last != null);
        if (standIn == null) {
            routedMiss = why;
            of.flight.missed(why.cause);
        } else {
            standInMiss = why;
        }
        if (nobody) {
            unheard();
        }
    }

    /** The subscriber cancelled, and the version's stream is cancelled with it. Without effect once the call has ended. */
    public void cancelled() {
        synchronized (this) {
            cancelled = true;
            if (!begun || trying) {
                return; // there is nothing to give back yet
            }
        }
        giveUp();
    }

    private void giveUp() {
        StreamAttempt now = attempt;
        if (now == null) {
            unheard();
            return;
        }
        now.forgetStop();
        now.flight.stop(Miss.of(Cause.CUT));
        if (now.flight.over(last)) {
            missed(now, Miss.of(Cause.CUT));
        } // else a signal has just ended it, and whoever gave that tells
    }

    /** The call has come to nothing that anybody hears of. */
    private void unheard() {
        if (counted()) {
            gate.count(routed, OutcomeCounts.NO_RUNG, cause());
            tellThrown(cause(), new CancellationException("its subscriber cancelled"));
        }
    }

    /** Whether its outcome has yet to be counted; from now on it has been. */
    private synchronized boolean counted() {
        boolean first = !counted;
        counted = true;
        return first;
    }

    private Cause cause() {
        Miss why = routedMiss;
        return why == null ? Cause.CUT : why.cause;
    }

    /**
     * Says what to do when the version's stream is to be cancelled and the attempt has {@linkplain #finished ended}, because a kill cuts it or its
     * first item does not come in time: run once, on a thread of the gates, or here and now if that is so already.
     */
    public void onStop(Runnable action) {
        StreamAttempt now = attempt;
        if (now != null) {
            now.onStop(action);
        }
    }

    private void tellEnded(Outcome<Object> outcome) {
        Outcome<Object> named = gate.hearing().nameAndTell(routedIn, outcome, start, input, caller, traceId);
        ObservedCall call = observed;
        if (call != null) {
            call.ended(named);
        }
    }

    private void tellThrown(Cause cause, Throwable thrown) {
        gate.hearing().threw(routed, thrown, cause, start, input, caller, traceId);
        ObservedCall call = observed;
        if (call != null) {
            call.threw(thrown);
        }
    }
}
