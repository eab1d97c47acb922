package io.modelgate.rollout;

import io.modelgate.ModelGate;
import java.util.ArrayList;
import java.util.List;

/** Whether a rollback would find what it needs. Asked when a rollout starts and at every look, so that nobody learns of it too late. */
final class RollbackTarget {

    private RollbackTarget() {}

    /** What would keep the version from being restored, or makes that doubtful. */
    static List<String> risks(ModelGate<?, ?> gate, CohortRouting routing, String version) {
        List<String> risks = new ArrayList<>(obstacles(gate, routing, version));
        if (!routing.memory().rehearsed().contains(version)) {
            risks.add("nobody has ever rehearsed a rollback to \"" + version + "\"");
        }
        return risks;
    }

    /** What keeps the version from being restored. */
    static List<String> obstacles(ModelGate<?, ?> gate, CohortRouting routing, String version) {
        List<String> obstacles = new ArrayList<>();
        if (!gate.registered(version)) {
            obstacles.add("the rollback target \"" + version + "\" is not registered in this process");
        }
        if (routing.killed(version)) {
            obstacles.add("the rollback target \"" + version + "\" is killed");
        }
        return obstacles;
    }
}
