package io.modelgate.simulator;

import io.modelgate.rollout.RolloutBuilder;
import io.modelgate.rollout.Weight;
import java.util.List;

/**
 * A second gate with a rollout of its own, of which the same callers ask. Immutable.
 *
 * @param together what its rollout has to do with that of the first
 * @param share the share of the callers that each has where nobody is to have both candidates, or that both have in a joint test, 0 to 1; 0 otherwise
 * @param stable how its stable version answers at first
 * @param candidate how its candidate does
 * @param changes what becomes another, in the order of their time
 */
record Beside(Together together, double share, Behaviour stable, Behaviour candidate, List<Scenario.Change> changes) {

    static final String FIRST = "simulated";
    static final String OTHER = "other";

    Beside {
        changes = List.copyOf(changes);
    }

    /** What two rollouts may have to do with each other. */
    enum Together {
        /** They go on, and back, together. */
        LOCKSTEP,
        /** The other begins once the first is complete. */
        AFTER,
        /** No caller has both candidates. */
        EXCLUSIVE,
        /** Who has the candidate of the one that fewer callers have, has both. */
        JOINTLY;

        /** Whether their callers are a share of all. */
        boolean shared() {
            return this == EXCLUSIVE || this == JOINTLY;
        }
    }

    /** Says so where one of them starts. */
    void declare(RolloutBuilder who, String gate) {
        switch (together) {
            case LOCKSTEP -> who.lockstep("pair", 2);
            case EXCLUSIVE -> who.exclusive("pair", Weight.percent(share * 100));
            case JOINTLY -> who.jointly("pair", "both", Weight.percent(share * 100));
            case AFTER -> {
                if (gate.equals(OTHER)) {
                    who.after(FIRST, "candidate");
                }
            }
        }
    }

    /** What happens at the second gate, as a scenario of its own. */
    Scenario scenario(Scenario first) {
        return new Scenario(
                first.name(),
                first.says(),
                first.bad(),
                first.callers(),
                first.start(),
                first.duration(),
                first.traffic(),
                first.metrics(),
                first.attribute(),
                first.groups(),
                stable,
                candidate,
                changes,
                first.missing(),
                first.labels(),
                first.agreement(),
                first.reference(),
                this,
                first.setting());
    }
}
