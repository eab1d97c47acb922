package io.modelgate;

import org.jspecify.annotations.Nullable;

/** One version's stream in a {@link StreamCall}, and what becomes of it when it is stopped from outside. Thread-safe. */
final class StreamAttempt implements Flight.Listener {

    final Flight<Invocation, Object> flight;

    private final ModelGate<Invocation, Object> gate;
    private @Nullable Miss stop;
    private @Nullable Runnable onStop;

    /** Of the version that the caller was routed to, in the snapshot that routed it; without one it stands in for another. */
    StreamAttempt(
            ModelGate<Invocation, Object> gate,
            RegisteredVersion<Invocation, Object> version,
            Caller caller,
            @Nullable GateState<Invocation, Object> routedIn) {
        this.gate = gate;
        flight = Flight.of(this, gate.invoker(), version, caller, routedIn == null, routedIn);
    }

    /** It was stopped: all other ends are told by signals. */
    @Override
    public void landed(@Nullable Object why, @Nullable Throwable none) {
        Runnable action;
        synchronized (this) {
            stop = why instanceof Miss miss ? miss : Miss.of(Cause.CUT);
            action = onStop;
        }
        if (action != null) {
            gate.gates().executeLadder(action);
        }
    }

    /** See {@link StreamCall#onStop}. */
    void onStop(Runnable action) {
        boolean now;
        synchronized (this) {
            onStop = action;
            now = stop != null;
        }
        if (now) {
            action.run();
        }
    }

    /** Who stops it now needs not be told. */
    synchronized void forgetStop() {
        onStop = null;
    }

    /**
     * Why it came to nothing: what stopped it, or else what a signal said; whoever stops it may not have told yet.
     *
     * @param begun whether its first item was handed on
     */
    synchronized Miss why(Miss said, boolean begun) {
        onStop = null;
        if (stop != null) {
            return stop;
        }
        boolean late = said.cause == Cause.CUT
                && !begun
                && flight.nanosLeft(gate.ticker().read()) == 0;
        return late ? Miss.of(Cause.TIMEOUT) : said;
    }
}
