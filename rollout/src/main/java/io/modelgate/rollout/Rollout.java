package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.GateDescription;
import io.modelgate.Kill;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves callers of a gate from stable to a candidate, by entries in the control log. A handle, thread-safe; any process that shares
 * the log may hold one.
 *
 * <pre>{@code
 * Rollout canary = Rollout.start(credit, "v2",
 *         r -> r.weight(Weight.percent(1)).allow("qa-1").only("region", "eu"), Actor.of("alice"), "canary of v2");
 * canary.weight(Weight.percent(5), Actor.of("alice"), "nothing unusual in an hour");
 * canary.end(Actor.of("alice"), "approval rate fell");
 * }</pre>
 *
 * <p>At most one rollout runs on a gate. A kill of the candidate, unless narrowed, halts the rollout: its weight is 0 and nobody goes
 * to the candidate, allowed and forced callers included. A revive gives no traffic back; setting a weight above 0 after it does. A kill
 * of stable, of the gate or of the fleet does not change the rollout. It ends with {@link #end}, and when the gate's stable version is
 * promoted or rolled back, whichever version that is. {@link Cohorts} says who goes to the candidate.
 *
 * <p>This is a rollout by hand. One under a policy is started by {@link Rollouts#start}: it sets its own weights, a kill of its candidate ends
 * it, and its own promotion does not.
 */
public final class Rollout {

    private final ModelGate<?, ?> gate;
    private final String id;
    private final String candidate;
    private final @Nullable Receipt started;

    private Rollout(ModelGate<?, ?> gate, String id, String candidate, @Nullable Receipt started) {
        this.gate = gate;
        this.id = id;
        this.candidate = candidate;
        this.started = started;
    }

    /**
     * Starts a rollout. It takes effect once stored: see {@link #stored}. If two processes start one at once, the first in the control
     * log runs, and the other's handle is not {@link #running}.
     *
     * @param candidate a known version other than stable
     * @throws IllegalArgumentException for an unknown version or attribute, listing what there is; if the candidate is stable; for a
     *     reason longer than 2,000 characters or with control characters
     * @throws IllegalStateException if a rollout runs on this gate, if the candidate is killed, if its exclusion group has no room, if the
     *     gate was built without {@link Cohorts#router}, or if its gates are closed
     */
    public static Rollout start(
            ModelGate<?, ?> gate, String candidate, Consumer<RolloutBuilder> configure, Actor actor, String reason) {
        RolloutBuilder builder = asked(gate, candidate, configure);
        if (!builder.asked().nothing()) {
            return begin(gate, candidate, builder, Rollout::byHand, new FleetRollouts(gate.gates()), actor, reason);
        }
        String id = newId();
        Map<String, Object> data =
                builder.build(id, candidate, gate.gates().identities()).data();
        return new Rollout(gate, id, candidate, append(gate, id, EntryTypes.ROLLOUT, actor, reason, data));
    }

    private static void byHand(RolloutBuilder builder, Map<String, Object> data, @Nullable Joining joining) {
        if (!builder.asked().barriers().isEmpty() || builder.asked().lockstep() != null) {
            throw new IllegalArgumentException(
                    "after and lockstep are for rollouts under a policy, which somebody looks"
                            + " after: start it with Rollouts.start, or leave them out");
        }
    }

    /** What else a rollout under a policy has in its entry. */
    @FunctionalInterface
    interface More {

        /**
         * Adds it, or refuses.
         *
         * @param joining what it has to do with others, or null
         */
        void to(RolloutBuilder builder, Map<String, Object> data, @Nullable Joining joining);
    }

    /** What is asked for, of a gate on which it may start. */
    static RolloutBuilder asked(ModelGate<?, ?> gate, String candidate, Consumer<RolloutBuilder> configure) {
        requireFree(gate, candidate);
        RolloutBuilder builder = new RolloutBuilder(gate.name(), gate.describe().attributes());
        configure.accept(builder);
        return builder;
    }

    private static String newId() {
        return "rollout-" + UUID.randomUUID();
    }

    /**
     * Starts a rollout, by hand or, with what {@code more} puts into its entry, under a policy: on all that the log says, so that nothing it
     * goes by has changed when it is stored, and two who start at once do not get the same of others.
     */
    static Rollout begin(
            ModelGate<?, ?> gate,
            String candidate,
            RolloutBuilder builder,
            More more,
            FleetRollouts fleet,
            Actor actor,
            String reason) {
        String id = newId();
        RolloutStart start = builder.build(id, candidate, gate.gates().identities());
        Entry entry = new Conditional(gate.gates()).make(gate, () -> {
            requireFree(gate, candidate);
            Joining joining = builder.asked().nothing()
                    ? null
                    : new Joining(gate.gates(), fleet.now(), gate.name(), candidate, builder.asked());
            Map<String, Object> data = (joining == null ? start : start.with(joining.dependencies(start))).data();
            more.to(builder, data, joining);
            return gate.gates().decision(id, EntryTypes.ROLLOUT, gate.name(), actor, reason, data);
        });
        return new Rollout(gate, id, candidate, gate.gates().append(entry.decision()));
    }

    private static void requireFree(ModelGate<?, ?> gate, String candidate) {
        RolloutStart running = routing(gate).running();
        if (running != null) {
            throw new IllegalStateException("rollout \"" + running.id() + "\" of version \"" + running.version()
                    + "\" runs on gate \"" + gate.name() + "\": end it before another starts");
        }
        gate.version(candidate); // throws if unknown
        GateDescription known = gate.describe();
        if (known.stable().equals(Optional.of(candidate))) {
            throw new IllegalArgumentException("candidate \"" + candidate + "\" is the stable version of gate \""
                    + gate.name() + "\": every caller gets it");
        }
        requireLive(known, candidate);
    }

    /**
     * Returns the rollout that runs on a gate, a halted one included.
     *
     * @throws IllegalStateException if the gate was built without {@link Cohorts#router}
     */
    public static Optional<Rollout> running(ModelGate<?, ?> gate) {
        return Optional.ofNullable(routing(gate).running())
                .map(run -> new Rollout(gate, run.id(), run.version(), null));
    }

    /** Its id, which is also that of the entry that started it. */
    public String id() {
        return id;
    }

    /** The version under rollout. */
    public String candidate() {
        return candidate;
    }

    /** Waits until the start is stored and applied in this process, at most for the given time, and says whether it is. */
    public boolean stored(Duration timeout) {
        return started == null || started.stored(timeout);
    }

    /** Whether it runs, halted or not, as far as this process has read the control log. */
    public boolean running() {
        return routing(gate).runs(id);
    }

    /** Whether a kill of the candidate has halted it, and no weight above 0 has been set since the revive. */
    public boolean halted() {
        CohortRouting routing = routing(gate);
        return routing.runs(id) && routing.halted();
    }

    /** The weight in force; {@link Weight#NONE} while it is halted or does not run. */
    public Weight weight() {
        CohortRouting routing = routing(gate);
        return routing.runs(id) ? routing.weight() : Weight.NONE;
    }

    /**
     * Sets the weight, once stored. Raising it only adds callers; lowering it takes away the last added first.
     *
     * @throws IllegalArgumentException for a reason longer than 2,000 characters or with control characters; for a weight above its share in
     *     an exclusion group
     * @throws IllegalStateException if this rollout does not run, if a policy sets its weights, if the weight is above 0 and the
     *     candidate is killed, or if the gates are closed
     */
    public Receipt weight(Weight weight, Actor actor, String reason) {
        requireRunning();
        if (routing(gate).run() != null) {
            throw new IllegalStateException("rollout \"" + id + "\" of gate \"" + gate.name()
                    + "\" is under a policy, which sets its weights: pause, promote or abort it, or end it");
        }
        requireInShare(weight);
        if (weight.parts() > 0) {
            requireLive(gate.describe(), candidate);
        }
        Map<String, Object> data = Map.of(EntryTypes.ID, id, EntryTypes.WEIGHT, (long) weight.parts());
        return append(gate, UUID.randomUUID().toString(), EntryTypes.ROLLOUT_WEIGHT, actor, reason, data);
    }

    /**
     * Ends the rollout, once stored: everyone gets stable. One under a policy is taken back, promoted or not, as {@link Rollouts#abort} does.
     *
     * @throws IllegalArgumentException for a reason longer than 2,000 characters or with control characters
     * @throws IllegalStateException if this rollout does not run, if it was promoted and there is nothing to go back to, or if the gates are
     *     closed
     */
    public Receipt end(Actor actor, String reason) {
        requireRunning();
        return routing(gate).run() == null
                ? append(
                        gate,
                        UUID.randomUUID().toString(),
                        EntryTypes.ROLLOUT_END,
                        actor,
                        reason,
                        Map.of(EntryTypes.ID, id))
                : new Conditional(gate.gates()).send(() -> takeBack(actor, reason));
    }

    /** What ends a rollout under a policy, which may have been promoted since somebody looked. */
    private Decision takeBack(Actor actor, String reason) {
        requireRunning();
        RolloutRun run = routing(gate).run();
        boolean promoted = run != null && run.promoted();
        Map<String, Object> data = new HashMap<>(Map.of(EntryTypes.ID, id));
        if (promoted) {
            data.put(EntryTypes.FROM, candidate);
            data.put(EntryTypes.TO, Interventions.target(gate, candidate));
        }
        String type = promoted ? EntryTypes.ROLLBACK : EntryTypes.ROLLOUT_END;
        return gate.gates().decision(UUID.randomUUID().toString(), type, gate.name(), actor, reason, data);
    }

    /** Refuses what the fold would pass over; lets through what comes after a start that is still on its way to the log. */
    private void requireRunning() {
        boolean applied =
                stored(Duration.ZERO) || started == null || started.failure().isPresent();
        CohortRouting routing = routing(gate);
        if (applied && !routing.runs(id)) {
            RolloutStart other = routing.running();
            throw new IllegalStateException(
                    "rollout \"" + id + "\" does not run on gate \"" + gate.name() + "\": it ended or "
                            + "never began; "
                            + (other == null ? "no rollout runs there" : "rollout \"" + other.id() + "\" runs there"));
        }
    }

    private void requireInShare(Weight weight) {
        RolloutStart start = routing(gate).running();
        if (start != null
                && start.id().equals(id)
                && weight.parts() > start.dependencies().share()) {
            throw new IllegalArgumentException("weight is " + weight + ", above the share of "
                    + Weight.of(start.dependencies().share()) + " that rollout \"" + id
                    + "\" has in its exclusion group: others have the rest");
        }
    }

    private static void requireLive(GateDescription known, String version) {
        for (Kill kill : known.kills()) {
            if (version.equals(kill.scope().version()) && !kill.scope().narrowed()) {
                throw new IllegalStateException("version \"" + version + "\" of gate \"" + known.name()
                        + "\" is killed (" + kill.id() + "): revive it before it gets traffic");
            }
        }
    }

    private static Receipt append(
            ModelGate<?, ?> gate, String entryId, String type, Actor actor, String reason, Map<String, Object> data) {
        Decision decision = gate.gates().decision(entryId, type, gate.name(), actor, reason, data);
        return gate.gates().append(decision);
    }

    private static CohortRouting routing(ModelGate<?, ?> gate) {
        return Routings.of(gate);
    }
}
