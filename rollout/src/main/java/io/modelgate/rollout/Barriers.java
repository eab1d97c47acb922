package io.modelgate.rollout;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether the versions that a rollout comes after are complete, and not killed. */
final class Barriers {

    private Barriers() {}

    /** What is not complete of them, or no more, and why; null if all are. */
    static @Nullable String unmet(Map<String, FleetRollouts.OfGate> fleet, List<Dependencies.Barrier> barriers) {
        String unmet = barriers.stream()
                .map(each -> unmet(fleet.get(each.gate()), each))
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining("; "));
        return unmet.isEmpty() ? null : unmet;
    }

    private static String unmet(FleetRollouts.@Nullable OfGate there, Dependencies.Barrier barrier) {
        String what = "comes after version \"" + barrier.version() + "\" of gate \"" + barrier.gate() + "\", ";
        if (there == null) {
            return what + "of which the log knows nothing";
        }
        RolloutStart running = there.routing().running();
        if (running != null && running.version().equals(barrier.version())) {
            RolloutRun run = there.routing().run();
            return what + "whose rollout is " + (run == null ? "by hand and has not ended" : "at stage " + run.stage());
        }
        if (there.routing().killed(barrier.version())) {
            return what + "which was killed";
        }
        RolloutRun ended = there.routing().memory().ended().get(barrier.version());
        boolean complete = ended != null
                && ended.stage() == Stage.COMPLETE
                && !there.rolledBack().contains(barrier.version());
        if (complete || barrier.version().equals(there.stable())) {
            return "";
        }
        if (there.rolledBack().contains(barrier.version())) {
            return what + "which was rolled back";
        }
        return ended == null
                ? what + "which no rollout has completed"
                : what + "which was taken back by " + ended.last().decision().actor() + ": "
                        + ended.last().decision().reason();
    }
}
