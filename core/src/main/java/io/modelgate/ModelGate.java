package io.modelgate;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.control.ControlLog;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards every call to one model. Thread-safe.
 *
 * <p>A call passes, in this order and never another: gate switch, routing, version switch, circuit breaker, concurrency bound, rate
 * limit, budgets, the model, the accept check. Whatever stops it sends it to the fallback: a candidate's caller to stable first, then everyone
 * down the ladder.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class ModelGate<I, O> {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final GateConfig<I, O> config;
    private final Gates gates;
    private final Ticker ticker;
    private final Map<String, RegisteredVersion<I, O>> registered = new ConcurrentHashMap<>();
    private final List<Twin<I, O>> twins = new CopyOnWriteArrayList<>();
    private final OutcomeCounts outcomes;
    private final GateCompiler<I, O> compiler;
    private final Invoker<I, O> invoker;
    private final @Nullable Fallback<I, O> remembering;
    private final List<Metric<O>> metrics;
    private final List<Metric<O>> metricsAndLabels;
    private final boolean labelled;
    private final HeardCalls<I, O> hearing;
    private final GateFeedback feedback;
    private final @Nullable CallObserver observer;
    private Optional<String> lack = Optional.empty();

    /** Guarded by the lock of the control side. */
    private Predicate<Router.Routing> bar = routing -> false;

    private volatile @Nullable GateMeters meters;

    /** The snapshot. Set only under the lock of the control side, once before the gate is handed out. */
    private volatile GateState<I, O> state;

    ModelGate(GateConfig<I, O> config, Gates gates) {
        this.config = config;
        this.gates = gates;
        ticker = gates.ticker();
        observer = gates.observer();
        metrics = config.metrics().stream()
                .map(metric -> metric.guarded(config.name(), gates.warnings()))
                .toList();
        metricsAndLabels = Stream.concat(
                        metrics.stream(), config.labels().stream().map(Metric::<O>of))
                .toList();
        labelled = !config.labels().isEmpty();
        OutcomeIds ids = gates.outcomeIds(config.name());
        hearing = new HeardCalls<>(this, ids, labelled);
        feedback = new GateFeedback(config.name(), config.labels(), ids, gates, this::onNewFeedback);
        outcomes = new OutcomeCounts(this::onNewOutcome);
        compiler = new GateCompiler<>(config, outcomes, gates.warnings());
        invoker = new Invoker<>(this, config, ticker);
        remembering = config.fallback() != null && config.fallback().remembers() ? config.fallback() : null;
        for (VersionBuilder<I, O> version : config.versions()) {
            registered.put(version.id(), newVersion(version));
        }
        state = compiler.compile(new GateFold(), List.of(), bar, registered.values(), candidate -> false);
    }

    private RegisteredVersion<I, O> newVersion(VersionBuilder<I, O> version) {
        return new RegisteredVersion<>(
                version,
                config,
                ticker,
                gates.faults(),
                change -> gates.events()
                        .publish(new GateEvent.BreakerChanged(
                                change.gate(), change.version(), change.from(), change.to())));
    }

    // ---- serving

    /**
     * Answers {@code input} for a caller: by the version that the caller is routed to or else by the ladder. Allocates nothing of its
     * own when that version answers.
     *
     * @throws GateException if neither the model nor the ladder has an answer; its cause is what the model threw, the same instance
     */
    public O call(I input, Caller caller) {
        if (observer != null) {
            return observedAnswer(observer, input, caller.copy());
        }
        GateState<I, O> seen = state;
        if (seen.heard()) {
            return heard(seen, input, caller.copy(), true).value();
        }
        if (seen.gateSwitch().blocks(caller)) {
            return valueOf(killed(seen, input, caller.copy()));
        }
        Served<I, O> target = route(seen, caller);
        long start = start(target, caller);
        Object answer = serve(seen, target, input, caller, start, null);
        return isAll(answer) ? answerIn(answer) : answerOf(outcome(seen, target, answer, input, caller.copy(), start));
    }

    /** Answers {@code input} for a caller as {@link #call} does and says who answered and why. Never throws a {@link GateException}. */
    public Outcome<O> decide(I input, Caller caller) {
        return observer == null ? decided(input, caller) : observed(observer, input, caller.copy());
    }

    private O observedAnswer(CallObserver observer, I input, Caller caller) {
        return answerOf(observed(observer, input, caller));
    }

    private Outcome<O> observed(CallObserver observer, I input, Caller caller) {
        ObservedCall call = ObservedCall.begin(observer, config.name(), gates.warnings());
        Outcome<O> outcome;
        try {
            outcome = decided(input, caller);
        } catch (Throwable e) {
            call.left();
            call.threw(e);
            throw e;
        }
        call.left();
        call.ended(outcome);
        return outcome;
    }

    private Outcome<O> decided(I input, Caller caller) {
        GateState<I, O> seen = state;
        if (labelled || seen.heard()) {
            return heard(seen, input, caller.copy(), false).outcome();
        }
        if (seen.gateSwitch().blocks(caller)) {
            return killed(seen, input, caller.copy());
        }
        Served<I, O> target = route(seen, caller);
        long start = start(target, caller);
        Object answer = serve(seen, target, input, caller, start, null);
        return isAll(answer) && target != null
                ? new Outcome.Answered<>(answerIn(answer), target.version().id, gates.staleness())
                : outcome(seen, target, answer, input, caller.copy(), start);
    }

    /**
     * A call that those hear of who listen, once it has ended, or that feedback may come of.
     *
     * @param bare whether an answer is all that the caller gets: then its outcome and id are made by whoever hears of it
     */
    private EndedCall<I, O> heard(GateState<I, O> seen, I input, Caller caller, boolean bare) {
        Served<I, O> target = null;
        long start = Descent.UNREAD;
        EndedCall<I, O> ended;
        try {
            if (seen.gateSwitch().blocks(caller)) {
                ended = new EndedCall<>(this, input, caller, start);
                ended.came(hearing.named(null, killed(seen, input, caller), start, caller));
            } else {
                target = route(seen, caller);
                start = start(target, caller);
                ended = new EndedCall<>(this, input, caller, start);
                Object answer = serve(seen, target, input, caller, start, ended);
                if (target == null || !isAll(answer)) {
                    ended.came(hearing.named(seen, outcome(seen, target, answer, input, caller, start), start, caller));
                } else if (bare) {
                    ended.answered(target.version().id, answer, gates.staleness(), labelled ? seen : null);
                } else {
                    ended.came(hearing.answered(
                            labelled ? seen : null,
                            answerIn(answer),
                            target.version().id,
                            gates.staleness(),
                            start,
                            caller));
                }
            }
        } catch (Throwable e) { // the model's Error, or what users' code that counts tokens threw
            hearing.threw(
                    target == null ? null : target.version(), e, Cause.ERROR, start, input, caller, hearing.traceId());
            throw e;
        }
        if (seen.heard()) {
            ended.trace(gates.served().traceId());
            gates.served().ended(ended);
        }
        return ended;
    }

    /** Gives its outcomes their ids, and tells those who listen. */
    HeardCalls<I, O> hearing() {
        return hearing;
    }

    // ---- what is learnt later

    /**
     * Takes what an outcome turned out to be, minutes or weeks after it, in any order and in any process on the control log, and joins it to the version
     * that answered: to its {@link #feedbackStats} and meters, and, while the rollout that the call was part of runs, to its evidence. Once: a second one of
     * the same outcome changes nothing, whatever its value.
     *
     * @param outcomeId {@link OutcomeId#text}, from wherever: what is not one of this gate's is counted and changes nothing
     * @param value of the gate's one label
     * @return what became of it
     * @throws IllegalArgumentException if the gate does not have exactly one label, or the value is out of its range
     * @throws FeedbackException if it cannot be found out whether it was given before; give it again
     * @throws IllegalStateException if the gates are closed
     */
    public Feedback feedback(String outcomeId, double value) {
        return feedback(outcomeId, feedback.only(), value);
    }

    /**
     * Takes one of several labels of an outcome, as {@link #feedback(String, double)} does; each label once.
     *
     * @throws IllegalArgumentException if the gate has no such label, or the value is out of its range
     */
    public Feedback feedback(String outcomeId, String label, double value) {
        return feedback(outcomeId, feedback.label(label), value);
    }

    private Feedback feedback(String outcomeId, Label label, double value) {
        gates.control().requireOpen();
        return feedback.take(outcomeId, label, value, () -> state);
    }

    /** What its labels said of its versions, as far as this process was given them. */
    public FeedbackStats feedbackStats() {
        return feedback.counts().stats();
    }

    /** What it hears of outcomes later, in the order in which they were given. Unmodifiable. */
    public List<Label> labels() {
        return config.labels();
    }

    /**
     * Calls a listener with every call of this gate from now on, once it has its outcome, until the subscription is closed: for records of
     * decisions, ledgers of who was reached, shadows. A call costs that one offer to a bounded queue, whoever listens; a thread of the
     * gates takes it on from there, so a listener may be heard milliseconds later, and hears of calls in the order in which they ended or
     * nearly so. One that is slow holds up the others. What finds no room is {@linkplain Gates#servedDropped counted} and heard of by nobody. One
     * that throws is reported.
     */
    @SuppressWarnings("unchecked") // the listener hears of this gate only
    public ControlLog.Subscription onServed(Consumer<? super ServedCall<I, O>> listener) {
        return gates.served().listen(name(), call -> listener.accept((ServedCall<I, O>) call), this::recompileLocked);
    }

    private void recompileLocked() {
        gates.control().locked(() -> {
            recompile();
            return true;
        });
    }

    /**
     * Answers {@code input} as {@link #call} does, later: the asynchronous version of {@link #call}, for versions of any kind. A version
     * that is not asynchronous runs on the executor, and so does the ladder. The deadline is enforced. Cancelling the stage, or completing
     * it from outside, cancels the model's; a stage derived from it does not.
     *
     * @return completes with the answer, or fails with a {@link GateException} or the model's {@link Error}
     */
    public CompletableFuture<O> callAsync(I input, Caller caller) {
        return begun(new AsyncCall<I, O, O>(this, input, caller, false));
    }

    /** Answers {@code input} as {@link #callAsync} does and says who answered and why. Never fails with a {@link GateException}. */
    public CompletableFuture<Outcome<O>> decideAsync(I input, Caller caller) {
        return begun(new AsyncCall<I, O, Outcome<O>>(this, input, caller, true));
    }

    private <R> CompletableFuture<R> begun(AsyncCall<I, O, R> call) {
        if (observer == null) {
            return call.begin();
        }
        ObservedCall observed = ObservedCall.begin(observer, config.name(), gates.warnings());
        call.observedBy(observed);
        try {
            return call.begin();
        } finally {
            observed.left();
        }
    }

    /** One more call under observation, if calls are observed. */
    @Nullable
    ObservedCall observed() {
        return observer == null ? null : ObservedCall.begin(observer, config.name(), gates.warnings());
    }

    /**
     * Admits a call of code that is no lambda: a batch, a stream. Use it in a {@code try} statement, ask {@link Permit#granted()}, run
     * {@link Permit#version()} and settle it.
     *
     * @throws IllegalStateException if the gate has budgets, which need the input: use {@link #enter(Object, Caller)}
     */
    public Permit<I, O> enter(Caller caller) {
        if (invoker.spending() != null) {
            throw new IllegalStateException("gate \"" + name()
                    + "\" has budgets, and what a call may use depends on its input; use enter(input, caller)");
        }
        return Permit.enter(this, null, caller);
    }

    /**
     * Admits a call as {@link #enter(Caller)} does, and reserves in the gate's budgets what this input may use, or less: let the model produce
     * at most {@code permit.call().maxOutputTokens()}.
     */
    public Permit<I, O> enter(I input, Caller caller) {
        return Permit.enter(this, input, caller);
    }

    @SuppressWarnings("unchecked") // serve returns an O or a Miss, told apart before this
    private O answerIn(Object served) {
        return (O) served;
    }

    O answerOf(Outcome<O> outcome) {
        return outcome instanceof Outcome.Answered<O> answered ? answered.value() : valueOf(outcome);
    }

    O valueOf(Outcome<O> outcome) {
        if (outcome instanceof Outcome.FellBack<O> fell) {
            return fell.value();
        }
        throw new GateException(config.name(), outcome);
    }

    /** The outcome of a call that the gate switch blocks: no clock is read and no model asked. */
    Outcome<O> killed(GateState<I, O> seen, I input, Caller caller) {
        GateState.KilledAnswer<O> killed = seen.killed();
        if (killed != null) {
            killed.calls().increment();
            return killed.outcome(gates.staleness());
        }
        return new Descent<>(this, input, caller, null, Miss.of(Cause.KILLED), Descent.UNREAD).outcome();
    }

    /** The version for a caller: the candidate's if the routing says so, else stable. A routing that throws means stable. */
    @Nullable
    Served<I, O> route(GateState<I, O> seen, Caller caller) {
        Served<I, O> candidate = seen.candidate();
        return candidate != null && toCandidate(seen.routing(), caller) ? candidate : seen.stable();
    }

    private boolean toCandidate(Router.@Nullable Routing routing, Caller caller) {
        try {
            return routing != null && routing.toCandidate(caller);
        } catch (Exception e) {
            gates.warnings().threw("the router of gate \"" + config.name() + "\"", e);
            return false;
        }
    }

    /** When the call begins; {@link Descent#UNREAD} if no version may serve it, for then no clock is read. */
    private long start(@Nullable Served<I, O> target, Caller caller) {
        return target == null || target.killSwitch().blocks(caller) ? Descent.UNREAD : ticker.read();
    }

    /**
     * The answer of the target version, or a {@link Miss}.
     *
     * <p>A caller that is made for one call costs no allocation as long as it stays within this method and those before it, which
     * the compiler inlines into the user's code. So what comes after gets the caller's attributes, or a copy of the caller where the
     * call leaves the usual path. All of that, {@link #call} included, has to compile to less than HotSpot's InlineSmallCode, 2,500
     * bytes: what counts calls for a rollout is therefore behind {@link Invoker#attempt}, which makes itself an equal caller.
     */
    private Object serve(
            GateState<I, O> seen,
            @Nullable Served<I, O> target,
            I input,
            Caller caller,
            long start,
            @Nullable EndedCall<I, O> ended) {
        if (target == null || start == Descent.UNREAD) {
            return Miss.of(target == null ? Cause.UNAVAILABLE : Cause.KILLED);
        }
        RegisteredVersion<I, O> version = target.version();
        try {
            return version.plain()
                    ? invoker.attempt(
                            seen,
                            version,
                            input,
                            caller.attributePairs(),
                            null,
                            start,
                            start,
                            true,
                            caller.keyOrNull(),
                            caller.sessionOrNull(),
                            caller.knownHash(),
                            ended)
                    : invoked(seen, version, input, known(caller, start), start);
        } catch (Error e) {
            count(version, OutcomeCounts.NO_RUNG, Cause.ERROR);
            throw e;
        }
    }

    /** Whether nobody but the caller wants what was served: an answer, and no ladder that remembers it. */
    private boolean isAll(Object served) {
        return remembering == null && !(served instanceof Miss);
    }

    /** The outcome of what was served: the ladder answers a miss, and hears of an answer if it remembers. */
    private Outcome<O> outcome(
            GateState<I, O> seen, @Nullable Served<I, O> target, Object served, I input, Caller caller, long start) {
        RegisteredVersion<I, O> routed = target == null ? null : target.version();
        if (served instanceof Miss miss) {
            if (routed != null) {
                invoker.missed(seen, routed, caller, miss.cause);
            }
            return new Descent<>(this, input, caller, routed, miss, start).outcome();
        }
        String version = routed == null ? "" : routed.id;
        remember(input, caller, version, served);
        return new Outcome.Answered<>(answerIn(served), version, gates.staleness());
    }

    /** The caller, with its accounts looked up where there are budgets: kept with the original, so that its next call finds them. */
    private Caller known(Caller caller, long now) {
        Spending<I, O> spending = invoker.spending();
        if (spending != null) {
            caller.resolved(spending, now);
        }
        return caller.copy();
    }

    private Object invoked(GateState<I, O> seen, RegisteredVersion<I, O> version, I input, Caller caller, long start) {
        try {
            return invoker.invoke(seen, version, input, caller, start, start, false, null);
        } catch (Error e) {
            invoker.missed(seen, version, caller, Cause.ERROR);
            throw e;
        }
    }

    /** Lets a ladder that remembers answers hear of one. */
    @SuppressWarnings("unchecked") // attempt gave the answer
    void remember(I input, Caller caller, String version, Object answer) {
        if (remembering == null) {
            return;
        }
        try {
            remembering.remember(input, caller, version, (O) answer);
        } catch (Exception e) {
            gates.warnings().threw("the memory of the ladder of gate \"" + config.name() + "\"", e);
        }
    }

    void count(@Nullable RegisteredVersion<I, O> routed, String rung, Cause cause) {
        outcomes.counter(routed == null ? null : routed.id, rung, cause).increment();
    }

    /**
     * Makes a twin of a version, which is asked outside of any routing and of which nobody gets the answer: for shadows, smoke tests and
     * to keep a version warm. A kill that bars the version bars the twin. Nothing that it does weighs in the breaker, the limits, the budgets or the meters
     * of the version and its gate, nor is it heard of by who listens to the gate's calls.
     *
     * @throws IllegalArgumentException if the version is not registered in this process, listing those that are; for a budget of the gate's
     *     own, one without tokens or prices to count by, or one per an attribute that the gate does not declare
     */
    public Twin<I, O> twin(String version, Consumer<TwinBuilder> configure) {
        RegisteredVersion<I, O> of = registered.get(version);
        if (of == null) {
            throw new IllegalArgumentException("version " + Names.quote(version) + " of gate \"" + name()
                    + "\" is not registered in this process; registered are " + registered());
        }
        TwinBuilder builder = new TwinBuilder();
        configure.accept(builder);
        Twin<I, O> twin = Twin.of(this, of, config, builder);
        twins.add(twin);
        List<Twin<I, O>> over = twins.stream().filter(Twin::over).toList();
        twins.removeAll(over);
        over.forEach(Twin::discard); // after the new one was made, which may go on with the same budgets
        return twin;
    }

    // ---- asking

    /**
     * Whether neither the gate nor the fleet is killed, for any caller. A killed version does not show here: ask {@link ModelVersion#live()}.
     */
    public boolean live() {
        return state.gateSwitch().on();
    }

    /** Whether the gate is not killed for this caller. */
    public boolean live(Caller caller) {
        return !state.gateSwitch().blocks(caller);
    }

    /** The version that would be asked for this caller now; empty when the switches leave none. Allocates nothing. */
    public Optional<String> versionFor(Caller caller) {
        GateState<I, O> seen = state;
        if (seen.gateSwitch().blocks(caller)) {
            return Optional.empty();
        }
        Served<I, O> target = route(seen, caller);
        if (target != null && target.killSwitch().blocks(caller)) {
            target = seen.stable();
        }
        return target == null || target.killSwitch().blocks(caller) ? Optional.empty() : target.version().idOptional;
    }

    /** The version that {@link #rollback} would make stable; empty if none may serve here. */
    public Optional<String> previous() {
        GateState<I, O> seen = state;
        String from = describe().stable().orElse(config.stable());
        Served<I, O> serving = seen.stable();
        // Where this process lacks stable, the version that stands in for it is the previous one.
        return serving != null && !serving.version().id.equals(from)
                ? Optional.of(serving.version().id)
                : seen.previous().stream().findFirst().map(previous -> previous.version().id);
    }

    /** Whether a version is registered in this process. */
    public boolean registered(String version) {
        return registered.containsKey(version);
    }

    /** The gate's name. */
    public String name() {
        return config.name();
    }

    /**
     * The numbers that guardrails may read off its answers, in the order in which they were given. One that throws on an answer logs a
     * warning and has no value. Unmodifiable.
     */
    public List<Metric<O>> metrics() {
        return metrics;
    }

    /** What guardrails may be about: its metrics, and then its labels as metrics that no answer {@linkplain Metric#later has}. Unmodifiable. */
    public List<Metric<O>> metricsAndLabels() {
        return metricsAndLabels;
    }

    /** The names of the rungs of its ladder, in the order in which they are asked; empty without a ladder. */
    public List<String> rungs() {
        return config.fallback() == null
                ? List.of()
                : List.copyOf(config.fallback().rungs());
    }

    /** The gates that it belongs to. */
    public Gates gates() {
        return gates;
    }

    /** What its calls came to so far. */
    public GateStats stats() {
        return GateStats.of(registered.values(), outcomes);
    }

    /** What the control log and this process know of it. */
    public GateDescription describe() {
        return gates.control().locked(() -> GateDescription.of(name(), gates.control()));
    }

    /** What its router has folded from the control log; empty without a router. For the module that the router comes from. */
    public Optional<Router.Routing> routing() {
        return gates.control()
                .locked(() -> Optional.ofNullable(gates.control().foldOf(name()).routing()));
    }

    /**
     * For the module that the router comes from, and for nobody else: an application kills the version instead. Sends nobody to the candidate in this
     * process while a routing is one that is barred: callers get stable, and their calls say nothing about the candidate. In force when this returns; it
     * takes the place of the last one, that of {@code Rollouts} included, waits for no log and gets into none, so it ends with the process.
     *
     * @param barred asked of each routing that comes into force, and must not wait; one that throws bars it
     */
    public void bar(Predicate<Router.Routing> barred) {
        gates.control().locked(() -> {
            bar = barred;
            recompile();
            return barred;
        });
    }

    /**
     * A handle on one version.
     *
     * @throws IllegalArgumentException for an unknown version, listing the known ones
     */
    public ModelVersion version(String id) {
        RegisteredVersion<I, O> here = registered.get(id);
        Set<String> known = gates.control()
                .locked(() -> GateDescription.of(name(), gates.control()).versions());
        if (!known.contains(id)) {
            throw new IllegalArgumentException("version " + Names.quote(id) + " of gate \"" + name()
                    + "\" is unknown; known versions are " + known);
        }
        return new ModelVersion(this, id, here);
    }

    Switch killSwitch(String version) {
        Served<I, O> served = state.versions().get(version);
        return served == null
                ? gates.control()
                        .locked(() -> Switch.of(gates.control().killsOf(name()).stream()
                                .filter(kill -> kill.scope().version() == null
                                        || version.equals(kill.scope().version()))
                                .toList()))
                : served.killSwitch();
    }

    // ---- control

    /** Kills the whole gate: {@link Gates#kill} with its scope. */
    public KillReceipt kill(Actor actor, String reason) {
        return gates.kill(Scope.gate(name()), actor, reason);
    }

    /**
     * Takes the stable version back: the previous version becomes stable and the one that was is marked as rolled back.
     *
     * @throws IllegalStateException if no previous version may serve here
     */
    public Receipt rollback(Actor actor, String reason) {
        String from = describe().stable().orElse(config.stable());
        String to = previous().orElse(null);
        if (to == null) {
            throw new IllegalStateException("gate \"" + name()
                    + "\" has no previous version to roll back to: none was stable before that is registered here, not killed and not"
                    + " rolled back");
        }
        Map<String, Object> data = Map.of("from", from, "to", to);
        return gates.append(
                gates.decision(UUID.randomUUID().toString(), EntryTypes.ROLLBACK, name(), actor, reason, data));
    }

    /**
     * Adds a version while the gate runs. It gets no traffic until a rollout or a promotion gives it some.
     *
     * @throws IllegalArgumentException if this id is registered here, or it has no price under a budget in money
     * @throws IllegalStateException if the gates are closed, or the id was declared with another digest
     */
    public ModelVersion register(String id, Model<I, O> model) {
        return register(id, model, version -> {});
    }

    /** Adds a version as {@link #register(String, Model)} does, with its backend and digest. */
    public ModelVersion register(String id, Model<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return register(VersionBuilder.of(id, model), about);
    }

    /** Adds an asynchronous version as {@link #register(String, Model)} does. */
    public ModelVersion registerAsync(String id, AsyncModel<I, O> model) {
        return registerAsync(id, model, version -> {});
    }

    /** Adds a version that asks about its call as {@link #register(String, Model)} does. */
    public ModelVersion registerCallAware(String id, CallAwareModel<I, O> model) {
        return registerCallAware(id, model, version -> {});
    }

    /** Adds an asynchronous version as {@link #register(String, Model)} does. */
    public ModelVersion registerAsync(String id, AsyncModel<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return register(VersionBuilder.async(id, model), about);
    }

    /** Adds a version that asks about its call as {@link #register(String, Model)} does. */
    public ModelVersion registerCallAware(String id, CallAwareModel<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return register(VersionBuilder.callAware(id, model), about);
    }

    private ModelVersion register(VersionBuilder<I, O> spec, Consumer<VersionBuilder<I, O>> about) {
        gates.control().requireOpen();
        String id = spec.id();
        about.accept(spec);
        RegisteredVersion<I, O> version = newVersion(spec);
        gates.control().locked(() -> {
            GateStart.checkDigest(name(), gates.control().foldOf(name()), version);
            if (registered.containsKey(id)) {
                throw new IllegalArgumentException(
                        "version \"" + id + "\" is registered with gate \"" + name() + "\" already");
            }
            Spending<I, O> spending = invoker.spending();
            if (spending != null) {
                spending.add(spec); // only now: a version that is refused changes no price
            }
            registered.put(id, version);
            recompile();
            return true;
        });
        GateMeters bound = meters;
        if (bound != null) {
            bound.bind(version);
        }
        declare();
        return version(id);
    }

    // ---- for the control side, which holds its lock while it calls these

    /** Checks the gate against what the log says of it, takes over its history and makes the first snapshot. */
    void start() {
        GateFold fold = gates.control().foldOf(name());
        GateStart.check(config, fold, gates.control().fleetEntries(), registered.values());
        GateStart.fold(config, fold, gates.control().fleetEntries(), gates.identities(), metricsAndLabels);
        recompile();
        if (fold.stable() != null && !fold.stable().equals(config.stable())) {
            LOG.warn(
                    "gate \"{}\": stable is \"{}\" in code and \"{}\" in the control log; the log decides",
                    name(),
                    config.stable(),
                    fold.stable());
        }
    }

    /** Starts its routing anew, on another fold than before. */
    void restart() {
        GateStart.fold(
                config,
                gates.control().foldOf(name()),
                gates.control().fleetEntries(),
                gates.identities(),
                metricsAndLabels);
    }

    /** Forgets what it has put elsewhere, because it does not come to be. */
    void discard() {
        Spending<I, O> spending = invoker.spending();
        if (spending != null) {
            spending.discard(gates);
        }
    }

    void recompile() {
        state = compiler.compile(
                gates.control().foldOf(name()),
                gates.control().killsOf(name()),
                bar,
                registered.values(),
                candidate -> gates.served().heard(name(), candidate != null));
        Optional<String> lacked = compiler.lack();
        if (lacked.isPresent() && !lacked.equals(lack)) {
            LOG.warn("gate \"{}\": {}", name(), lacked.get());
            gates.events().publish(new GateEvent.Degraded(name(), lacked.get()));
        }
        lack = lacked;
    }

    /** Declares in the log what it does not hold of this gate yet. */
    void declare() {
        Map<String, Object> missing = gates.control()
                .locked(() -> GateStart.undeclared(config, gates.control().foldOf(name()), registered.values()));
        if (!missing.isEmpty()) {
            Actor itself = new Actor("modelgate", "automation");
            gates.control()
                    .record(gates.decision(
                            UUID.randomUUID().toString(), EntryTypes.DECLARE, name(), itself, "", missing));
        }
    }

    /** Ends the calls in flight that the switches bar now, where the gate is set to; outside of the control side's lock. */
    void cutBarred() {
        if (config.cutInFlightOnKill()) {
            invoker.cutBarred(state);
            twins.forEach(twin -> twin.cutBarred(state));
        }
    }

    Set<String> registered() {
        return new TreeSet<>(registered.keySet());
    }

    Set<String> attributes() {
        return config.attributes();
    }

    String configuredStable() {
        return config.stable();
    }

    long inFlight(Scope scope) {
        return registered.values().stream()
                        .filter(version ->
                                scope.version() == null || scope.version().equals(version.id))
                        .mapToLong(version -> version.counts.inFlight() + version.overdue.sum())
                        .sum()
                + twins.stream()
                        .filter(twin ->
                                scope.version() == null || scope.version().equals(twin.version()))
                        .mapToLong(twin -> twin.inFlight() + twin.overdue())
                        .sum();
    }

    // ---- for the parts of this package

    GateState<I, O> state() {
        return state;
    }

    Ticker ticker() {
        return ticker;
    }

    Invoker<I, O> invoker() {
        return invoker;
    }

    @Nullable
    Limits limits() {
        return invoker.limits();
    }

    @Nullable
    Fallback<I, O> fallback() {
        return config.fallback();
    }

    Collection<RegisteredVersion<I, O>> versions() {
        return registered.values();
    }

    void bind(MeterRegistry registry) {
        GateMeters bound = new GateMeters(registry, this);
        registered.values().forEach(bound::bind);
        outcomes.all().forEach(bound::bind);
        feedback.counts().all().forEach(bound::bind);
        meters = bound;
    }

    void unbind() {
        GateMeters bound = meters;
        if (bound != null) {
            meters = null;
            bound.close();
        }
    }

    private void onNewFeedback(FeedbackCounts.Key key) {
        GateMeters bound = meters;
        if (bound != null) {
            bound.bind(key, feedback.counts().count(key));
        }
    }

    private void onNewOutcome(OutcomeCounts.Key key) {
        GateMeters bound = meters;
        if (bound != null) {
            bound.bind(key, outcomes.counter(key.routed(), key.rung(), key.cause()));
        }
    }
}
