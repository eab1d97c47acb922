package io.modelgate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot of one gate: what the hot path reads, compiled from the fold and this process's own kills. Immutable; each change
 * makes a new one, and the reference to it is the one volatile read before a model is invoked.
 *
 * @param gateSwitch the kills of the fleet and the gate
 * @param stable the version that everyone gets, or null if none that may serve is registered here
 * @param candidate the version under rollout, or null when there is none that may be routed to
 * @param routing who goes to the candidate; null exactly when {@code candidate} is
 * @param watch what hears of the calls of candidate and stable; null where those two are not compared
 * @param labels what hears of the labels of their calls, wherever one may come; null where nobody listens
 * @param previous earlier stable versions that may stand in, latest first
 * @param versions all versions registered here, by id
 * @param rolledBack the versions that were rolled back
 * @param killed the answer to every call that the gate switch blocks, when the ladder makes it a constant
 * @param heard whether anybody listens to its calls
 */
record GateState<I, O>(
        Switch gateSwitch,
        @Nullable Served<I, O> stable,
        @Nullable Served<I, O> candidate,
        Router.@Nullable Routing routing,
        @Nullable Watch watch,
        @Nullable Watch labels,
        List<Served<I, O>> previous,
        Map<String, Served<I, O>> versions,
        Set<String> rolledBack,
        @Nullable KilledAnswer<O> killed,
        boolean heard) {

    /** The outcome of every killed call, made once, and the counter of such calls. */
    record KilledAnswer<O>(Outcome.FellBack<O> outcome, LongAdder calls) {

        /** The outcome; another one only where the log is stale. */
        Outcome<O> outcome(Duration staleness) {
            return staleness.isZero()
                    ? outcome
                    : new Outcome.FellBack<>(
                            outcome.value(), outcome.rung(), null, outcome.reason(), null, null, staleness);
        }
    }

    /**
     * Whether a kill bars the caller from candidate or stable, so that it is no part of their comparison: who is left in one arm would not
     * be as those in the other.
     */
    boolean barsAnArm(Caller caller) {
        return candidate == null
                || stable == null
                || candidate.killSwitch().blocks(caller)
                || stable.killSwitch().blocks(caller);
    }

    boolean blocks(RegisteredVersion<I, O> version, String[] attributes) {
        Served<I, O> served = versions.get(version.id);
        return served == null || served.killSwitch().blocks(attributes);
    }
}
