package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs rollouts under policies: looks at what the calls of each say, and steps up, promotes or takes back as its policy wants. Thread-safe.
 *
 * <pre>{@code
 * try (Gates gates = Gates.open(g -> …);
 *         Rollouts rollouts = Rollouts.open(gates)) {
 *     rollouts.start(credit, "v2", RolloutPolicy.load(Path.of("careful.yaml")), Actor.of("alice"), "trained on 2026");
 *     rollouts.rollback(credit, Actor.of("bob"), "approvals fell");
 * }
 * }</pre>
 *
 * <p>Each process that shares the control log may run it: a decision is an entry that is made once, whoever comes to it first. The gates
 * need {@link Cohorts#router}. {@code docs/rollouts.md} is the guide.
 */
public final class Rollouts implements AutoCloseable {

    private final Gates gates;
    private final Decided decided;
    private final RolloutEvents events = new RolloutEvents();
    private final Notices notices;
    private final FleetRollouts fleet;
    private final Bars bars;
    private final Controller controller;
    private final Starting starting;
    private final Interventions interventions;
    private final Registry registry;
    private final Drifts drifts;
    private final UsersTests tests;
    private final Shadows shadows;
    private final SwitchRules switchRules;
    private final List<Webhook> webhooks;
    private final TickLoop loop;
    private final AppliedEntries applied;
    private final @Nullable ExposureKeeper exposures;
    private final boolean manual;

    private Rollouts(Gates gates, RolloutsBuilder config) {
        this.gates = gates;
        manual = config.manual;
        decided = new Decided(
                gates, config.instance + "-" + UUID.randomUUID().toString().substring(0, 8));
        notices = new Notices(events, gates.ticker(), gates::now);
        tests = new UsersTests(config.tests);
        shadows = new Shadows(gates);
        switchRules = new SwitchRules(gates, new PromotionGates(config.promotionGates));
        fleet = new FleetRollouts(gates);
        bars = new Bars(gates);
        LookUnderWay underWay = new LookUnderWay(gates.ticker(), notices::overdue);
        controller = new Controller(gates, config, tests, decided, notices, shadows, fleet, bars, underWay);
        starting = new Starting(gates, decided, tests, notices, shadows, fleet);
        exposures = config.exposures == null ? null : config.exposures.attach(gates, notices, fleet);
        interventions = new Interventions(gates, decided, controller, exposures);
        registry = new Registry(gates, decided);
        drifts = new Drifts(gates, events);
        webhooks = List.copyOf(config.webhooks);
        events.listen(event -> {
            if (event instanceof RolloutEvent.Hindered
                    || event instanceof RolloutEvent.HeldByOthers
                    || event instanceof RolloutEvent.Drifted
                    || event instanceof RolloutEvent.ToRemedy) {
                tell(event);
            }
        });
        applied = new AppliedEntries(gates, this::applied);
        loop = new TickLoop(gates, config, underWay, this::look, bars::look);
    }

    /** Looks after the rollouts of these gates, once a second, until it or they are closed. */
    public static Rollouts open(Gates gates) {
        return open(gates, r -> {});
    }

    /**
     * Looks after the rollouts of these gates, until it or they are closed. Close it before the gates, so that what it has counted gets
     * into the control log.
     *
     * @throws IllegalStateException if the gates are closed
     */
    public static Rollouts open(Gates gates, Consumer<RolloutsBuilder> configure) {
        RolloutsBuilder config = new RolloutsBuilder();
        configure.accept(config);
        if (gates.closed()) {
            throw new IllegalStateException("these Gates are closed: nothing can be rolled out");
        }
        Rollouts rollouts = new Rollouts(gates, config);
        rollouts.loop.start();
        if (rollouts.exposures != null && !config.manual) {
            rollouts.exposures.start();
        }
        return rollouts;
    }

    /** Lets listeners know of an entry, as the fold understood it. */
    private void applied(Entry entry) {
        if (!EntryTypes.EVENTFUL.contains(entry.type())) {
            return;
        }
        for (ModelGate<?, ?> gate : gates.gates()) {
            if (gate.name().equals(entry.gate()) && gate.routing().orElse(null) instanceof CohortRouting routing) {
                RolloutEvent event = routing.memory().event(entry);
                if (event != null) {
                    events.publish(event);
                    if (decided.toTell(entry.decision())) {
                        tell(event);
                    }
                }
            }
        }
    }

    private void tell(RolloutEvent event) {
        webhooks.forEach(webhook -> webhook.send(Notification.of(event)));
    }

    /** Starts a rollout under a policy, for all callers: {@link #start(ModelGate, String, RolloutPolicy, Consumer, Actor, String)}. */
    public Rollout start(ModelGate<?, ?> gate, String candidate, RolloutPolicy policy, Actor actor, String reason) {
        return start(gate, candidate, policy, who -> {}, actor, reason);
    }

    /**
     * Starts a rollout under a policy, on what the log says when it is stored. It is stored and in force here when this returns. Its first step begins with
     * it, unless a person has to approve that, the calendar or the windows are closed, or it waits for other rollouts: until then it is a {@linkplain Stage#DRAFT draft}. With a
     * policy that has a shadow it is at {@link Stage#SHADOW} from its start, and the first step comes after that.
     *
     * <p>What would keep a rollback from working is reported now: in the log, as {@link RolloutEvent.RollbackAtRisk}, and by
     * {@link #status}.
     *
     * @param candidate a known version other than stable
     * @param who whom it concerns, lists and segments, and what it has to do with other rollouts; not the weight, which the policy says
     * @throws IllegalArgumentException for an unknown version, attribute or metric, listing what there is; if the candidate is stable; for a
     *     weight; for a guardrail of a user's own without its test; for a reason longer than 2,000 characters or with control characters;
     *     for a policy that does not fit the share or the lockstep group that is asked for
     * @throws IllegalStateException if the policy has a shadow stage and the candidate, which is registered here, cannot be told that it is a shadow while
     *     nothing says that its calls leave nothing behind; or compares answers by a function that is not given here; if a rollout runs on this gate; if its
     *     exclusion group has no room or its lockstep group is full; if it would wait for itself; if the candidate is killed, dropped or retyped a feature that stable
     *     takes, or was taken back within its policy's hold-down, unless {@link RolloutBuilder#afterAbort()} is said; if the gate was built
     *     without {@link Cohorts#router}; if the gates are closed
     * @throws io.modelgate.control.ControlLogException if the log cannot be written; the rollout may run all the same
     */
    public Rollout start(
            ModelGate<?, ?> gate,
            String candidate,
            RolloutPolicy policy,
            Consumer<RolloutBuilder> who,
            Actor actor,
            String reason) {
        return starting.start(gate, candidate, policy, who, actor, reason);
    }

    /**
     * Looks once at every rollout, on this thread, and makes the decisions that are due: at most one for each. Made for tests and for
     * whoever sets {@link RolloutsBuilder#manual}. Never throws for what goes wrong with a rollout: that is a
     * {@link RolloutEvent.Hindered}. Does nothing once this or the gates are closed.
     */
    public void tick() {
        look();
    }

    private void look() {
        bars.look(); // first: what follows may wait for the log
        fleet.warmUp(); // ahead of the controller's lock, for which others wait
        controller.tick();
        drifts.tick();
        if (exposures != null && manual) {
            exposures.look(); // else on a thread of its own: a disk that hangs must keep no version from being taken
            // back
        }
    }

    /**
     * Keeps the rollout from stepping up, from being promoted and from completing. Counting goes on, and so does aborting.
     *
     * @throws IllegalStateException if no rollout under a policy runs on the gate, if it is paused, or if the gates are closed
     */
    public Receipt pause(ModelGate<?, ?> gate, Actor actor, String reason) {
        return interventions.say(gate, EntryTypes.ROLLOUT_PAUSE, actor, reason);
    }

    /**
     * Lets a paused rollout go on. If it had paused itself over inconclusive evidence, its patience begins anew.
     *
     * @throws IllegalStateException if no rollout under a policy runs on the gate, if it is not paused, or if the gates are closed
     */
    public Receipt resume(ModelGate<?, ?> gate, Actor actor, String reason) {
        return interventions.say(gate, EntryTypes.ROLLOUT_RESUME, actor, reason);
    }

    /**
     * Approves the next step, for which the policy wants a person; it begins once its other conditions are met too.
     *
     * @throws IllegalStateException if no rollout under a policy runs on the gate, if its next step needs no approval or has it, or if the
     *     gates are closed
     */
    public Receipt approve(ModelGate<?, ?> gate, Actor actor, String reason) {
        return interventions.approve(gate, actor, reason);
    }

    /**
     * Promotes the candidate from whatever step it is at: a person answers for the evidence that is not there yet. Evidence that it has
     * regressed, and any {@link PromotionGate}, refuse it. The holdback and the soak are the policy's. In an emergency
     * {@code gate.version(…).promote(…)} asks nobody, and ends the rollout.
     *
     * @throws IllegalStateException if no rollout under a policy runs on the gate, is at its steps and is not halted; if this process has not
     *     looked at its evidence yet; if a guardrail has regressed; if a promotion gate objects or throws; if the gates are closed
     */
    public Receipt promote(ModelGate<?, ?> gate, Actor actor, String reason) {
        return interventions.promote(gate, actor, reason);
    }

    /**
     * Takes the candidate of the running rollout back, promoted or not, and promoted meanwhile. Stored and in force here when it returns, unless the log
     * cannot be written for half a second: then it is on its way, and the receipt says what becomes of it.
     *
     * @throws IllegalStateException if no rollout under a policy runs on the gate, if it was promoted and there is nothing to go back to,
     *     or if the gates are closed
     */
    public Receipt abort(ModelGate<?, ?> gate, Actor actor, String reason) {
        return interventions.abort(gate, actor, reason);
    }

    /**
     * Undoes the latest change of what callers get, and says what that came to. A candidate that is being rolled out is taken back; a
     * version that was promoted, by a rollout or by hand, is replaced by the one before it. Stored and in force here when it returns.
     *
     * <p>It never undoes an undoing: where the latest change was a rollback or an abort it refuses, so that two people who call it at once
     * do not take the gate back twice.
     *
     * @throws IllegalStateException if the latest change was a rollback or an abort, saying who made it, when and why; if there is nothing
     *     to undo or nothing to go back to; if the gate was built without {@link Cohorts#router}; if the gates are closed
     * @throws io.modelgate.control.ControlLogException if it cannot be stored, so that nothing has changed; a kill does not wait for that
     */
    public Rollback rollback(ModelGate<?, ?> gate, Actor actor, String reason) {
        return interventions.rollback(gate, actor, reason);
    }

    /**
     * The rollout under a policy that runs, or else the last that ended; empty if there was none.
     *
     * @throws IllegalStateException if the gate was built without {@link Cohorts#router}
     */
    public Optional<RolloutStatus> status(ModelGate<?, ?> gate) {
        return controller.status(gate, Routings.of(gate));
    }

    /**
     * Lets another policy judge the traffic of the running rollout, or of the next: what it would have done comes as
     * {@link RolloutEvent.WouldHave}, and nothing else comes of it. Ends with the rollout, with its own promotion or with its own abort.
     *
     * @throws IllegalArgumentException for a metric that the gate does not have, or a guardrail of a user's own without its test
     */
    public void dryRun(ModelGate<?, ?> gate, RolloutPolicy policy) {
        starting.requireUsable(gate, policy);
        controller.dryRun(gate, new DryRun(policy, notices, decided, tests.of(policy)));
    }

    /**
     * Says how this process runs the shadows of a gate, for policies that have such a stage; before {@link #start}, and in each process. What is not said is as
     * {@link ShadowBuilder} has it by default. A shadow that runs goes on as it was.
     *
     * @throws IllegalArgumentException for a number of threads beside an executor
     */
    public <I, O> void shadowing(ModelGate<I, O> gate, Consumer<ShadowBuilder<I, O>> configure) {
        shadows.configure(gate, configure);
    }

    /**
     * What the calls of a gate's latest shadow came to in this process: how often its answers agreed with those that the callers got, how far its numbers were
     * off, and the worst disagreements. Empty if none ran here since this was opened.
     */
    public Optional<ShadowReport> shadow(ModelGate<?, ?> gate) {
        return shadows.report(gate);
    }

    /**
     * Makes a pair of two versions that are switched as a whole: {@link BlueGreen}. Changes nothing but that the one that does not serve is kept warm from now
     * on, in this process, until the pair is closed.
     *
     * @throws IllegalArgumentException if a version is not registered in this process; if both are the same; without a smoke call; if a version cannot
     *     be told that nobody gets its answer while nothing says that its calls leave nothing behind
     * @throws IllegalStateException if the gate was built without {@link Cohorts#router}
     */
    public <I, O> BlueGreen<I, O> blueGreen(
            ModelGate<I, O> gate, String blue, String green, Consumer<BlueGreenBuilder<I, O>> configure) {
        BlueGreenBuilder<I, O> builder = new BlueGreenBuilder<>();
        configure.accept(builder);
        return BlueGreen.of(gate, blue, green, builder, interventions, switchRules);
    }

    /**
     * Tells that a rollback to a version was rehearsed and worked, so that rollouts from it no longer report that nobody ever tried.
     *
     * @throws IllegalArgumentException for an unknown version, listing the known ones
     * @throws IllegalStateException if the gates are closed
     */
    public Receipt rehearsed(ModelGate<?, ?> gate, String version, Actor actor, String reason) {
        return interventions.rehearsed(gate, version, actor, reason);
    }

    /**
     * Puts what is known of a version into the control log, for good: a version is immutable. Registering it again as it was changes
     * nothing, wherever its artefact lies now. The gate need not know the version yet.
     *
     * <p>To switch to a registered version in an emergency, promote it: {@code gate.version("v0").promote(actor, reason)} is one entry.
     *
     * @param about says where the artefact is, and what else is known
     * @throws IllegalArgumentException if {@code about} says something malformed or names no artefact
     * @throws IllegalStateException if the version is registered, or served, with another digest, naming both; if it is registered with
     *     another schema, provenance or other side effects; if the gate was built without {@link Cohorts#router}; if the gates are closed
     * @throws java.io.UncheckedIOException if the artefact cannot be read
     */
    public Receipt register(ModelGate<?, ?> gate, String version, Consumer<VersionRecordBuilder> about, Actor actor) {
        return registry.register(gate, version, about, actor);
    }

    /**
     * What is registered of the gate's versions, by id.
     *
     * @throws IllegalStateException if the gate was built without {@link Cohorts#router}
     */
    public Map<String, VersionRecord> registry(ModelGate<?, ?> gate) {
        return Registry.records(gate);
    }

    /**
     * Begins to count how the answers of the gate's stable version are spread, of each caller one, for {@link #freezeReference}. It is heard
     * by way of {@link ModelGate#onServed}, off the serving path. Calling it again changes nothing while the same version is stable.
     *
     * @throws IllegalStateException if the gate has no stable version or was built without {@link Cohorts#router}, or the gates are closed
     */
    public void countReference(ModelGate<?, ?> gate) {
        drifts.count(gate);
    }

    /**
     * Freezes what was counted since {@link #countReference} as the reference of the stable version, in the log: from then on each process
     * compares stable's present answers with it and reports, once and once more, that a metric {@linkplain RolloutEvent.Drifted has
     * drifted}. A reference replaces the one before; it is void once another version is stable. Stored and in force here when this returns.
     *
     * @param drift which metrics, and how far they may move
     * @throws IllegalArgumentException for a metric that the gate does not have, listing those that it has
     * @throws IllegalStateException if fewer than 1,000 callers' answers were counted here; if the gate has no stable version or was built
     *     without {@link Cohorts#router}; if the gates are closed
     * @throws io.modelgate.control.ControlLogException if the log cannot be written; counting goes on, so that it can be tried again
     */
    public Receipt freezeReference(ModelGate<?, ?> gate, Drift drift, Actor actor, String reason) {
        return drifts.freeze(gate, drift, actor, reason);
    }

    /**
     * Where stable's answers lie in this process against their reference, by metric; empty if there is none, or none was looked at yet.
     *
     * @throws IllegalStateException if the gate was built without {@link Cohorts#router}
     */
    public List<DriftStatus> drift(ModelGate<?, ?> gate) {
        return drifts.status(gate);
    }

    /**
     * Calls a listener for every event from now on, until the subscription is closed; on the thread that applied the entry, or that looked,
     * so it should return soon. One that throws is reported.
     */
    public ControlLog.Subscription onEvent(Consumer<RolloutEvent> listener) {
        return events.listen(listener);
    }

    /**
     * Stops looking, and puts what was counted into the control log, for the next process of this name. What has taken effect by then is told to
     * listeners and webhooks; for one that hangs it waits two seconds. Idempotent.
     */
    @Override
    public void close() {
        if (loop.stop()) {
            controller.close();
            shadows.close();
            drifts.close();
            if (exposures != null) {
                exposures.close();
            }
            applied.close(); // last: a look that had begun may have decided something
        }
    }
}
