package io.modelgate;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.budget.BudgetLedger;
import io.modelgate.budget.Budgets;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All gates of a process, on one control log. Thread-safe.
 *
 * <pre>{@code
 * try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(Path.of("modelgate.log"))))) {
 *     ModelGate<Applicant, Decision> credit = gates.gate("credit-risk", g -> g.stable("v1", forest::predict));
 *     Decision decision = credit.call(applicant, Caller.of("user-42"));
 * }
 * }</pre>
 *
 * <p>After {@link #close()} the gates keep serving the state they had, except that ceilings with a durable ledger, which is closed,
 * refuse; whatever would change the state throws {@link IllegalStateException}.
 */
public final class Gates implements AutoCloseable {

    private static final Set<String> OWN_TYPES = Set.of(EntryTypes.KILL, EntryTypes.REVIVE, EntryTypes.DECLARE);

    private final Control control;
    private final Events events;
    private final Warnings warnings;
    private final ServedCalls served;
    private final Ticker ticker;
    private final GatesBuilder config;
    private final List<BiConsumer<String, GateBuilder<?, ?>>> eachGate;
    private final Identities identities;
    private final BudgetKeeper budgets;
    private List<Meter> controlMeters = List.of();
    private @Nullable DecisionRecords records;

    private Gates(GatesBuilder config, ControlLog log) {
        this.config = config;
        eachGate = List.copyOf(config.eachGate);
        ticker = config.ticker;
        warnings = new Warnings(ticker);
        served = new ServedCalls(config, warnings);
        events = new Events(warnings, config.eventExecutor);
        control = new Control(log, config, events, warnings, () -> learnIdentities(log));
        identities = new Identities(log.identitySecret());
        budgets = keeper(log);
    }

    private static Gates opened(GatesBuilder config) {
        Gates gates = new Gates(config, config.log.get());
        try {
            gates.control.open();
            return gates;
        } catch (RuntimeException e) {
            gates.close(); // the log and the ledger belong to whoever opens next
            throw e;
        }
    }

    /** A log of which nothing was known has been reached, and with it the secret that all its processes share. */
    private void learnIdentities(ControlLog log) {
        identities.learn(log.identitySecret());
        budgets.own();
    }

    private BudgetKeeper keeper(ControlLog log) {
        try {
            return new BudgetKeeper(this, config, identities).on(log);
        } catch (RuntimeException e) {
            log.close();
            throw e;
        }
    }

    /**
     * Opens the control log and folds all of it, so that every gate starts in the state that the log says: a killed gate starts killed.
     *
     * @throws IllegalArgumentException if that is set and the log is given open; if the ledger of budgets is durable while the
     *     control log is in memory
     * @throws IllegalStateException if the ledger of budgets is damaged, in use, or was written beside another control log
     * @throws java.io.UncheckedIOException if the ledger of budgets cannot be read or written
     * @throws ControlLogException if the log refuses to open, unless {@link GatesBuilder#startKilledIfLogRefuses()} is set
     */
    public static Gates open(Consumer<GatesBuilder> configure) {
        GatesBuilder config = new GatesBuilder();
        configure.accept(config);
        if (config.startKilled && config.logIsOpen) {
            config.log.get().close();
            throw new IllegalArgumentException(
                    "startKilledIfLogRefuses is set and the control log was given open, so that its refusal would"
                            + " come before there are gates; give a supplier: controlLog(() -> FileControlLog.open(path))");
        }
        Gates gates;
        try {
            gates = opened(config);
        } catch (ControlLogException e) {
            if (!config.startKilled) {
                throw e;
            }
            gates = new Gates(config, new RefusedLog(e));
            gates.startKilled(e);
        }
        gates.keepRecords(config.records);
        MeterRegistry meters = config.meters;
        if (meters != null) {
            try {
                gates.controlMeters = Meters.bind(meters, gates.control, gates.served, gates.records);
            } catch (Exception e) {
                gates.warnings.threw("the meter registry", e);
            }
        }
        return gates;
    }

    /** Only once these gates are open: a sink that was closed with others would take nothing. */
    private void keepRecords(@Nullable DecisionRecordsBuilder of) {
        if (of == null) {
            return;
        }
        DecisionRecords kept = new DecisionRecords(of, this::names, identities, ticker, warnings);
        records = kept;
        if (of.gates.isEmpty()) {
            var unused = served.listen(null, kept::heard, this::recompileAll);
        }
        for (String gate : of.gates) {
            var unused = served.listen(gate, kept::heard, this::recompileAll);
        }
        kept.start();
    }

    private Set<String> names() {
        return gates().stream().map(ModelGate::name).collect(Collectors.toUnmodifiableSet());
    }

    private void startKilled(ControlLogException refusal) {
        String reason = "the control log refused to open: " + refusal.getMessage();
        control.engageHere(ProcessKill.LOG_REFUSED.engaged(reason, now()));
    }

    /**
     * Builds the gate of one model and declares it, its versions and its attributes in the control log.
     *
     * @throws IllegalArgumentException for a setting out of range, or a name that a gate of this process has
     * @throws IllegalStateException if these gates are closed; if the log's stable version is not registered here and
     *     {@link GateBuilder#startWithoutStable()} is not set; if a version's digest differs from the one declared before; if the log holds
     *     a critical entry for this gate that this process does not understand
     */
    public <I, O> ModelGate<I, O> gate(String name, Consumer<GateBuilder<I, O>> configure) {
        control.requireOpen();
        GateBuilder<I, O> builder = new GateBuilder<>(name);
        configure.accept(builder);
        configureAsEach(name, builder);
        GateConfig<I, O> gateConfig = builder.build();
        if (gateConfig.fallback() != null) {
            gateConfig.fallback().check(name);
        }
        return add(List.of(gateConfig)).get(0);
    }

    /** What is said of every gate, after its own configuration. */
    void configureAsEach(String name, GateBuilder<?, ?> builder) {
        eachGate.forEach(configure -> configure.accept(name, builder));
    }

    /** Adds gates, all of them or none. */
    <I, O> List<ModelGate<I, O>> add(List<GateConfig<I, O>> configs) {
        List<ModelGate<I, O>> added = control.locked(() -> {
            for (GateConfig<I, O> each : configs) {
                if (control.gate(each.name()) != null) {
                    throw new IllegalArgumentException(
                            "gate \"" + each.name() + "\" exists in this process; each name is one gate");
                }
            }
            List<ModelGate<I, O>> made = new ArrayList<>();
            try {
                configs.forEach(each -> made.add(new ModelGate<>(each, this)));
                made.forEach(ModelGate::start);
            } catch (RuntimeException e) {
                made.forEach(ModelGate::discard);
                throw e;
            }
            made.forEach(control::add);
            return made;
        });
        MeterRegistry meters = config.meters;
        if (meters != null) {
            added.forEach(gate -> gate.bind(meters));
        }
        added.forEach(ModelGate::declare);
        control.added();
        return added;
    }

    /**
     * The gate of this process with a name, for code that has not made it: the gates of a {@linkplain #guard guarded} interface, for
     * instance, to start a rollout.
     *
     * @throws IllegalArgumentException if this process has no such gate, listing those it has
     */
    public ModelGate<?, ?> gate(String name) {
        return control.locked(() -> {
            ModelGate<?, ?> gate = control.gate(name);
            if (gate == null) {
                throw new IllegalArgumentException("gate " + Names.quote(name) + " is not in this process; it has "
                        + new TreeSet<>(
                                control.gates().stream().map(ModelGate::name).toList()));
            }
            return gate;
        });
    }

    /**
     * Calls a listener with every call of every gate of this process from now on, once it has its outcome, until the subscription is closed. See
     * {@link ModelGate#onServed}.
     */
    public ControlLog.Subscription onServed(Consumer<? super ServedCall<?, ?>> listener) {
        return served.listen(null, listener, this::recompileAll);
    }

    /**
     * Calls a listener with every call of a gate while that gate has a candidate, from the first call that could have got it. It hears of
     * other calls too, while others {@linkplain #onServed listen} to the gate.
     *
     * <p>For code that keeps a ledger of a rollout, as the module {@code rollout} does with its exposures: a gate without a candidate pays nothing
     * for it. Everybody else wants {@link #onServed}.
     */
    public ControlLog.Subscription onServedWhileRolling(Consumer<? super ServedCall<?, ?>> listener) {
        return served.listenWhileRolling(listener, this::recompileAll);
    }

    private void recompileAll() {
        control.locked(() -> {
            control.gates().forEach(ModelGate::recompile);
            return true;
        });
    }

    /**
     * Hands the calls that have ended up to now to those who listen, on this thread, and their records to the sink, however long they take: for
     * tests, and before a process ends. Does nothing if called by a listener.
     */
    public void flushServed() {
        served.drain();
        if (records != null) {
            records.drain();
        }
    }

    /**
     * Hands the calls that have ended up to now to those who listen, not their records, on another thread, and waits for that no longer than
     * this: a listener may hang, and whoever calls this may have a version to take back.
     *
     * @param patience how long to wait, zero or more
     * @return whether all of them were handed on; false too if called by a listener
     */
    public boolean flushServed(Duration patience) {
        return served.drain(patience);
    }

    /** How many calls nobody heard of who listens, because more than 16,384 waited for it or the gates were closed. */
    public long servedDropped() {
        return served.dropped();
    }

    /**
     * How many calls have ended of which not all have heard yet who listen: those that wait, and the one that a listener has now. More than a
     * few for long means that a listener hangs.
     */
    public int servedWaiting() {
        return served.unheard();
    }

    Duration feedbackWithin() {
        return config.feedbackWithin;
    }

    FeedbackIds feedbackIds() {
        return config.feedbackIds;
    }

    OutcomeIds outcomeIds(String gate) {
        return new OutcomeIds(gate, identities, ticker, config.instants);
    }

    ServedCalls served() {
        return served;
    }

    /** The gates of this process, in no particular order. */
    public List<ModelGate<?, ?>> gates() {
        return control.locked(() -> List.copyOf(control.gates()));
    }

    /**
     * Makes an object of an interface whose {@link Gated} methods go through gates, with implementations annotated {@link Version} as the
     * versions of each.
     *
     * <pre>{@code
     * CreditModel credit = gates.guard(CreditModel.class, new Forest(), new Boosted());
     * Decision decision = credit.decide(applicant, "user-42");
     * }</pre>
     *
     * <p>Other abstract methods go to the stable implementation as they are. So do default methods that it overrides; the body of any
     * other runs on the guarded object. The object is as thread-safe as the implementations.
     *
     * @param type an interface
     * @param implementations the stable version first
     * @throws IllegalArgumentException if anything is wrong with the interface, an implementation or a gate, listing every mistake; then no
     *     gate is made and nothing declared
     * @throws IllegalStateException if these gates are closed
     */
    public <T> T guard(Class<T> type, Object... implementations) {
        return guard(type, g -> {}, implementations);
    }

    /**
     * Makes an object as {@link #guard(Class, Object...)} does, its gates configured beyond the annotations.
     *
     * <pre>{@code
     * CreditModel credit = gates.guard(
     *     CreditModel.class,
     *     g -> g.gate("credit-risk", gate -> gate.deadline(Duration.ofMillis(250)).router(Cohorts.router())),
     *     new Forest(), new Boosted());
     * }</pre>
     */
    public <T> T guard(Class<T> type, Consumer<GuardBuilder> configure, Object... implementations) {
        control.requireOpen();
        GuardBuilder builder = new GuardBuilder();
        configure.accept(builder);
        return GuardedInterface.proxy(this, type, builder, implementations);
    }

    /**
     * Reads a class whose {@link Gated} methods are to go through gates, for a framework that stands before its objects: what it returns
     * calls them through their gates. The object is the one version of each gate; {@link Version} on the class says its id, {@code "v1"} without.
     *
     * <pre>{@code
     * Guarded guarded = gates.guarded(Summaries.class, g -> {}, summaries);
     * if (guarded.methods().contains(method)) {
     *     return guarded.call(method, arguments);
     * }
     * }</pre>
     *
     * <p>Methods of superclasses count, an override keeps the annotation of what it overrides, and a fallback is a method of the class that
     * is not private and runs on the object. Interfaces do not count: a method whose annotation is on an interface is gated where that
     * is {@linkplain #guard guarded}.
     *
     * @param type the class, not final, as its source declares it: of an object whose class a framework made, the user's class
     * @param implementation an object of it, that goes through no gate itself
     * @throws IllegalArgumentException if anything is wrong with the class or a gate, listing every mistake; then no gate is made and
     *     nothing declared
     * @throws IllegalStateException if these gates are closed
     */
    public Guarded guarded(Class<?> type, Consumer<GuardBuilder> configure, Object implementation) {
        control.requireOpen();
        GuardBuilder builder = new GuardBuilder();
        configure.accept(builder);
        return Guarded.of(this, type, builder, implementation);
    }

    /**
     * Engages the kill switch of a scope. When this returns, no call that starts later reaches a model in that scope in this process.
     * Storing it goes on: see {@link Receipt#stored}.
     *
     * @throws IllegalArgumentException for an unknown gate, version or attribute, listing what there is; for a reason longer than 2,000
     *     characters or with control characters
     * @throws IllegalStateException if these gates are closed
     */
    public KillReceipt kill(Scope scope, Actor actor, String reason) {
        control.requireOpen();
        KnownNames.require(control, scope);
        Map<String, Object> data = new HashMap<>();
        put(data, "version", scope.version());
        put(data, "attribute", scope.attribute());
        put(data, "value", scope.value());
        String id = "kill-" + UUID.randomUUID().toString().substring(0, 8)
                + UUID.randomUUID().toString().substring(0, 4);
        Decision decision = decision(id, EntryTypes.KILL, scope.gate(), actor, reason, data);
        Kill kill = new Kill(id, scope, actor, reason, decision.at());
        var stored = control.kill(kill, decision);
        List<ModelGate<?, ?>> here = here(scope);
        KillReceipt.Recent recent = KillPreview.recent(scope, here);
        return new KillReceipt(
                kill,
                stored,
                recent,
                control,
                () -> here.stream().mapToLong(gate -> gate.inFlight(scope)).sum());
    }

    /**
     * What a kill of a scope would do, without engaging it.
     *
     * @throws IllegalArgumentException for an unknown gate, version or attribute, listing what there is
     */
    public KillPreview preview(Scope scope) {
        KnownNames.require(control, scope);
        return KillPreview.of(scope, control, here(scope));
    }

    /** The gates of this process that a scope concerns, by name. */
    private List<ModelGate<?, ?>> here(Scope scope) {
        return control.locked(() -> control.gates().stream()
                .filter(gate -> scope.isFleet() || gate.name().equals(scope.gate()))
                .sorted(Comparator.comparing(ModelGate::name))
                .<ModelGate<?, ?>>map(gate -> gate)
                .toList());
    }

    private static void put(Map<String, Object> data, String name, @Nullable String value) {
        if (value != null) {
            data.put(name, value);
        }
    }

    /**
     * Releases one kill, and only that one. It takes effect once it is stored; the receipt names the kills that still bear on the scope.
     *
     * @throws IllegalArgumentException if no engaged kill has this id, listing those that are; if it is one that this process engaged for
     *     itself, because it knows too little of the log
     * @throws IllegalStateException if these gates are closed
     */
    public ReviveReceipt revive(String killId, Actor actor, String reason) {
        control.requireOpen();
        List<Kill> engaged = kills();
        Kill released = engaged.stream()
                .filter(kill -> kill.id().equals(killId))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("kill " + Names.quote(killId) + " is not engaged; engaged are "
                                + engaged.stream()
                                        .map(kill -> kill.id() + " on " + kill.scope())
                                        .toList()));
        if (control.isLocal(released)) {
            throw new IllegalArgumentException("kill " + Names.quote(killId)
                    + " is this process's own and in no log, so that no revive " + "releases it: " + released.reason());
        }
        List<Kill> left = engaged.stream()
                .filter(kill -> !kill.id().equals(killId) && kill.scope().bearsOn(released.scope()))
                .toList();
        String id = UUID.randomUUID().toString();
        var stored = control.submit(decision(
                id, EntryTypes.REVIVE, released.scope().gate(), actor, reason, Map.of("kills", List.of(killId))));
        return new ReviveReceipt(id, stored, List.of(released), left);
    }

    /**
     * Waits until every process that is heard of has a kill in force, at most for the given time, and says which have: as
     * {@link KillReceipt#confirmed} does, for a kill whichever process made.
     *
     * @param killId a kill that is not in the log yet is waited for too
     * @throws ControlLogException if the control log cannot say which processes there are
     */
    public Confirmation confirmed(String killId, Duration timeout) {
        return Confirmations.await(control, killId, timeout);
    }

    /**
     * How long ago this process last knew that it had every decision of the control log; {@link Outcome#staleness} says how exactly that
     * is known. Zero for a log in memory or in a file.
     */
    public Duration staleness() {
        return control.staleness();
    }

    /** All engaged kills, whichever process made them. */
    public List<Kill> kills() {
        return control.locked(control::kills);
    }

    /** The engaged kills that are stored: those that the other processes on the control log have heard of or will. */
    public List<Kill> storedKills() {
        return control.locked(control::storedKills);
    }

    /** What the control log and this process know of each gate, by name. */
    public List<GateDescription> describe() {
        return control.locked(() -> {
            Set<String> names = new TreeSet<>(control.known());
            control.gates().forEach(gate -> names.add(gate.name()));
            return names.stream().map(name -> GateDescription.of(name, control)).toList();
        });
    }

    /** What the control log and this process know of one gate; empty if neither knows it. */
    public Optional<GateDescription> describe(String gate) {
        return control.locked(() -> control.known().contains(gate) || control.gate(gate) != null
                ? Optional.of(GateDescription.of(gate, control))
                : Optional.empty());
    }

    /**
     * Appends a decision of a module to the control log. It takes effect, here and elsewhere, once it is stored.
     *
     * @throws IllegalArgumentException if the decision names an unknown gate, or has the type of a kill, a revive or a declaration
     * @throws IllegalStateException if these gates are closed
     */
    public Receipt append(Decision decision) {
        requireAppendable(decision);
        return new Receipt(decision.id(), control.submit(decision));
    }

    /**
     * Appends a decision of a module if the control log still ends at the given entry, on this thread and with the time that takes. When
     * this returns it is stored and has taken effect in this process. A decision whose id is in the log is not appended again; the entry
     * that is there is returned.
     *
     * <p>For decisions that several processes may come to at once, of which one is to be made: decide on what {@link #applied()} says was
     * seen, and give that number.
     *
     * @param expectedSeq the sequence number of the last entry that the decision takes into account, 0 if there is none
     * @return empty if the log has moved on, or holds entries up to that number which this process has yet to apply; what is new takes
     *     effect here soon
     * @throws IllegalArgumentException if the decision names an unknown gate, or has the type of a kill, a revive or a declaration
     * @throws IllegalStateException if these gates are closed
     * @throws ControlLogException if the log cannot be written; the decision may be stored all the same, and to append it again is safe
     */
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        requireAppendable(decision);
        return control.submitIf(expectedSeq, decision);
    }

    private void requireAppendable(Decision decision) {
        control.requireOpen();
        if (OWN_TYPES.contains(decision.type())) {
            throw new IllegalArgumentException("type is \"" + decision.type()
                    + "\": a module cannot append these for core; use kill, revive or gate");
        }
        KnownNames.require(control, new Scope(decision.gate(), null, null, null));
    }

    /** Makes a decision that is now made by an actor, for {@link #append}. */
    public Decision decision(
            String id, String type, String gate, Actor actor, String reason, Map<String, Object> data) {
        return new Decision(
                id,
                now(),
                type,
                false,
                gate,
                actor.name(),
                actor.authentication(),
                Names.text("reason", reason, 0, 2_000),
                data);
    }

    /** Calls a listener for every event from now on, until the subscription is closed. */
    public ControlLog.Subscription onEvent(Consumer<GateEvent> listener) {
        return events.listen(listener);
    }

    /** The time now, from the injected source. */
    public Instant now() {
        return config.instants.instant();
    }

    /** What is spent and reserved under the budgets of these gates: for operators. */
    public Budgets budgets() {
        return budgets.budgets();
    }

    BudgetLedger ledger() {
        return budgets.budgets();
    }

    void lookAfterBudgets() {
        budgets.lookAfter();
    }

    /** The keyed hash under which this control log mentions callers. */
    public Identities identities() {
        return identities;
    }

    /** The registry of the meters, where there is one: {@link GatesBuilder#meters}. */
    public Optional<MeterRegistry> meters() {
        return Optional.ofNullable(config.meters);
    }

    /** The control log. */
    public ControlLog log() {
        return control.log();
    }

    /** The sequence number of the last entry that took effect in this process, 0 if there is none; what came before it has too. */
    public long applied() {
        return control.applied();
    }

    /** Whether it is closed, so that nothing can be changed any more. */
    public boolean closed() {
        return control.closed();
    }

    /** How many kills of this process are in force here but not stored yet. */
    public long unstoredKills() {
        return control.unstoredKills();
    }

    Control control() {
        return control;
    }

    /** The source of elapsed time. */
    public Ticker ticker() {
        return ticker;
    }

    /** What runs tasks after a delay. */
    public Scheduler scheduler() {
        return config.scheduler;
    }

    /**
     * Runs a ladder, or whatever else of a user's must not run on this thread, which may be anybody's: a kill's, the scheduler's. What the
     * executor for it does not take runs on a thread of the process's own.
     */
    void executeLadder(Runnable ladder) {
        AtomicBoolean ran = new AtomicBoolean();
        Runnable task = () -> {
            if (ran.compareAndSet(false, true)) { // an executor may take a task and throw all the same
                ladder.run();
            }
        };
        Executor given = config.ladderExecutor;
        try {
            (given == null ? OffThread.standard() : given).execute(task);
        } catch (Throwable e) {
            warnings.threw("the executor of ladders", e);
            OffThread.standard().execute(task);
        }
    }

    Executor executor() {
        Executor given = config.executor;
        return given == null ? OffThread.standard() : given;
    }

    @Nullable
    CallObserver observer() {
        return config.observer;
    }

    @Nullable
    Faults faults() {
        return config.faults;
    }

    @Nullable
    Supplier<? extends @Nullable Caller> callers() {
        return config.callers;
    }

    Warnings warnings() {
        return warnings;
    }

    Events events() {
        return events;
    }

    private void closeFeedback() {
        try {
            config.feedbackIds.close();
        } catch (RuntimeException e) {
            warnings.threw("the end of what remembers feedback", e);
        }
    }

    /**
     * Stores what is waiting, for two seconds at most, then lets go of the control log and takes the meters back. Calls are still
     * served, from the last state.
     * Idempotent.
     */
    @Override
    public void close() {
        control.close();
        budgets.close();
        served.close();
        closeFeedback();
        if (records != null) {
            records.close();
        }
        events.close();
        MeterRegistry meters = config.meters;
        if (meters != null) {
            controlMeters.forEach(meters::remove);
            control.locked(() -> List.copyOf(control.gates())).forEach(ModelGate::unbind);
        }
    }
}
