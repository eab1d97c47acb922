package io.modelgate.rollout;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a rollout that is to start asks of others. Not thread-safe. */
final class Asked {

    private final String gate;
    private String group = "";
    private String test = "";
    private Weight share = Weight.NONE;
    private final List<Dependencies.Barrier> barriers = new ArrayList<>();
    private Dependencies.@Nullable Lockstep lockstep;

    /** Of a rollout on a gate. */
    Asked(String gate) {
        this.gate = gate;
    }

    boolean nothing() {
        return group.isEmpty() && barriers.isEmpty() && lockstep == null;
    }

    boolean inGroup() {
        return !group.isEmpty();
    }

    String group() {
        return group;
    }

    /** The joint test, empty if there is none. */
    String test() {
        return test;
    }

    Weight share() {
        return share;
    }

    List<Dependencies.Barrier> barriers() {
        return List.copyOf(barriers);
    }

    Dependencies.@Nullable Lockstep lockstep() {
        return lockstep;
    }

    void exclusive(String name, String joint, Weight asked) {
        if (inGroup()) {
            throw new IllegalArgumentException("exclusion group " + PolicyText.quote(name) + " is given beside "
                    + PolicyText.quote(group) + ": a rollout is in one group at most");
        }
        group = named("group", name);
        test = joint;
        if (asked.parts() == 0) {
            throw new IllegalArgumentException("share is 0 %: expected above 0 %, of all callers; the steps and some"
                    + " callers to compare with have to fit into it");
        }
        share = asked;
    }

    void after(String other, String version) {
        if (other.equals(gate)) {
            throw new IllegalArgumentException("after(\"" + other + "\", \"" + version
                    + "\") is about the rollout's own gate, where one rollout runs at a time: leave it out");
        }
        if (barriers.size() == Dependencies.MOST_BARRIERS) {
            throw new IllegalArgumentException("after is given more than " + Dependencies.MOST_BARRIERS
                    + " times: expected at most so many; name the last of a row");
        }
        barriers.add(new Dependencies.Barrier(other, version));
    }

    void lockstep(String name, int members) {
        if (lockstep != null) {
            throw new IllegalArgumentException("lockstep group " + PolicyText.quote(name) + " is given beside "
                    + PolicyText.quote(lockstep.name()) + ": a rollout goes in lockstep with one group at most");
        }
        if (members < 2 || members > Dependencies.MOST_MEMBERS) {
            throw new IllegalArgumentException("members is " + members + ": expected 2 to " + Dependencies.MOST_MEMBERS
                    + ", the number of rollouts in lockstep " + PolicyText.quote(name) + ", this one included");
        }
        lockstep = new Dependencies.Lockstep(named("lockstep", name), members);
    }

    static String named(String what, String name) {
        if (!Dependencies.named(name)) {
            throw new IllegalArgumentException(what + " is " + PolicyText.quote(name)
                    + ": expected 1 to 100 characters, none of them a control character");
        }
        return name;
    }
}
