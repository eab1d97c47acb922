package io.modelgate;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Admission of one call whose model the caller runs, for batches, streams and code that is no lambda. Settle it once, with
 * {@link #success} or {@link #failure}; a granted permit that is closed unsettled counts as a failure. May be settled on another
 * thread than it was taken on; its methods exclude each other.
 *
 * <pre>{@code
 * try (Permit<Applicant, Decision> permit = gate.enter(caller)) {
 *     if (permit.granted()) {
 *         Decision decision = run(permit.version(), applicant);
 *         if (permit.success(decision)) {
 *             return decision;
 *         }
 *     }
 *     return permit.fallBack(applicant).answer().orElseThrow();
 * }
 * }</pre>
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class Permit<I, O> implements AutoCloseable {

    /** Not a monitor: rungs run under it, and a monitor would pin a virtual thread on some JDKs. */
    private final ReentrantLock lock = new ReentrantLock();

    private final ModelGate<I, O> gate;
    private final @Nullable I input;
    private final Caller caller;

    /** The version that the caller was routed to, if it got that far. */
    private final @Nullable RegisteredVersion<I, O> routed;

    /** The version that was admitted; null when the call was refused. Not the routed one where stable stands in for the candidate. */
    private final @Nullable RegisteredVersion<I, O> admitted;

    /** Its invocation; null when the call was refused. */
    private final @Nullable Flight<I, O> flight;

    /** When the call was admitted, in ticks; {@link Descent#UNREAD} if it was refused without a look at the clock. */
    private final long start;

    /** The trace that the call began in. */
    private final @Nullable String traceId;

    /** Why the routed version does not answer; null while it still may. */
    private @Nullable Miss routedMiss;

    /** Stable, where it was asked to stand in for the candidate, and why it gave no usable answer; null if it was not or still may. */
    private @Nullable RegisteredVersion<I, O> standIn;

    private @Nullable Miss standInMiss;

    private @Nullable OutcomeId id;
    private boolean settled;
    private boolean counted;

    private Permit(
            ModelGate<I, O> gate,
            @Nullable I input,
            Caller caller,
            @Nullable RegisteredVersion<I, O> routed,
            @Nullable Flight<I, O> flight,
            @Nullable Miss routedMiss) {
        this.gate = gate;
        this.input = input;
        this.caller = caller;
        this.routed = routed;
        this.flight = flight;
        this.routedMiss = routedMiss;
        admitted = flight == null ? null : flight.version;
        start = flight == null ? Descent.UNREAD : flight.startNanos();
        settled = flight == null;
        traceId = gate.hearing().traceId();
    }

    static <I, O> Permit<I, O> enter(ModelGate<I, O> gate, @Nullable I input, Caller caller) {
        GateState<I, O> seen = gate.state();
        Served<I, O> target = seen.gateSwitch().blocks(caller) ? null : gate.route(seen, caller);
        if (target == null) {
            Cause cause = seen.gateSwitch().blocks(caller) ? Cause.KILLED : Cause.UNAVAILABLE;
            return new Permit<>(gate, input, caller, null, null, Miss.of(cause));
        }
        Flight<I, O> first = Flight.permitted(gate.invoker(), target.version(), caller, false, seen);
        Miss miss = admit(gate, seen, target, first, input);
        if (miss == null) {
            return new Permit<>(gate, input, caller, target.version(), first, null);
        }
        first.missed(miss.cause);
        Served<I, O> stable = seen.stable();
        if (stable == null || stable.version() == target.version() || miss.byGate) {
            return new Permit<>(gate, input, caller, target.version(), null, miss);
        }
        Flight<I, O> second = Flight.permitted(gate.invoker(), stable.version(), caller, true, null);
        Miss again = admit(gate, seen, stable, second, input);
        if (again == null) {
            return new Permit<>(gate, input, caller, target.version(), second, miss);
        }
        Permit<I, O> refused = new Permit<>(gate, input, caller, target.version(), null, miss);
        refused.standIn = stable.version();
        refused.standInMiss = again;
        return refused;
    }

    private static <I, O> @Nullable Miss admit(
            ModelGate<I, O> gate, GateState<I, O> seen, Served<I, O> target, Flight<I, O> flight, @Nullable I input) {
        if (target.killSwitch().blocks(flight.caller())) {
            return Miss.of(Cause.KILLED);
        }
        long now = gate.ticker().read();
        return flight.admit(seen, input, now, now);
    }

    /** Whether the call may run. */
    public boolean granted() {
        return admitted != null;
    }

    /**
     * The version to run.
     *
     * @throws IllegalStateException if the permit was not granted
     */
    public String version() {
        return granted(admitted).id;
    }

    /**
     * What the code that runs the version may ask of its call.
     *
     * @throws IllegalStateException if the permit was not granted
     */
    public Call call() {
        return granted(flight);
    }

    /** Why the version that the caller was routed to does not answer; empty while it may. */
    public Optional<Cause> cause() {
        lock.lock();
        try {
            return Optional.ofNullable(routedMiss).map(miss -> miss.cause);
        } finally {
            lock.unlock();
        }
    }

    /** What names its outcome, as {@link Outcome#id} does; empty before it is settled with an answer, or has fallen back. */
    public Optional<OutcomeId> id() {
        lock.lock();
        try {
            return Optional.ofNullable(id);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Settles the permit with the model's answer and says whether it is usable: in time, and passed by the gate's accept check. If it is
     * not, the version has failed, and {@link #fallBack} has the answer for the caller.
     *
     * @throws IllegalStateException if the permit was not granted or is settled
     */
    public boolean success(O answer) {
        lock.lock();
        try {
            RegisteredVersion<I, O> version = granted(admitted);
            Flight<I, O> landing = granted(flight);
            settle();
            Object landed;
            try {
                landed = landing.bring(answer);
            } catch (Error e) {
                missed(Miss.of(Cause.INVALID_OUTPUT, e));
                throw e;
            }
            if (landed instanceof Miss miss) {
                missed(miss);
                return false;
            }
            if (version != routed && routedMiss != null) {
                version.counts.usedAsRung();
                gate.count(routed, Outcome.STABLE, routedMiss.cause);
            }
            counted = true;
            served(version, answer);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void served(RegisteredVersion<I, O> version, O answer) {
        Miss why = routedMiss;
        RegisteredVersion<I, O> to = routed;
        Outcome<O> outcome = version == to || why == null || to == null
                ? new Outcome.Answered<>(answer, version.id, gate.gates().staleness())
                : new Outcome.FellBack<>(
                        answer,
                        Outcome.STABLE,
                        version.id,
                        why.cause,
                        to.id,
                        why.error,
                        gate.gates().staleness());
        id = gate.hearing()
                .nameAndTell(flight == null ? null : flight.routedIn(), outcome, start, input, caller, traceId)
                .issued();
    }

    /**
     * Settles the permit with what the model threw.
     *
     * @throws IllegalStateException if the permit was not granted or is settled
     */
    public void failure(Throwable thrown) {
        lock.lock();
        try {
            Flight<I, O> landing = granted(flight);
            settle();
            missed(landing.bringFailure(thrown));
        } finally {
            lock.unlock();
        }
    }

    private void settle() {
        if (settled) {
            throw new IllegalStateException("this permit is settled; each is settled once");
        }
        settled = true;
    }

    private void missed(Miss miss) {
        if (admitted == routed) {
            routedMiss = miss;
            granted(flight).missed(miss.cause);
        } else {
            standIn = admitted;
            standInMiss = miss;
        }
    }

    /**
     * Answers a call that was refused, failed or gave no usable answer, as {@link ModelGate#decide} would: by stable or the ladder.
     *
     * @throws IllegalStateException if the permit was granted and is not settled, or if the call has its outcome
     */
    public Outcome<O> fallBack(I input) {
        lock.lock();
        try {
            Miss why = routedMiss;
            if (!settled || counted || why == null) {
                throw new IllegalStateException(
                        counted
                                ? "this call has its outcome"
                                : "this permit is granted; settle it with success or failure first");
            }
            counted = true;
            Descent<I, O> descent = new Descent<>(gate, input, caller, routed, why, start);
            if (standIn != null && standInMiss != null) {
                descent.missed(standIn, standInMiss);
            }
            Outcome<O> outcome = gate.hearing().nameAndTell(null, descent.outcome(), start, input, caller, traceId);
            id = outcome.issued();
            return outcome;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the call: an unsettled permit counts as a failure, and a call that nobody answered as a hard failure. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!settled) {
                failure(new IllegalStateException("the permit was closed unsettled"));
            }
            if (!counted && routedMiss != null) {
                counted = true;
                gate.count(routed, OutcomeCounts.NO_RUNG, routedMiss.cause);
                gate.hearing().missed(routed, routedMiss, start, input, caller, traceId);
            }
        } finally {
            lock.unlock();
        }
    }

    private static <T> T granted(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("this permit was not granted; ask granted() first, then use fallBack");
        }
        return part;
    }
}
