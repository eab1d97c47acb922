package io.modelgate.rollout;

import io.modelgate.GateDescription;
import io.modelgate.Gates;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes of what a rollout asks of others what it gets, as the control log stands, or says why not. */
final class Joining {

    private final Gates gates;
    private final Map<String, FleetRollouts.OfGate> fleet;
    private final String gate;
    private final String candidate;
    private final Asked asked;

    /** For a candidate of a gate, in the state of the log that is given. */
    Joining(Gates gates, Map<String, FleetRollouts.OfGate> fleet, String gate, String candidate, Asked asked) {
        this.gates = gates;
        this.fleet = fleet;
        this.gate = gate;
        this.candidate = candidate;
        this.asked = asked;
    }

    /** Another rollout in the same exclusion group. */
    private record Tenant(String gate, RolloutStart start, Dependencies.Range range) {

        String text() {
            return "rollout \"" + start.id() + "\" of version \"" + start.version() + "\" on gate \"" + gate + "\" has "
                    + Weight.of(range.share()) + " from " + Weight.of(range.from());
        }
    }

    /**
     * What the rollout gets.
     *
     * @throws IllegalArgumentException for an unknown gate or version to come after
     * @throws IllegalStateException if its exclusion group has no room, if its lockstep group has all its members or is being taken back, or
     *     if it would wait for itself
     */
    Dependencies dependencies(RolloutStart start) {
        asked.barriers().forEach(this::requireKnown);
        requireNoCircle();
        requireLockstepOpen();
        return new Dependencies(asked.inGroup() ? range(start) : null, asked.barriers(), asked.lockstep());
    }

    private Dependencies.Range range(RolloutStart start) {
        List<Tenant> tenants = tenants();
        for (Tenant tenant : tenants) {
            if (!asked.test().isEmpty() && tenant.range().test().equals(asked.test())) {
                return joined(tenant, start);
            }
        }
        int from = 0;
        int largest = 0;
        for (Tenant tenant : tenants) { // by where they begin; those of a joint test stand in the same place
            int free = tenant.range().from() - from;
            if (free >= asked.share().parts()) {
                break;
            }
            largest = Math.max(largest, free);
            from = Math.max(from, tenant.range().to());
        }
        Dependencies.Range range = new Dependencies.Range(
                asked.group(), asked.test(), from, asked.share().parts());
        if (!range.sound() || tenants.stream().anyMatch(each -> overlap(each.range(), range))) {
            largest = Math.max(largest, Spots.BUCKETS - from);
            throw new IllegalStateException("exclusion group \"" + asked.group() + "\" has no room for "
                    + asked.share() + ": "
                    + tenants.stream().map(Tenant::text).collect(Collectors.joining("; "))
                    + ". The largest free share is "
                    + Weight.of(largest) + ": ask for that, or wait for one of them to end");
        }
        return range;
    }

    private static boolean overlap(Dependencies.Range one, Dependencies.Range other) {
        return one.from() < other.to() && other.from() < one.to();
    }

    private List<Tenant> tenants() {
        List<Tenant> tenants = new ArrayList<>();
        fleet.forEach((name, there) -> {
            RolloutStart start = there.routing().running();
            Dependencies.@Nullable Range range =
                    start == null ? null : start.dependencies().range();
            if (start != null && range != null && range.group().equals(asked.group())) {
                tenants.add(new Tenant(name, start, range));
            }
        });
        tenants.sort(
                Comparator.comparingInt((Tenant each) -> each.range().from()).thenComparing(Tenant::gate));
        return tenants;
    }

    /** The callers of a joint test are in all of its rollouts, so whoever one of them leaves out the others do too. */
    private Dependencies.Range joined(Tenant first, RolloutStart start) {
        if (first.range().share() != asked.share().parts()) {
            throw new IllegalStateException("joint test \"" + asked.test() + "\" of exclusion group \"" + asked.group()
                    + "\" has " + Weight.of(first.range().share()) + ", and " + asked.share()
                    + " was asked for: ask for the same, for " + first.text());
        }
        if (!first.start().deny().equals(start.deny()) || !first.start().only().equals(start.only())) {
            throw new IllegalStateException("joint test \"" + asked.test() + "\" of exclusion group \""
                    + asked.group() + "\" has the same callers in all its rollouts: give the same deny and only as "
                    + first.text());
        }
        return first.range();
    }

    private void requireKnown(Dependencies.Barrier barrier) {
        GateDescription there = gates.describe(barrier.gate())
                .orElseThrow(() -> new IllegalArgumentException("after(\"" + barrier.gate() + "\", \""
                        + barrier.version() + "\"): the gate is unknown; known gates are "
                        + new TreeSet<>(gates.describe().stream()
                                .map(GateDescription::name)
                                .toList())));
        if (!there.versions().contains(barrier.version())) {
            throw new IllegalArgumentException("after(\"" + barrier.gate() + "\", \"" + barrier.version()
                    + "\"): the gate has no such version; known versions are " + there.versions());
        }
    }

    private void requireLockstepOpen() {
        Dependencies.Lockstep lockstep = asked.lockstep();
        if (lockstep == null) {
            return;
        }
        Set<String> members = new TreeSet<>();
        fleet.forEach((name, there) -> {
            RolloutRun run = there.routing().run();
            if (run == null || name.equals(gate) || !LockstepGroup.in(lockstep.name(), run)) {
                return;
            }
            members.add(name);
            Dependencies.Lockstep theirs = run.plan().dependencies().lockstep();
            if (theirs != null && theirs.members() != lockstep.members()) {
                throw new IllegalStateException(
                        "lockstep \"" + lockstep.name() + "\" has " + theirs.members() + " members for gate \"" + name
                                + "\", and " + lockstep.members() + " were given: give the same");
            }
            LockstepGroup group = LockstepGroup.of(fleet, name, run);
            if (group != null) { // complete ones are in it too
                group.members().stream()
                        .map(LockstepGroup.Member::gate)
                        .filter(each -> !each.equals(gate))
                        .forEach(members::add);
            }
            if (group != null && group.fallen() != null) {
                throw new IllegalStateException("lockstep \"" + lockstep.name()
                        + "\" is being taken back: wait for that, or take another name: " + group.fallen());
            }
        });
        if (members.size() >= lockstep.members()) {
            throw new IllegalStateException("lockstep \"" + lockstep.name() + "\" has its " + lockstep.members()
                    + " rollouts, on gates " + members + ": take another name, or say how many there are");
        }
    }

    /** The steps of a group have the same indexes. */
    void requireSameSteps(RolloutPolicy policy) {
        Dependencies.Lockstep lockstep = asked.lockstep();
        fleet.forEach((name, there) -> {
            RolloutRun run = there.routing().run();
            if (lockstep != null && run != null && LockstepGroup.in(lockstep.name(), run)) {
                int steps = run.plan().policy().steps().size();
                if (steps != policy.steps().size()) {
                    throw new IllegalArgumentException("policy \"" + policy.name() + "\" has "
                            + policy.steps().size() + " steps, and that of gate \"" + name + "\" in lockstep \""
                            + lockstep.name() + "\" has " + steps + ": give both as many");
                }
            }
        });
    }

    /** All of a group are ready only at an hour at which each may step up. What is promoted waits for no hour. */
    void requireOpenAtOnce(RolloutPolicy policy) {
        Dependencies.Lockstep lockstep = asked.lockstep();
        List<Calendar> hours = new ArrayList<>(List.of(policy.calendar(), policy.windows()));
        Set<String> others = new TreeSet<>();
        fleet.forEach((name, there) -> {
            RolloutRun run = there.routing().run();
            if (lockstep != null && run != null && !run.promoted() && LockstepGroup.in(lockstep.name(), run)) {
                hours.add(run.plan().policy().calendar());
                hours.add(run.plan().policy().windows());
                others.add(name);
            }
        });
        if (lockstep != null && !others.isEmpty() && !Calendar.meet(hours)) {
            throw new IllegalArgumentException("policy \"" + policy.name()
                    + "\" is open, by its calendar and windows, only while those in lockstep \"" + lockstep.name()
                    + "\" are not, on gates " + others
                    + ": all would wait for ever; let the hours of all of them overlap");
        }
    }

    /** A version of a gate that something waits for. */
    private record Place(String gate, String version) {}

    /** Whoever waits for this candidate, or goes in lockstep with one that does, must not be waited for. */
    private void requireNoCircle() {
        Set<Place> own = new HashSet<>(mates(asked.lockstep()));
        own.add(new Place(gate, candidate));
        Deque<List<Place>> ways = new ArrayDeque<>();
        Set<Place> been = new HashSet<>();
        begin(ways, List.of(new Place(gate, candidate)), asked.barriers());
        mates(asked.lockstep()).forEach(mate -> {
            Dependencies theirs = of(mate);
            begin(ways, List.of(new Place(gate, candidate), mate), theirs.barriers());
        });
        while (!ways.isEmpty()) {
            List<Place> way = ways.remove();
            Place last = way.get(way.size() - 1);
            if (own.contains(last)) {
                throw new IllegalStateException("it would wait for itself: "
                        + way.stream()
                                .map(each -> "version \"" + each.version() + "\" of gate \"" + each.gate() + "\"")
                                .collect(Collectors.joining(" comes after "))
                        + "; leave one of them out");
            }
            if (been.add(last)) {
                begin(ways, way, of(last).barriers());
                mates(of(last).lockstep()).forEach(mate -> begin(ways, way, of(mate).barriers()));
            }
        }
    }

    private static void begin(Deque<List<Place>> ways, List<Place> way, List<Dependencies.Barrier> barriers) {
        for (Dependencies.Barrier barrier : barriers) {
            List<Place> longer = new ArrayList<>(way);
            longer.add(new Place(barrier.gate(), barrier.version()));
            ways.add(longer);
        }
    }

    /** What the rollout of a version that runs depends on; nothing where none runs. */
    private Dependencies of(Place place) {
        FleetRollouts.OfGate there = fleet.get(place.gate());
        RolloutStart running = there == null ? null : there.routing().running();
        return running == null || !running.version().equals(place.version())
                ? Dependencies.NONE
                : running.dependencies();
    }

    private Set<Place> mates(Dependencies.@Nullable Lockstep lockstep) {
        Set<Place> mates = new HashSet<>();
        fleet.forEach((name, there) -> {
            RolloutRun run = there.routing().run();
            if (lockstep != null && run != null && LockstepGroup.in(lockstep.name(), run)) {
                mates.add(new Place(name, run.plan().candidate()));
            }
        });
        return mates;
    }
}
