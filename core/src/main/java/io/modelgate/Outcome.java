package io.modelgate;

import io.modelgate.budget.BudgetRefusedException;
import io.modelgate.budget.Refusal;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one call: an answer with its provenance, or the reason why there is none.
 *
 * <p>Every call has exactly one outcome. {@link Answered} comes from the version the caller was routed to;
 * {@link FellBack} from another version or a rung of the ladder; {@link Refused} and {@link Failed} mean that the ladder
 * ended in hard failure. Immutable; as thread-safe as the answer in it.
 *
 * @param <O> the answer
 */
public sealed interface Outcome<O> {

    /** The rung name of an answer that stable gave to a caller whose candidate refused or failed. */
    String STABLE = "stable";

    /** The answer, absent after a hard failure. */
    Optional<O> answer();

    /** Why the routed version did not answer; absent when it did. */
    Optional<Cause> cause();

    /** The version that the caller was routed to; absent when the gate refused before routing. */
    Optional<String> routed();

    /** The version that gave the answer; absent when a rung that is no version answered, or nobody did. */
    Optional<String> answeredBy();

    /**
     * How long before the call this process last knew that it had every decision of the control log, kills among them; zero if it knew at
     * the call, as it always does on a log in memory or in a file. It is looked at every 100 ms, or more often under a shorter
     * {@linkplain GatesBuilder#killWhenStale limit}, and is that much coarser than the log's own word.
     */
    Duration staleness();

    /** Its id, if it has one. */
    @Nullable
    OutcomeId issued();

    /**
     * What names it, for what is learnt of it later; absent where the gate has no {@linkplain GateBuilder#label labels} and nobody
     * {@linkplain ModelGate#onServed listens} to its calls.
     */
    default Optional<OutcomeId> id() {
        return Optional.ofNullable(issued());
    }

    /** The numbers, where a budget or a limit on runaways refused the version that the caller was routed to. */
    default Optional<Refusal> refusal() {
        Throwable error = null;
        if (this instanceof FellBack<O> fell) {
            error = fell.error();
        } else if (this instanceof Refused<O> refused) {
            error = refused.error();
        }
        return error instanceof BudgetRefusedException refused
                ? Optional.ofNullable(refused.refusal())
                : Optional.empty();
    }

    /**
     * The routed version answered.
     *
     * @param value its answer
     * @param version its id
     * @param staleness see {@link Outcome#staleness}
     * @param issued see {@link Outcome#id}; null if it has none
     */
    record Answered<O>(
            O value,
            String version,
            Duration staleness,
            @Nullable OutcomeId issued) implements Outcome<O> {

        /** An outcome without an id. */
        public Answered(O value, String version, Duration staleness) {
            this(value, version, staleness, null);
        }

        /** An outcome of a process that had every decision, without an id. */
        public Answered(O value, String version) {
            this(value, version, Duration.ZERO, null);
        }

        @Override
        public Optional<O> answer() {
            return Optional.of(value);
        }

        @Override
        public Optional<Cause> cause() {
            return Optional.empty();
        }

        @Override
        public Optional<String> routed() {
            return Optional.of(version);
        }

        @Override
        public Optional<String> answeredBy() {
            return Optional.of(version);
        }
    }

    /**
     * A rung answered instead.
     *
     * @param value the rung's answer
     * @param rung the rung's name; {@link #STABLE} when stable stood in for the candidate
     * @param rungVersion the version behind the rung's answer, or null if the rung is no version
     * @param reason why the routed version did not answer
     * @param routedTo the version routed to, or null if the gate refused before routing
     * @param error what the routed version threw, or what says more about a refusal, or null
     * @param staleness see {@link Outcome#staleness}
     * @param issued see {@link Outcome#id}; null if it has none
     */
    record FellBack<O>(
            O value,
            String rung,
            @Nullable String rungVersion,
            Cause reason,
            @Nullable String routedTo,
            @Nullable Throwable error,
            Duration staleness,
            @Nullable OutcomeId issued)
            implements Outcome<O> {

        /** An outcome without an id. */
        public FellBack(
                O value,
                String rung,
                @Nullable String rungVersion,
                Cause reason,
                @Nullable String routedTo,
                @Nullable Throwable error,
                Duration staleness) {
            this(value, rung, rungVersion, reason, routedTo, error, staleness, null);
        }

        /** An outcome of a process that had every decision, without an id. */
        public FellBack(
                O value,
                String rung,
                @Nullable String rungVersion,
                Cause reason,
                @Nullable String routedTo,
                @Nullable Throwable error) {
            this(value, rung, rungVersion, reason, routedTo, error, Duration.ZERO, null);
        }

        @Override
        public Optional<O> answer() {
            return Optional.of(value);
        }

        @Override
        public Optional<Cause> cause() {
            return Optional.of(reason);
        }

        @Override
        public Optional<String> routed() {
            return Optional.ofNullable(routedTo);
        }

        @Override
        public Optional<String> answeredBy() {
            return Optional.ofNullable(rungVersion);
        }
    }

    /**
     * The gate refused the call and no rung answered.
     *
     * @param reason why
     * @param routedTo the version routed to, or null if the gate refused before routing
     * @param error what says more about it, for instance an {@link io.modelgate.budget.BudgetRefusedException} with the numbers, or null
     * @param staleness see {@link Outcome#staleness}
     * @param issued see {@link Outcome#id}; null if it has none
     */
    record Refused<O>(
            Cause reason,
            @Nullable String routedTo,
            @Nullable Throwable error,
            Duration staleness,
            @Nullable OutcomeId issued)
            implements Outcome<O> {

        /** An outcome without an id. */
        public Refused(Cause reason, @Nullable String routedTo, @Nullable Throwable error, Duration staleness) {
            this(reason, routedTo, error, staleness, null);
        }

        /** An outcome of a process that had every decision, without an id. */
        public Refused(Cause reason, @Nullable String routedTo, @Nullable Throwable error) {
            this(reason, routedTo, error, Duration.ZERO, null);
        }

        @Override
        public Optional<O> answer() {
            return Optional.empty();
        }

        @Override
        public Optional<Cause> cause() {
            return Optional.of(reason);
        }

        @Override
        public Optional<String> routed() {
            return Optional.ofNullable(routedTo);
        }

        @Override
        public Optional<String> answeredBy() {
            return Optional.empty();
        }
    }

    /**
     * The model failed the call and no rung answered.
     *
     * @param reason how
     * @param routedTo the version that failed
     * @param error what it threw, or null if it threw nothing
     * @param staleness see {@link Outcome#staleness}
     * @param issued see {@link Outcome#id}; null if it has none
     */
    record Failed<O>(
            Cause reason,
            String routedTo,
            @Nullable Throwable error,
            Duration staleness,
            @Nullable OutcomeId issued) implements Outcome<O> {

        /** An outcome without an id. */
        public Failed(Cause reason, String routedTo, @Nullable Throwable error, Duration staleness) {
            this(reason, routedTo, error, staleness, null);
        }

        /** An outcome of a process that had every decision, without an id. */
        public Failed(Cause reason, String routedTo, @Nullable Throwable error) {
            this(reason, routedTo, error, Duration.ZERO, null);
        }

        @Override
        public Optional<O> answer() {
            return Optional.empty();
        }

        @Override
        public Optional<Cause> cause() {
            return Optional.of(reason);
        }

        @Override
        public Optional<String> routed() {
            return Optional.of(routedTo);
        }

        @Override
        public Optional<String> answeredBy() {
            return Optional.empty();
        }
    }
}
