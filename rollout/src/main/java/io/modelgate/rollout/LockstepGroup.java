package io.modelgate.rollout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rollouts that one goes in lockstep with, as the control log has them. Immutable.
 *
 * <p>Each says in the log when it is ready for its next place; it takes it once all are there or ready. What ends badly takes the others with
 * it, a complete one that is killed or rolled back too, while any of the others is under way. A gate is one member.
 *
 * @param name the group's
 * @param expected how many rollouts it has, this one included
 * @param members the others that run or are complete
 * @param fallen why all go back, or null
 */
record LockstepGroup(
        String name,
        int expected,
        List<Member> members,
        @Nullable String fallen) {

    /**
     * Another rollout of the group.
     *
     * @param gate its gate
     * @param run where it stands
     */
    record Member(String gate, RolloutRun run) {

        boolean at(int place) {
            return run.place() >= place;
        }

        boolean readyFor(int place) {
            return at(place) || (run.place() == place - 1 && run.conditions().ready() == place);
        }
    }

    /** The group of a run, or null if it goes by itself. */
    static @Nullable LockstepGroup of(Map<String, FleetRollouts.OfGate> fleet, String gate, RolloutRun own) {
        Dependencies.Lockstep lockstep = own.plan().dependencies().lockstep();
        if (lockstep == null) {
            return null;
        }
        long begun = fleet.values().stream()
                .map(each -> each.routing().run())
                .filter(run -> run != null && in(lockstep.name(), run))
                .mapToLong(run -> run.conditions().start())
                .reduce(own.conditions().start(), Math::min);
        List<Member> members = new ArrayList<>();
        String fallen = null;
        long since = Long.MAX_VALUE;
        for (Map.Entry<String, FleetRollouts.OfGate> each : fleet.entrySet()) {
            FleetRollouts.OfGate there = each.getValue();
            RolloutRun run = there.routing().run();
            if (each.getKey().equals(gate)) {
                continue;
            }
            boolean runs = run != null && in(lockstep.name(), run);
            if (run != null && runs) {
                members.add(new Member(each.getKey(), run));
                if (there.killed(run) && since == Long.MAX_VALUE) {
                    fallen = text(lockstep, each.getKey(), run) + " was killed";
                }
            }
            RolloutRun ended = there.routing().memory().lockstep().get(lockstep.name());
            if (ended == null || ended.last().seq() < begun) {
                continue; // of an earlier group of that name
            }
            boolean good = ended.stage() == Stage.COMPLETE;
            if (good && !runs) { // a gate is one member, whichever of its versions it is
                members.add(new Member(each.getKey(), ended));
            }
            if (good
                    && since == Long.MAX_VALUE
                    && there.routing().killed(ended.plan().candidate())) {
                fallen = text(lockstep, each.getKey(), ended) + " was killed";
            }
            if ((!good || there.rolledBack().contains(ended.plan().candidate()))
                    && ended.last().seq() < since) {
                since = ended.last().seq(); // the first one: the others went with it
                fallen = text(lockstep, each.getKey(), ended) + (good ? " was rolled back" : went(ended));
            }
        }
        return new LockstepGroup(lockstep.name(), lockstep.members(), List.copyOf(members), fallen);
    }

    static boolean in(String name, RolloutRun run) {
        Dependencies.Lockstep lockstep = run.plan().dependencies().lockstep();
        return lockstep != null && lockstep.name().equals(name);
    }

    private static String text(Dependencies.Lockstep lockstep, String gate, RolloutRun run) {
        return "lockstep \"" + lockstep.name() + "\": version \"" + run.plan().candidate() + "\" of gate \"" + gate
                + "\"";
    }

    private static String went(RolloutRun run) {
        return (run.stage() == Stage.ABORTED ? " was aborted by " : " was rolled back by ")
                + run.last().decision().actor() + ": " + run.last().decision().reason();
    }

    /** Whether another one has gone on to a place, so that this one only follows. */
    boolean ahead(int place) {
        return members.stream().anyMatch(each -> each.at(place));
    }

    /** How long at least those that are not ready for a place take at the step that they are at, at most. */
    Duration leastTime(int place) {
        return members.stream()
                .filter(each -> !each.readyFor(place))
                .map(each -> each.run().leastTime())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** For whom a rollout that is ready for a place waits, or null if it may take it. */
    @Nullable
    String waits(int place) {
        if (members.size() + 1 < expected) {
            return "lockstep \"" + name + "\" has " + (members.size() + 1) + " of " + expected
                    + " rollouts: waits for the others to start";
        }
        List<String> late = members.stream()
                .filter(each -> !each.readyFor(place))
                .map(each -> "\"" + each.gate() + "\"")
                .sorted()
                .toList();
        return late.isEmpty()
                ? null
                : "lockstep \"" + name + "\": waits for gate " + String.join(" and ", late) + ", not ready yet";
    }
}
