package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at every rollout of this process under a policy, judges it and makes the decisions that follow. A decision is an entry that
 * comes next after what it was made on, or is not made: then the log has moved on, and the next look judges anew. Thread-safe.
 */
final class Controller {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** So long does closing wait for a look. */
    private static final Duration LONGEST_LOOK = Duration.ofSeconds(5);

    private final Gates gates;
    private final Decided decided;
    private final @Nullable Observations observations;
    private final Consent consent;
    private final String instance;
    private final Notices notices;

    private final UsersTests tests;
    private final Surroundings surroundings;
    private final Shadows shadows;
    private final Bars bars;

    private final ReentrantLock lock = new ReentrantLock();
    private final LookUnderWay underWay;

    private volatile boolean closed;

    /** Whether this look has taken back a rollout that others go in lockstep with. Guarded by the lock. */
    private boolean tookBack;

    /** Guarded by the lock. */
    private final Map<String, Watched> watched = new ConcurrentHashMap<>();

    /**
     * What was seen of a rollout, and of which folding of the log. One that was folded anew counts from zero, and numbers its entries
     * otherwise: what was seen before goes on from the last checkpoint, as after a restart.
     */
    private record Watched(Progress progress, @Nullable RolloutUnits folding) {
        @SuppressWarnings("ReferenceEquality") // made once for each rollout that is folded
        boolean watches(CohortRouting routing, RolloutRun run) {
            return folding == routing.units() && progress.watches(run);
        }
    }

    private final Map<String, DryRun> dry = new ConcurrentHashMap<>();
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    Controller(
            Gates gates,
            RolloutsBuilder config,
            UsersTests tests,
            Decided decided,
            Notices notices,
            Shadows shadows,
            FleetRollouts fleet,
            Bars bars,
            LookUnderWay underWay) {
        this.gates = gates;
        this.bars = bars;
        this.decided = decided;
        this.notices = notices;
        this.underWay = underWay;
        observations = config.observations;
        instance = config.instance;
        this.shadows = shadows;
        this.tests = tests;
        surroundings = new Surroundings(gates, fleet, decided);
        consent = new Consent(new PromotionGates(config.promotionGates), notices, gates.ticker(), this::status);
    }

    /** Looks once at every gate. What goes wrong with one keeps nothing from the others. */
    void tick() {
        if (lock.isHeldByCurrentThread()) {
            return; // a listener that this look told of something
        }
        lock.lock();
        try {
            tookBack = false;
            List<ModelGate<?, ?>> all = gates.gates();
            looks(all);
            for (int i = 0; tookBack && i < all.size(); i++) { // what goes in lockstep goes back at the same look
                tookBack = false;
                looks(all.stream().filter(Controller::inLockstep).toList());
            }
        } finally {
            lock.unlock();
        }
    }

    private void looks(List<ModelGate<?, ?>> all) {
        for (ModelGate<?, ?> gate : all) {
            if (closed || gates.closed()) {
                return;
            }
            look(gate);
        }
    }

    private static boolean inLockstep(ModelGate<?, ?> gate) {
        return gate.routing().orElse(null) instanceof CohortRouting routing
                && routing.run() != null
                && routing.run().plan().dependencies().lockstep() != null;
    }

    private void look(ModelGate<?, ?> gate) {
        underWay.at(gate.name());
        try {
            if (gate.routing().orElse(null) instanceof CohortRouting routing) {
                if (routing.run() != null || watched.containsKey(gate.name())) {
                    failed(gate, judge(gate));
                }
            }
        } catch (Throwable e) { // users' code may throw anything, and there are other gates
            failed(gate, e);
        } finally {
            underWay.at(LookUnderWay.ALL);
        }
    }

    private void failed(ModelGate<?, ?> gate, @Nullable Throwable failure) {
        if (failure != null && gates.closed()) {
            return; // it closed under this look
        }
        if (notices.hindered(gate.name(), failure == null ? "" : "the look at it failed: " + failure)) {
            LOG.warn("gate \"{}\": the look at its rollout failed, and is tried again", gate.name(), failure);
        }
    }

    /** Judges a gate's rollout; what went wrong with its counts, for which nothing waits that is not made on them. */
    private @Nullable Throwable judge(ModelGate<?, ?> gate) {
        long seq = gates.applied(); // before the state that it speaks for
        CohortRouting routing = Routings.of(gate);
        RolloutRun run = routing.run();
        DryRun former = dry.get(gate.name());
        if (former != null && former.over(run)) {
            dry.remove(gate.name(), former);
        }
        if (run == null) {
            watched.remove(gate.name());
            notices.over(gate.name());
            shadows.stop(gate.name());
            return null;
        }
        shadows.follow(gate, routing, run);
        Progress progress = watched(gate, routing, run);
        progress.shadowed(run, shadows.counts(gate.name(), run));
        shadows.judged(gate.name(), progress.agreement());
        Throwable uncounted = counted(gate, routing, run, progress);
        String hindrance = hindrance(gate, routing, run, progress);
        notices.lacking(gate.name(), run, hindrance);
        notices.atRisk(
                gate.name(), run, RollbackTarget.risks(gate, routing, run.plan().baseline()));
        Around around = surroundings.of(gate.name(), run);
        notices.heldByOthers(gate.name(), run, around);
        Situation situation = progress.situation(
                run,
                run.plan().policy().calendar().closed(gates.now()),
                around,
                killed(gate, routing, run),
                uncounted == null ? hindrance : "its calls cannot be counted: " + uncounted,
                consent.taken(gate, routing, run));
        Move move = Judgement.of(situation);
        seen.put(gate.name(), seen(run, progress, move));
        DryRun other = dry.get(gate.name());
        if (other != null
                && uncounted == null
                && !other.look(
                        gate,
                        run,
                        routing.units(),
                        progress.counts(),
                        gates.ticker().read(),
                        gates.now())) {
            dry.remove(gate.name(), other); // and not the one that somebody has asked for meanwhile
        }
        if (!allowed(gate, routing, run, move) || !carryOut(gate, seq, routing, run, progress, move)) {
            checkpoint(gate, routing, run, progress, false);
        }
        return uncounted;
    }

    /** Takes what was counted. A source that throws keeps no kill, no window and nobody who goes back from being seen to. */
    private @Nullable Throwable counted(
            ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run, Progress progress) {
        boolean closed = run.conditions().shut() || bars.barred(gate.name(), run);
        long tick = gates.ticker().read();
        try {
            progress.look(run, closed, counts(gate, routing, run), tick);
            return null;
        } catch (Throwable e) { // of users' code; the caller tells of it
            progress.blind(run, closed, tick);
            return e;
        }
    }

    private @Nullable String hindrance(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run, Progress progress) {
        String known = progress.hindrance(gate.registered(run.plan().candidate()));
        return known == null && run.stage() == Stage.SHADOW ? shadows.hindrance(gate, routing, run) : known;
    }

    private Progress watched(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run) {
        Watched known = watched.get(gate.name());
        if (known != null && known.watches(routing, run)) {
            return known.progress();
        }
        Checkpoint checkpoint = run.checkpoints().get(instance);
        RolloutUnits units = routing.units();
        if (checkpoint != null && units != null) {
            units.mergeReached(checkpoint.reached());
        }
        Progress begun = new Progress(
                run,
                gate,
                tests.of(gate.name(), run.plan().id()),
                checkpoint,
                shadows.counts(gate.name(), run),
                gates.ticker().read());
        watched.put(gate.name(), new Watched(begun, units));
        return begun;
    }

    private StepCounts counts(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run) {
        return observations == null
                ? routing.counts()
                : observations.counts(gate, run.plan().id(), run.epoch());
    }

    /** Who killed the version under rollout, or null. A revive does not unsay it. */
    private static @Nullable String killed(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run) {
        String version = run.plan().candidate();
        if (run.promoted() ? !routing.killed(version) : !routing.halted()) {
            return null;
        }
        Optional<Kill> kill = gate.describe().kills().stream()
                .filter(each ->
                        version.equals(each.scope().version()) && !each.scope().narrowed())
                .findFirst();
        return kill.map(each -> "version \"" + version + "\" was killed by "
                        + each.actor().name() + " (" + each.id() + "): " + each.reason())
                .orElse("version \"" + version + "\" was killed");
    }

    private boolean allowed(ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run, Move move) {
        if (move instanceof Move.Promote || (move instanceof Move.Ready ready && Consent.toPromote(run, ready))) {
            return consent.given(gate, routing, run, move);
        }
        if (move instanceof Move.RollBack) {
            List<String> obstacles =
                    RollbackTarget.obstacles(gate, routing, run.plan().baseline());
            notices.stuck(gate.name(), run, move.reason(), obstacles);
            return obstacles.isEmpty();
        }
        return true;
    }

    List<String> objections(ModelGate<?, ?> gate, CohortRouting routing) {
        return consent.objections(gate, routing);
    }

    /** Makes the decision, if there is one and nothing has come in between; true if so. */
    private boolean carryOut(
            ModelGate<?, ?> gate, long seq, CohortRouting routing, RolloutRun run, Progress progress, Move move) {
        if (move instanceof Move.Stay || closed) {
            return false;
        }
        Map<String, Object> evidence = Decided.evidence(
                progress.evidence(), progress.counts(), reached(routing, run, progress.counts()), progress.calls());
        Decision decision = decided.of(gate.name(), run, move, evidence);
        if (decision == null) {
            return false;
        }
        Optional<Entry> made = appended(gate.name(), seq, run, move, decision);
        if (made.isEmpty()) {
            return false;
        }
        consent.made(gate.name(), run, move);
        if ((move instanceof Move.Abort || move instanceof Move.RollBack)
                && run.plan().dependencies().lockstep() != null) {
            tookBack = true;
            surroundings.takeBackElsewhere(run);
        }
        CohortRouting after = Routings.of(gate);
        RolloutRun next = after.run();
        if (next != null && progress.watches(next)) {
            progress.shadowed(next, shadows.counts(gate.name(), next));
            shadows.follow(gate, after, next);
            counted(gate, after, next, progress); // if that fails, the next look says so
            seen.put(gate.name(), seen(next, progress, move));
        }
        return true;
    }

    /** Closing is an entry: until it is stored only processes that look after the rollout keep to it, and that is not left to be found out. */
    private Optional<Entry> appended(String gate, long seq, RolloutRun run, Move move, Decision decision) {
        boolean closing = move instanceof Move.Window window && !window.open();
        try {
            Optional<Entry> made = gates.appendIf(seq, decision);
            if (closing && made.isPresent()) {
                notices.notClosed(gate, run, "", "");
            }
            return made;
        } catch (ControlLogException e) {
            if (!closing) {
                throw e;
            }
            notices.notClosed(gate, run, move.reason(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void checkpoint(
            ModelGate<?, ?> gate, CohortRouting routing, RolloutRun run, Progress progress, boolean last) {
        long tick = gates.ticker().read();
        if (run.stage() == Stage.DRAFT || progress.uncounted(run) || !(last || progress.checkpointDue(run, tick))) {
            return;
        }
        RolloutUnits units = routing.units();
        Checkpoint checkpoint = progress.checkpoint(units == null ? "" : units.reachedText(), tick);
        gates.append(gates.decision(
                run.plan().id() + ".checkpoint." + UUID.randomUUID().toString().substring(0, 13),
                EntryTypes.ROLLOUT_CHECKPOINT,
                gate.name(),
                Decided.AUTOMATION,
                "",
                checkpoint.data(run.plan().id(), instance)));
    }

    /** Puts into the log what a process of this one's name needs to go on, unless users' code, in a look or asked for the last counts, hangs. */
    void close() {
        closed = true;
        if (lock.isHeldByCurrentThread()) { // a listener that a look told of something closes
            closing();
            return;
        }
        Thread last = new Thread(this::closing, "modelgate-rollouts-last");
        last.setDaemon(true);
        last.start();
        try {
            last.join(LONGEST_LOOK.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (last.isAlive()) {
            LOG.warn("a look at the rollouts does not end; what they have counted since the last checkpoint is lost");
        }
    }

    private void closing() {
        lock.lock();
        try {
            for (ModelGate<?, ?> gate : gates.closed() ? List.<ModelGate<?, ?>>of() : gates.gates()) {
                Watched known = watched.get(gate.name());
                if (known != null && gate.routing().orElse(null) instanceof CohortRouting routing) {
                    closing(gate, routing, known);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void closing(ModelGate<?, ?> gate, CohortRouting routing, Watched known) {
        RolloutRun run = routing.run();
        try {
            if (run != null && known.watches(routing, run)) {
                Progress progress = known.progress();
                progress.shadowed(run, shadows.counts(gate.name(), run));
                Throwable uncounted = counted(gate, routing, run, progress);
                checkpoint(gate, routing, run, progress, true);
                if (uncounted != null) {
                    LOG.warn("gate \"{}\": what its rollout counted last is lost", gate.name(), uncounted);
                }
            }
        } catch (Throwable e) {
            LOG.warn("gate \"{}\": what its rollout has counted since the last checkpoint is lost", gate.name(), e);
        }
    }

    void dryRun(ModelGate<?, ?> gate, DryRun run) {
        dry.put(gate.name(), run);
    }

    @Nullable
    Seen seen(String gate) {
        return seen.get(gate);
    }

    Optional<RolloutStatus> status(ModelGate<?, ?> gate, CohortRouting routing) {
        return Statuses.of(gate, routing, seen.get(gate.name()), bars.barred(gate.name(), routing.run()));
    }

    private static Seen seen(RolloutRun run, Progress progress, Move move) {
        return new Seen(
                run.plan().id(),
                progress.elapsed(),
                progress::shown,
                progress.counts(),
                progress.calls(),
                move.reason());
    }

    /** About how many callers the candidate answered, as far as this process and the checkpoints of others know. */
    static long reached(CohortRouting routing, RolloutRun run, StepCounts counts) {
        RolloutUnits all = new RolloutUnits();
        run.checkpoints().values().forEach(each -> all.mergeReached(each.reached()));
        RolloutUnits own = routing.units();
        if (own != null) {
            all.mergeReached(own.reachedText());
        }
        return Math.max(all.reached(), counts.reached());
    }

    /** How many calls the candidate answered, in the same way. */
    long calls(RolloutRun run, long own) {
        return own
                + run.checkpoints().entrySet().stream()
                        .filter(each -> !each.getKey().equals(instance))
                        .mapToLong(each -> each.getValue().calls())
                        .sum();
    }
}
