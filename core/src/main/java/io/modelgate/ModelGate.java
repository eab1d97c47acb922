package io.modelgate;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.channels.ClosedByInterruptException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Guards every call to one model. Thread-safe.
 *
 * <p>A call passes, in this order and never another: gate switch, routing, version switch, circuit breaker, concurrency bound, rate
 * limit, the model, the accept check. Whatever stops it sends it to the fallback: a candidate's caller to stable first, then everyone
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
    private final OutcomeCounts outcomes;
    private final GateCompiler<I, O> compiler;
    private final @Nullable Limits limits;
    private final @Nullable RecentCallers recent;
    private final @Nullable Function<? super O, Verdict> accept;
    private final @Nullable Fallback<I, O> remembering;
    private final long modelTimeoutNanos;
    private final long deadlineNanos;
    private Optional<String> lack = Optional.empty();
    private @Nullable GateMeters meters;

    /** The snapshot. Set only under the lock of the control side, once before the gate is handed out. */
    private volatile GateState<I, O> state;

    ModelGate(GateConfig<I, O> config, Gates gates) {
        this.config = config;
        this.gates = gates;
        ticker = gates.ticker();
        outcomes = new OutcomeCounts(this::onNewOutcome);
        compiler = new GateCompiler<>(config, outcomes);
        limits = config.rateLimit() == null && config.maxConcurrent() == Integer.MAX_VALUE
                ? null
                : new Limits(config.name(), config.rateLimit(), config.maxConcurrent(), ticker);
        recent = config.attributes().isEmpty() ? null : new RecentCallers();
        accept = config.accept();
        remembering = config.fallback() != null && config.fallback().remembers() ? config.fallback() : null;
        modelTimeoutNanos = config.modelTimeoutNanos();
        deadlineNanos = config.deadlineNanos();
        for (VersionBuilder<I, O> version : config.versions()) {
            registered.put(version.id(), newVersion(version));
        }
        state = compiler.compile(new GateFold(), List.of(), registered.values());
    }

    private RegisteredVersion<I, O> newVersion(VersionBuilder<I, O> version) {
        return new RegisteredVersion<>(
                version,
                config,
                ticker,
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
        GateState<I, O> seen = state;
        if (seen.gateSwitch().blocks(caller)) {
            return valueOf(killed(seen, input, caller.copy()));
        }
        Object served = serve(seen, route(seen, caller), input, caller);
        return served instanceof Unanswered<?> ? valueOf(outcomeIn(served)) : answerIn(served);
    }

    /** Answers {@code input} for a caller as {@link #call} does and says who answered and why. Never throws a {@link GateException}. */
    public Outcome<O> decide(I input, Caller caller) {
        GateState<I, O> seen = state;
        if (seen.gateSwitch().blocks(caller)) {
            return killed(seen, input, caller.copy());
        }
        Served<I, O> target = route(seen, caller);
        Object served = serve(seen, target, input, caller);
        return served instanceof Unanswered<?> || target == null
                ? outcomeIn(served)
                : new Outcome.Answered<>(answerIn(served), target.version().id);
    }

    /**
     * Admits a call of code that is no lambda: a batch, a stream. Use it in a {@code try} statement, ask {@link Permit#granted()}, run
     * {@link Permit#version()} and settle it.
     */
    public Permit<I, O> enter(Caller caller) {
        return Permit.enter(this, caller);
    }

    /** What a call gets that its version did not answer. Private, so that no model's answer can be mistaken for it. */
    private record Unanswered<O>(Outcome<O> outcome) {}

    @SuppressWarnings("unchecked") // serve returns an O or an Unanswered<O>, told apart before this
    private O answerIn(Object served) {
        return (O) served;
    }

    @SuppressWarnings("unchecked")
    private Outcome<O> outcomeIn(Object served) {
        return ((Unanswered<O>) served).outcome();
    }

    private O valueOf(Outcome<O> outcome) {
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
            return killed.outcome();
        }
        return descend(new Descent<>(this, input, caller, null, Miss.of(Cause.KILLED), Descent.UNREAD));
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

    /**
     * The answer of the target version, or an {@link Unanswered}.
     *
     * <p>A caller that is made for one call costs no allocation as long as it stays within this method and those before it, which
     * the compiler inlines into the user's code. So what comes after gets the caller's attributes, or a copy of the caller where the
     * call leaves the usual path.
     */
    private Object serve(GateState<I, O> seen, @Nullable Served<I, O> target, I input, Caller caller) {
        if (target == null) {
            return fallen(null, Miss.of(Cause.UNAVAILABLE), input, caller.copy(), Descent.UNREAD);
        }
        if (target.killSwitch().blocks(caller)) {
            return fallen(target.version(), Miss.of(Cause.KILLED), input, caller.copy(), Descent.UNREAD);
        }
        RegisteredVersion<I, O> version = target.version();
        Caller shown = version.callAware == null ? null : caller.copy();
        long start = ticker.read();
        Object answer = attempt(seen, version, input, caller.attributePairs(), shown, start, start, true);
        if (answer instanceof Miss miss) {
            return fallen(version, miss, input, caller.copy(), start);
        }
        if (remembering != null) {
            remember(input, caller.copy(), version.id, answer);
        }
        return answer;
    }

    private Unanswered<O> fallen(
            @Nullable RegisteredVersion<I, O> routed, Miss miss, I input, Caller caller, long start) {
        return new Unanswered<>(descend(new Descent<>(this, input, caller, routed, miss, start)));
    }

    /**
     * One invocation of a version: admitted, marked, run, judged and settled. Returns its answer or a {@link Miss}. Without {@code run}
     * it ends once the invocation is admitted and marked, and returns the breaker's admission or a {@link Miss}.
     *
     * <p>All permits are taken first. Then the invocation is marked in flight and, with the mark's full fence between, the snapshot is
     * looked at again: a kill is seen here or sees the mark. Whoever is refused has given everything back.
     *
     * <p>This is one method of more than 325 bytecodes, so that the compiler never inlines it (FreqInlineSize): were it and the user's
     * model part of {@link #call}, that would be too large to be inlined itself (InlineSmallCode), and every caller be allocated.
     *
     * @param seen the snapshot in which {@code version} was found and not killed
     * @param attributes the caller's
     * @param caller the caller, for a version that is shown its call; null for any other
     * @param callStart when the call began
     * @param start now
     */
    @SuppressWarnings("ReferenceEquality") // the same snapshot, not an equal one: anything else is looked at again
    Object attempt(
            GateState<I, O> seen,
            RegisteredVersion<I, O> version,
            I input,
            String[] attributes,
            @Nullable Caller caller,
            long callStart,
            long start,
            boolean run) {
        long allowed = deadlineNanos == Long.MAX_VALUE
                ? modelTimeoutNanos
                : Math.min(modelTimeoutNanos, deadlineNanos - (start - callStart));
        if (allowed <= 0) {
            return Miss.of(Cause.NO_TIME_LEFT);
        }
        Breaker.Admission admission = version.breaker.current();
        if (!admission.plain) {
            admission = version.breaker.admit(start);
            if (admission == null) {
                return Miss.of(Cause.BREAKER_OPEN);
            }
        }
        if (limits != null) {
            Cause refusal = limits.acquire();
            if (refusal != null) {
                version.breaker.release(admission);
                return Miss.of(refusal);
            }
        }
        long[] row = version.counts.row();
        long nth = VersionCounts.started(row);
        GateState<I, O> latest = state;
        if (latest != seen && latest.blocks(version, attributes)) {
            VersionCounts.withdrawn(row);
            giveBack(version, admission);
            return Miss.of(Cause.KILLED);
        }
        if (recent != null) {
            recent.see(nth, attributes);
        }
        if (!run) {
            return admission;
        }
        O answer;
        try {
            answer = version.model != null
                    ? version.model.answer(input)
                    : version.showCall(input, caller, allowed, start, ticker);
        } catch (Throwable thrown) {
            return threw(version, admission, row, start, thrown);
        }
        long end = ticker.read();
        Miss miss = judge(answer, end - start, allowed);
        if (miss != null) {
            return unusable(version, admission, row, start, end, miss);
        }
        answered(version, admission, row, end, end - start);
        return answer;
    }

    /** The time that a version may take from the start of its call: at most the model timeout, at most the deadline. */
    long allowedNanos() {
        return Math.min(modelTimeoutNanos, deadlineNanos);
    }

    private void giveBack(RegisteredVersion<I, O> version, Breaker.Admission admission) {
        if (limits != null) {
            limits.release();
        }
        version.breaker.release(admission);
    }

    /** What is wrong with an answer, or null if it is usable. */
    @Nullable
    Miss judge(@Nullable O answer, long took, long allowed) {
        if (answer == null) {
            return Miss.of(Cause.INVALID_OUTPUT);
        }
        if (took > allowed) {
            return Miss.of(Cause.TIMEOUT);
        }
        return accept == null ? null : verdict(accept, answer);
    }

    private static <O> @Nullable Miss verdict(Function<? super O, Verdict> accept, O answer) {
        try {
            return switch (accept.apply(answer)) {
                case ACCEPT -> null;
                case INVALID -> Miss.of(Cause.INVALID_OUTPUT);
                case LOW_CONFIDENCE -> Miss.of(Cause.LOW_CONFIDENCE);
            };
        } catch (Throwable thrown) { // an Error goes on once the call is settled
            return Miss.of(Cause.INVALID_OUTPUT, thrown);
        }
    }

    // Every invocation that was admitted ends in exactly one of answered, unusable and threw.

    void answered(RegisteredVersion<I, O> version, Breaker.Admission admission, long[] row, long end, long took) {
        version.took(row, took);
        int lazySlot = version.breaker.lazySlot(admission, end, took);
        if (lazySlot >= 0) {
            VersionCounts.answeredLazily(row, lazySlot);
        } else {
            VersionCounts.answered(row);
            version.breaker.success(admission, end, took);
        }
        if (limits != null) {
            limits.release();
        }
    }

    Miss unusable(
            RegisteredVersion<I, O> version, Breaker.Admission admission, long[] row, long start, long end, Miss miss) {
        failed(version, admission, row, start, end, miss);
        if (miss.error instanceof Error error) {
            throw error;
        }
        return miss;
    }

    private Miss threw(
            RegisteredVersion<I, O> version, Breaker.Admission admission, long[] row, long start, Throwable thrown) {
        Miss miss = failed(version, admission, row, start, thrown);
        if (thrown instanceof Error error) {
            throw error;
        }
        return miss;
    }

    /** Settles an invocation that threw; an interrupt keeps the thread's flag. */
    Miss failed(
            RegisteredVersion<I, O> version, Breaker.Admission admission, long[] row, long start, Throwable thrown) {
        boolean interrupted = thrown instanceof InterruptedException
                || thrown instanceof ClosedByInterruptException
                || (thrown instanceof Exception && Thread.currentThread().isInterrupted());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Miss miss = Miss.of(interrupted ? Cause.CUT : Cause.ERROR, thrown);
        failed(version, admission, row, start, ticker.read(), miss);
        return miss;
    }

    private void failed(
            RegisteredVersion<I, O> version, Breaker.Admission admission, long[] row, long start, long end, Miss miss) {
        version.took(row, end - start);
        VersionCounts.failed(row, miss.cause);
        if (miss.cause == Cause.CUT) {
            version.breaker.release(admission); // the model is not to blame for an interrupt
        } else {
            version.breaker.failure(admission, end, end - start, miss.error);
        }
        if (limits != null) {
            limits.release();
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

    // ---- falling back

    /** Answers a call that its version did not: a candidate's caller by stable, then everyone by the ladder. Counts the outcome. */
    Outcome<O> descend(Descent<I, O> call) {
        RegisteredVersion<I, O> routed = call.routedVersion();
        GateState<I, O> seen = state;
        Served<I, O> stable = seen.stable();
        if (routed != null && stable != null && !call.asked(stable.version()) && call.mayAskModel()) {
            O answer = call.ask(seen, stable);
            if (answer != null) {
                return fellBack(call, Outcome.STABLE, answer, stable.version().id);
            }
        }
        Fallback<I, O> fallback = config.fallback();
        if (fallback != null && !call.cut()) {
            Fallback.Rescue<O> rescue = askLadder(fallback, call);
            if (rescue != null) {
                return fellBack(call, rescue.rung(), rescue.answer(), rescue.version());
            }
        }
        count(routed, OutcomeCounts.NO_RUNG, call.cause());
        return call.cause().refusal() || routed == null
                ? new Outcome.Refused<>(call.cause(), call.routedOrNull())
                : new Outcome.Failed<>(call.cause(), routed.id, call.error().orElse(null));
    }

    void count(@Nullable RegisteredVersion<I, O> routed, String rung, Cause cause) {
        outcomes.counter(routed == null ? null : routed.id, rung, cause).increment();
    }

    private Fallback.@Nullable Rescue<O> askLadder(Fallback<I, O> fallback, Descent<I, O> call) {
        try {
            return fallback.answer(call).orElse(null);
        } catch (Exception e) {
            gates.warnings().threw("the ladder of gate \"" + config.name() + "\"", e);
            return null;
        }
    }

    private Outcome<O> fellBack(Descent<I, O> call, String rung, O answer, @Nullable String version) {
        count(call.routedVersion(), rung, call.cause());
        return new Outcome.FellBack<>(
                answer,
                rung,
                version,
                call.cause(),
                call.routedOrNull(),
                call.error().orElse(null));
    }

    // ---- asking

    /** Whether nothing of the gate is killed. While a kill is narrowed, this asks for a caller without attributes: false. */
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

    /** The gate's name. */
    public String name() {
        return config.name();
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
     * A handle on one version.
     *
     * @throws IllegalArgumentException for an unknown version, listing the known ones
     */
    public Version version(String id) {
        RegisteredVersion<I, O> here = registered.get(id);
        Set<String> known = gates.control()
                .locked(() -> GateDescription.of(name(), gates.control()).versions());
        if (!known.contains(id)) {
            throw new IllegalArgumentException("version " + Names.quote(id) + " of gate \"" + name()
                    + "\" is unknown; known versions are " + known);
        }
        return new Version(this, id, here);
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

    /** Releases one kill: {@link Gates#revive}. */
    public ReviveReceipt revive(String killId, Actor actor, String reason) {
        return gates.revive(killId, actor, reason);
    }

    /**
     * Takes the stable version back: the previous version becomes stable and the one that was is marked as rolled back.
     *
     * @throws IllegalStateException if no previous version may serve here
     */
    public Receipt rollback(Actor actor, String reason) {
        GateState<I, O> seen = state;
        Served<I, O> stable = seen.stable();
        if (stable == null || seen.previous().isEmpty()) {
            throw new IllegalStateException(
                    "gate \"" + name() + "\" has no previous version to roll back to: none was stable before "
                            + "that is registered here, not killed and not rolled back");
        }
        String to = seen.previous().get(0).version().id;
        Map<String, Object> data = Map.of("from", stable.version().id, "to", to);
        return gates.append(
                gates.decision(UUID.randomUUID().toString(), EntryTypes.ROLLBACK, name(), actor, reason, data));
    }

    /**
     * Adds a version while the gate runs. It gets no traffic until a rollout or a promotion gives it some.
     *
     * @throws IllegalArgumentException if this id is registered here
     * @throws IllegalStateException if the gates are closed, or the id was declared with another digest
     */
    public Version register(String id, Model<I, O> model) {
        return register(id, model, version -> {});
    }

    /** Adds a version as {@link #register(String, Model)} does, with its backend and digest. */
    public Version register(String id, Model<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        gates.control().requireOpen();
        VersionBuilder<I, O> spec = new VersionBuilder<>(id, model, null);
        about.accept(spec);
        RegisteredVersion<I, O> version = newVersion(spec);
        gates.control().locked(() -> {
            checkDigest(gates.control().foldOf(name()), version);
            if (registered.putIfAbsent(id, version) != null) {
                throw new IllegalArgumentException(
                        "version \"" + id + "\" is registered with gate \"" + name() + "\" already");
            }
            recompile();
            return true;
        });
        if (meters != null) {
            meters.bind(version);
        }
        declare();
        return version(id);
    }

    // ---- for the control side, which holds its lock while it calls these

    /** Checks the gate against what the log says of it, takes over its history and makes the first snapshot. */
    void start() {
        GateFold fold = gates.control().foldOf(name());
        GateStart.check(config, fold, gates.control().fleetEntries(), registered.values());
        GateStart.fold(config, fold, gates.control().fleetEntries(), gates.identities());
        recompile();
        if (lack.isPresent()
                && !registered.containsKey(String.valueOf(fold.stable()))
                && !config.startWithoutStable()) {
            throw new IllegalStateException(
                    "gate \"" + name() + "\": " + lack.get() + "; register that version, promote another one, or set "
                            + "startWithoutStable() to start all the same");
        }
        if (fold.stable() != null && !fold.stable().equals(config.stable())) {
            LOG.warn(
                    "gate \"{}\": stable is \"{}\" in code and \"{}\" in the control log; the log decides",
                    name(),
                    config.stable(),
                    fold.stable());
        }
    }

    void recompile() {
        state = compiler.compile(gates.control().foldOf(name()), gates.control().killsOf(name()), registered.values());
        Optional<String> lacked = compiler.lack();
        if (lacked.isPresent() && !lacked.equals(lack)) {
            LOG.warn("gate \"{}\": {}", name(), lacked.get());
            gates.events().publish(new GateEvent.Degraded(name(), lacked.get()));
        }
        lack = lacked;
    }

    private void checkDigest(GateFold fold, RegisteredVersion<I, O> version) {
        GateStart.checkDigest(config.name(), fold, version);
    }

    /** Declares in the log what it does not hold of this gate yet. */
    void declare() {
        Map<String, Object> missing =
                gates.control().locked(() -> undeclared(gates.control().foldOf(name())));
        if (!missing.isEmpty()) {
            Actor itself = new Actor("modelgate", "automation");
            gates.control()
                    .record(gates.decision(
                            UUID.randomUUID().toString(), EntryTypes.DECLARE, name(), itself, "", missing));
        }
    }

    private Map<String, Object> undeclared(GateFold fold) {
        Map<String, Object> missing = new HashMap<>();
        Map<String, Object> versions = new LinkedHashMap<>();
        for (RegisteredVersion<I, O> version : registered.values()) {
            if (!fold.versions.containsKey(version.id)) {
                versions.put(version.id, Map.of("backend", version.backend, "digest", version.digest));
            }
        }
        if (!versions.isEmpty()) {
            missing.put("versions", versions);
        }
        List<String> attributes = config.attributes().stream()
                .filter(attribute -> !fold.attributes.contains(attribute))
                .sorted()
                .toList();
        if (!attributes.isEmpty()) {
            missing.put("attributes", attributes);
        }
        if (fold.stable() == null) {
            missing.put("stable", config.stable());
        }
        return missing;
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

    KillReceipt.Recent recent(Scope scope) {
        return recent == null ? new KillReceipt.Recent(0, 0, 0) : recent.match(scope);
    }

    long inFlight(Scope scope) {
        return registered.values().stream()
                .filter(version -> scope.version() == null || scope.version().equals(version.id))
                .mapToLong(version -> version.counts.inFlight())
                .sum();
    }

    // ---- for the parts of this package

    GateState<I, O> state() {
        return state;
    }

    Ticker ticker() {
        return ticker;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    @Nullable
    Limits limits() {
        return limits;
    }

    Collection<RegisteredVersion<I, O>> versions() {
        return registered.values();
    }

    void bind(MeterRegistry registry) {
        meters = new GateMeters(registry, this);
        registered.values().forEach(meters::bind);
        outcomes.all().forEach((key, count) -> meters.bind(key, count));
    }

    private void onNewOutcome(OutcomeCounts.Key key) {
        GateMeters bound = meters;
        if (bound != null) {
            bound.bind(key, outcomes.counter(key.routed(), key.rung(), key.cause()));
        }
    }
}
