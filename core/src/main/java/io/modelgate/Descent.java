package io.modelgate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One call on its way down the ladder. */
final class Descent<I, O> implements Fallen<I, O> {

    /** The start of a call that has not read the clock: a killed call does not, unless a rung asks for the time. */
    static final long UNREAD = Long.MIN_VALUE;

    private final ModelGate<I, O> gate;
    private final I input;
    private final Caller caller;
    private final @Nullable RegisteredVersion<I, O> routed;
    private final Miss miss;

    /** The asynchronous call on whose behalf this is, or null. */
    private final @Nullable AsyncCall<I, O, ?> owner;

    private final List<String> faultyBackends = new ArrayList<>(2);
    private final List<RegisteredVersion<I, O>> asked = new ArrayList<>(2);
    private long start;
    private boolean refusedByGate;
    private boolean interrupted;

    Descent(
            ModelGate<I, O> gate,
            I input,
            Caller caller,
            @Nullable RegisteredVersion<I, O> routed,
            Miss miss,
            long start) {
        this(gate, input, caller, routed, miss, start, null);
    }

    Descent(
            ModelGate<I, O> gate,
            I input,
            Caller caller,
            @Nullable RegisteredVersion<I, O> routed,
            Miss miss,
            long start,
            @Nullable AsyncCall<I, O, ?> owner) {
        this.owner = owner;
        this.gate = gate;
        this.input = input;
        this.caller = caller;
        this.routed = routed;
        this.miss = miss;
        this.start = start;
        refusedByGate = routed == null && miss.cause == Cause.KILLED;
        missed(routed, miss);
    }

    /** Takes note that a version was asked and gave no usable answer. */
    void missed(@Nullable RegisteredVersion<I, O> version, Miss missed) {
        if (version != null) {
            asked.add(version);
        }
        refusedByGate |= missed.byGate;
        interrupted |= missed.interrupted;
        boolean fault =
                missed.cause == Cause.ERROR || missed.cause == Cause.TIMEOUT || missed.cause == Cause.BREAKER_OPEN;
        if (fault && version != null) {
            faultyBackends.add(version.backend);
        }
    }

    /** The asynchronous call that this is for, which its caller may give up; null for any other. */
    @Nullable
    AsyncCall<I, O, ?> owner() {
        return owner;
    }

    /** Whether this version was asked before. */
    boolean asked(RegisteredVersion<I, O> version) {
        return asked.contains(version);
    }

    /** Asks no version: whoever comes down with a stream has asked them. */
    Descent<I, O> ofLadder() {
        refusedByGate = true;
        return this;
    }

    /** Whether another version may be asked at all. */
    boolean mayAskModel() {
        return !refusedByGate && !ended();
    }

    /** Whether nothing more is tried: the thread was interrupted, or an asynchronous caller gave up. */
    private boolean ended() {
        return interrupted || (owner != null && owner.isDone());
    }

    /** Answers the call: a candidate's caller by stable, then everyone by the ladder. Counts the outcome; to be asked for once. */
    Outcome<O> outcome() {
        try {
            return descend();
        } catch (Error e) {
            gate.count(routed, OutcomeCounts.NO_RUNG, miss.cause);
            throw e;
        }
    }

    private Outcome<O> descend() {
        GateState<I, O> seen = gate.state();
        Served<I, O> stable = seen.stable();
        if (routed != null && stable != null && !asked(stable.version()) && mayAskModel()) {
            O answer = ask(seen, stable);
            if (answer != null) {
                return fellBack(new Fallback.Rescue<>(Outcome.STABLE, answer, stable.version().id));
            }
        }
        Fallback<I, O> fallback = gate.fallback();
        Fallback.Rescue<O> rescue = fallback == null || ended() ? null : askLadder(fallback);
        if (rescue != null && !ended()) { // a rung may have been interrupted
            return fellBack(rescue);
        }
        gate.count(routed, OutcomeCounts.NO_RUNG, miss.cause);
        return miss.cause.refusal() || routed == null
                ? new Outcome.Refused<>(
                        miss.cause, routedOrNull(), miss.error, gate.gates().staleness())
                : new Outcome.Failed<>(
                        miss.cause, routed.id, miss.error, gate.gates().staleness());
    }

    private Fallback.@Nullable Rescue<O> askLadder(Fallback<I, O> fallback) {
        try {
            return fallback.answer(this).orElse(null);
        } catch (Exception e) {
            gate.gates().warnings().threw("the ladder of gate \"" + gate.name() + "\"", e);
            return null;
        }
    }

    private Outcome<O> fellBack(Fallback.Rescue<O> rescue) {
        gate.count(routed, rescue.rung(), miss.cause);
        return new Outcome.FellBack<>(
                rescue.answer(),
                rescue.rung(),
                rescue.version(),
                miss.cause,
                routedOrNull(),
                miss.error,
                gate.gates().staleness());
    }

    /** Asks another version, unless a kill bars it; null if it gave no usable answer. */
    @Nullable
    O ask(GateState<I, O> seen, Served<I, O> other) {
        if (seen.gateSwitch().blocks(caller) || other.killSwitch().blocks(caller)) {
            return null;
        }
        long now = gate.ticker().read();
        Object answer = gate.invoker().invoke(seen, other.version(), input, caller, startOr(now), now, true, owner);
        if (answer instanceof Miss again) {
            missed(other.version(), again);
            return null;
        }
        other.version().counts.usedAsRung();
        gate.remember(input, caller, other.version().id, answer);
        @SuppressWarnings("unchecked") // attempt returns an answer or a Miss
        O usable = (O) answer;
        return usable;
    }

    private long startOr(long now) {
        if (start == UNREAD) {
            start = now;
        }
        return start;
    }

    private @Nullable String routedOrNull() {
        return routed == null ? null : routed.id;
    }

    @Override
    public I input() {
        return input;
    }

    @Override
    public Caller caller() {
        return caller;
    }

    @Override
    public Cause cause() {
        return miss.cause;
    }

    @Override
    public Optional<Throwable> error() {
        return Optional.ofNullable(miss.error);
    }

    @Override
    public Optional<String> routed() {
        return routed == null ? Optional.empty() : routed.idOptional;
    }

    @Override
    public Duration timeLeft() {
        if (gate.invoker().deadlineNanos() == Long.MAX_VALUE) {
            return Duration.ofNanos(Long.MAX_VALUE);
        }
        long now = gate.ticker().read();
        return Duration.ofNanos(Math.max(0, gate.invoker().deadlineNanos() - (now - startOr(now))));
    }

    @Override
    public Optional<Fallback.Rescue<O>> previousVersion(String rung) {
        if (!mayAskModel()) {
            return Optional.empty();
        }
        GateState<I, O> seen = gate.state();
        for (Served<I, O> previous : seen.previous()) {
            if (asked(previous.version()) || previous.killSwitch().blocks(caller)) {
                continue;
            }
            if (faultyBackends.stream().anyMatch(previous.version()::sharesBackend)) {
                return Optional.empty();
            }
            O answer = ask(seen, previous);
            return answer == null
                    ? Optional.empty()
                    : Optional.of(new Fallback.Rescue<>(rung, answer, previous.version().id));
        }
        return Optional.empty();
    }

    @Override
    public boolean mayServe(String version) {
        GateState<I, O> seen = gate.state();
        Served<I, O> served = seen.versions().get(version);
        return served != null
                && !seen.rolledBack().contains(version)
                && !served.ownSwitch().blocks(caller);
    }
}
