package io.modelgate;

import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * A version that is asked outside of any routing, with a breaker, a concurrency bound and budgets of its own: {@link ModelGate#twin}. It is
 * killed exactly as the version is, and what of it still runs counts in {@link KillReceipt#inFlight}. A version that knows its call is
 * {@linkplain Call#shadow told} that nobody gets the answer. Thread-safe.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class Twin<I, O> implements AutoCloseable {

    private final ModelGate<I, O> gate;
    private final RegisteredVersion<I, O> version;
    private final Invoker<I, O> invoker;
    private final LongAdder asking = new LongAdder();
    private volatile boolean closed;

    private Twin(ModelGate<I, O> gate, RegisteredVersion<I, O> version, Invoker<I, O> invoker) {
        this.gate = gate;
        this.version = version;
        this.invoker = invoker;
    }

    static <I, O> Twin<I, O> of(
            ModelGate<I, O> gate, RegisteredVersion<I, O> of, GateConfig<I, O> config, TwinBuilder builder) {
        check(of.id, config, builder);
        GateConfig<I, O> own =
                config.ofTwin(of.spec, builder.rateLimit, builder.maxConcurrent, List.copyOf(builder.budgets));
        return new Twin<>(
                gate, new RegisteredVersion<>(of, own, gate.ticker()), new Invoker<>(gate, own, gate.ticker()));
    }

    private static void check(String version, GateConfig<?, ?> config, TwinBuilder builder) {
        String where = "twin of version \"" + version + "\" of gate \"" + config.name() + "\": ";
        if (!builder.budgets.isEmpty() && config.tokens() == null) {
            throw new IllegalArgumentException(
                    where + "it has budgets, but the gate does not say how to count; add tokens(…) to the gate");
        }
        Set<String> gates = config.budgets().stream().map(Budget::name).collect(Collectors.toSet());
        for (Budget budget : builder.budgets) {
            if (gates.contains(budget.name())) {
                throw new IllegalArgumentException(where + "budget \"" + budget.name()
                        + "\" is the gate's own, which the twin would spend; give it another name");
            }
            if (budget.per() instanceof Per.Attribute per
                    && !config.attributes().contains(per.name())) {
                throw new IllegalArgumentException(where + "budget \"" + budget.name() + "\" is per attribute \""
                        + per.name() + "\", which the gate does not declare; declared are " + config.attributes());
            }
        }
    }

    /**
     * Asks the version on this thread: {@link Outcome.Answered} if its answer passes the gate's checks, {@link Outcome.Failed} if it does not, threw
     * or took too long, {@link Outcome.Refused} if a kill, the breaker, a bound or a budget kept it from being asked. Never throws; what the model
     * threw, an {@link Error} too, is in the outcome.
     */
    public Outcome<O> ask(I input, Caller caller) {
        asking.increment();
        try {
            return closed ? missed(Miss.of(Cause.UNAVAILABLE)) : outcome(asked(input, caller));
        } catch (Throwable e) { // an Error of the model's, or what users' code that counts tokens threw
            return missed(Miss.of(Cause.ERROR, e));
        } finally {
            asking.decrement();
        }
    }

    private Object asked(I input, Caller caller) {
        GateState<I, O> seen = gate.state();
        Served<I, O> served = seen.versions().get(version.id);
        if (served == null || served.killSwitch().blocks(caller)) {
            return Miss.of(served == null ? Cause.UNAVAILABLE : Cause.KILLED);
        }
        long start = gate.ticker().read();
        // As one that stands in for another: no watch of the gate's hears of it.
        return invoker.invoke(seen, version, input, caller, start, start, true, null);
    }

    @SuppressWarnings("unchecked") // what the version answered
    private Outcome<O> outcome(Object answer) {
        return answer instanceof Miss miss
                ? missed(miss)
                : new Outcome.Answered<>((O) answer, version.id, gate.gates().staleness());
    }

    private Outcome<O> missed(Miss miss) {
        return miss.cause.refusal()
                ? new Outcome.Refused<>(
                        miss.cause, version.id, miss.error, gate.gates().staleness())
                : new Outcome.Failed<>(
                        miss.cause, version.id, miss.error, gate.gates().staleness());
    }

    /** The version. */
    public String version() {
        return version.id;
    }

    /** How many of its calls are running. */
    public long inFlight() {
        return version.counts.inFlight();
    }

    /** How many of its models still run although their calls have ended without them. */
    public long overdue() {
        return version.overdue.sum();
    }

    /** Asks the version no more; what runs goes on, and is in view of kills until it has ended. Idempotent. */
    @Override
    public void close() {
        closed = true;
    }

    /** Whether nothing of it runs any more, nor ever will. */
    boolean over() {
        return closed && asking.sum() == 0 && inFlight() == 0 && overdue() == 0;
    }

    /** Forgets what it spent, which no budget of the gate's did. */
    void discard() {
        Spending<I, O> spending = invoker.spending();
        if (spending != null) {
            spending.discard(gate.gates());
        }
    }

    void cutBarred(GateState<I, O> state) {
        invoker.cutBarred(state);
    }
}
