package io.modelgate;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Gives the outcomes of one gate's calls their ids, and tells those who listen what calls came to. Thread-safe. */
final class HeardCalls<I, O> {

    private final ModelGate<I, O> gate;
    private final Gates gates;
    private final OutcomeIds ids;

    /** Whether feedback may come of outcomes: then each has an id, whoever listens. */
    private final boolean labelled;

    HeardCalls(ModelGate<I, O> gate, OutcomeIds ids, boolean labelled) {
        this.gate = gate;
        this.ids = ids;
        this.labelled = labelled;
        gates = gate.gates();
    }

    /** Whether anybody listens, or did when the call was routed: who listens to a rollout may have left when its last call ends. */
    boolean heard(@Nullable GateState<I, O> routedIn) {
        return gate.state().heard() || (routedIn != null && routedIn.heard());
    }

    /** The trace that a call begins in, if anybody listens: it may end on any thread. */
    @Nullable
    String traceId() {
        return gate.state().heard() ? gates.served().traceId() : null;
    }

    /**
     * The outcome of a call with its id, if anybody listens, who then hears of it, or feedback may come of it. Once for each call.
     *
     * @param routedIn the snapshot in which the caller was routed; null if it was not, or nobody routed to answered
     * @param traceId the trace that the call began in
     */
    Outcome<O> nameAndTell(
            @Nullable GateState<I, O> routedIn,
            Outcome<O> outcome,
            long start,
            @Nullable I input,
            Caller caller,
            @Nullable String traceId) {
        boolean heard = heard(routedIn);
        if (!heard && !labelled) {
            return outcome;
        }
        Outcome<O> named = named(routedIn, outcome, start, caller);
        if (heard) {
            EndedCall<I, O> ended = new EndedCall<>(gate, input, caller, start);
            ended.came(named);
            ended.trace(traceId);
            gates.served().ended(ended);
        }
        return named;
    }

    /** The outcome of a call that the version answered to which its caller was routed in a snapshot, with its id. */
    Outcome<O> answered(
            @Nullable GateState<I, O> routedIn, O answer, String version, Duration stale, long start, Caller caller) {
        return new Outcome.Answered<>(answer, version, stale, idOfAnswer(routedIn, version, start, caller));
    }

    /** With the place in the rollout, if the caller has one there and feedback may ask for it. */
    private OutcomeId idOfAnswer(@Nullable GateState<I, O> routedIn, String version, long start, Caller caller) {
        Watch watch = routedIn == null || !labelled ? null : routedIn.watch();
        if (watch != null && routedIn != null && !routedIn.barsAnArm(caller)) {
            try {
                long place = watch.place(caller);
                if (place >= 0) {
                    return new OutcomeId(ids, version, watch.rollout(), watch.carried(place), start);
                }
            } catch (Throwable e) {
                gates.warnings().threw(gate.invoker().watch(), e);
            }
        }
        return new OutcomeId(ids, version, 0, Watch.NOWHERE, start);
    }

    /** Those who listen hear of a call that ends without an outcome. */
    void threw(
            @Nullable RegisteredVersion<I, O> routed,
            Throwable thrown,
            Cause cause,
            long start,
            @Nullable I input,
            Caller caller,
            @Nullable String traceId) {
        var unused = nameAndTell(
                null,
                routed == null
                        ? new Outcome.Refused<>(cause, null, thrown, gates.staleness())
                        : new Outcome.Failed<>(cause, routed.id, thrown, gates.staleness()),
                start,
                input,
                caller,
                traceId);
    }

    /** Those who listen hear of a call that nobody answered and whose ladder nobody asked. */
    void missed(
            @Nullable RegisteredVersion<I, O> routed,
            Miss miss,
            long start,
            @Nullable I input,
            Caller caller,
            @Nullable String traceId) {
        var unused = nameAndTell(
                null,
                miss.cause.refusal() || routed == null
                        ? new Outcome.Refused<>(
                                miss.cause, routed == null ? null : routed.id, miss.error, gates.staleness())
                        : new Outcome.Failed<>(miss.cause, routed.id, miss.error, gates.staleness()),
                start,
                input,
                caller,
                traceId);
    }

    Outcome<O> named(@Nullable GateState<I, O> routedIn, Outcome<O> outcome, long start, Caller caller) {
        if (outcome instanceof Outcome.Answered<O> answered) {
            return answered(routedIn, answered.value(), answered.version(), answered.staleness(), start, caller);
        }
        String version = outcome instanceof Outcome.FellBack<O> stood ? stood.rungVersion() : null;
        OutcomeId id = new OutcomeId(ids, version, 0, Watch.NOWHERE, start);
        if (outcome instanceof Outcome.FellBack<O> fell) {
            return new Outcome.FellBack<>(
                    fell.value(),
                    fell.rung(),
                    fell.rungVersion(),
                    fell.reason(),
                    fell.routedTo(),
                    fell.error(),
                    fell.staleness(),
                    id);
        }
        if (outcome instanceof Outcome.Failed<O> failed) {
            return new Outcome.Failed<>(failed.reason(), failed.routedTo(), failed.error(), failed.staleness(), id);
        }
        Outcome.Refused<O> refused = (Outcome.Refused<O>) outcome;
        return new Outcome.Refused<>(refused.reason(), refused.routedTo(), refused.error(), refused.staleness(), id);
    }
}
