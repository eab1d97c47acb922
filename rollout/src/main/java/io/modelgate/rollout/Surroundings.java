package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Looks at what is around a rollout, and takes back with one that fell what goes in lockstep with it and is not in this process. */
final class Surroundings {

    /** Between closing and opening again: the clocks of two processes may differ by that much, and each may go by its own. */
    private static final Duration SHUT_AT_LEAST = Duration.ofMinutes(1);

    private static final int MOST_TRIES = 2 * Dependencies.MOST_MEMBERS;

    private final Gates gates;
    private final FleetRollouts fleet;
    private final Decided decided;

    private static final Duration SHUT_AT_MOST = Duration.ofHours(1);

    /** Of each gate whose windows were closed by a clock ahead of this one, when that was seen here. */
    private final Map<String, Ahead> ahead = new ConcurrentHashMap<>();

    /**
     * A time that was yet to come.
     *
     * @param rollout whose windows were closed then
     * @param shut the time
     * @param seen when this process saw it, by the ticker
     * @param least how long it is to stay closed: the longer, the oftener it was closed so, as the clock that is wrong may be this one
     */
    private record Ahead(String rollout, Instant shut, long seen, Duration least) {

        Ahead again(Instant time, long tick) {
            Duration twice = least.multipliedBy(2);
            return new Ahead(rollout, time, tick, twice.compareTo(SHUT_AT_MOST) < 0 ? twice : SHUT_AT_MOST);
        }
    }

    Surroundings(Gates gates, FleetRollouts fleet, Decided decided) {
        this.gates = gates;
        this.fleet = fleet;
        this.decided = decided;
    }

    /** What a rollout on one of this process's gates finds around it now. */
    Around of(String gate, RolloutRun run) {
        Instant now = gates.now();
        String outside = run.plan().policy().windows().outside(now);
        boolean reopens = outside == null && shutForLong(gate, run, now);
        Dependencies dependencies = run.plan().dependencies();
        if (!dependencies.onOthers()) {
            return new Around(outside, reopens, null, null);
        }
        try {
            Map<String, FleetRollouts.OfGate> all = fleet.now();
            return new Around(
                    outside, reopens, Barriers.unmet(all, dependencies.barriers()), LockstepGroup.of(all, gate, run));
        } catch (ControlLogException e) { // it may be taken back all the same, on what this process sees of it
            return new Around(outside, reopens, "the rollouts of other gates cannot be read: " + e.getMessage(), null);
        }
    }

    /** A clock that is a week ahead keeps nobody from the candidate for a week: such a time is gone by from when it was seen. */
    private boolean shutForLong(String gate, RolloutRun run, Instant now) {
        Instant shut = run.conditions().shutAt();
        if (!shut.isAfter(now)) {
            return shut.equals(Instant.MIN) || !now.isBefore(shut.plus(SHUT_AT_LEAST));
        }
        long tick = gates.ticker().read();
        String rollout = run.plan().id();
        Ahead since = ahead.compute(
                gate,
                (name, before) -> before == null || !before.rollout().equals(rollout)
                        ? new Ahead(rollout, shut, tick, SHUT_AT_LEAST)
                        : before.shut().equals(shut) ? before : before.again(shut, tick));
        return tick - since.seen() >= since.least().toNanos();
    }

    /**
     * Takes back what goes in lockstep with a rollout that was taken back, on gates that are not in this process: those in it are looked at
     * once more. What does not come to pass here, because another process writes to the log or the version before cannot serve, is left to
     * the next look of a process that has the gate.
     */
    void takeBackElsewhere(RolloutRun fallen) {
        Dependencies.Lockstep lockstep = fallen.plan().dependencies().lockstep();
        for (int i = 0; lockstep != null && i < MOST_TRIES; i++) {
            long seq = gates.applied();
            Decision decision = elsewhere(lockstep.name());
            if (decision == null) {
                return;
            }
            gates.appendIf(seq, decision);
        }
    }

    private @Nullable Decision elsewhere(String lockstep) {
        Set<String> here = gates.gates().stream().map(ModelGate::name).collect(Collectors.toSet());
        Map<String, FleetRollouts.OfGate> all = fleet.now();
        for (Map.Entry<String, FleetRollouts.OfGate> each : all.entrySet()) {
            CohortRouting routing = each.getValue().routing();
            RolloutRun run = routing.run();
            if (run == null || here.contains(each.getKey()) || !LockstepGroup.in(lockstep, run)) {
                continue;
            }
            LockstepGroup group = LockstepGroup.of(all, each.getKey(), run);
            String why = group == null ? null : group.fallen();
            if (why != null && !(run.promoted() && routing.killed(run.plan().baseline()))) {
                long reached = Controller.reached(routing, run, StepCounts.NONE);
                long calls = run.checkpoints().values().stream()
                        .mapToLong(Checkpoint::calls)
                        .sum();
                return decided.of(
                        each.getKey(),
                        run,
                        run.promoted() ? new Move.RollBack(why) : new Move.Abort(why),
                        Decided.evidence(List.of(), StepCounts.NONE, reached, calls));
            }
        }
        return null;
    }
}
