package io.modelgate.rollout;

import io.modelgate.ModelGate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts together what is known of a gate's rollout, for a person. */
final class Statuses {

    private Statuses() {}

    private static final String BARRED =
            "; kept from the callers of this process, until the entry that closes the window is stored";

    /**
     * The rollout that runs, or else the last that ended.
     *
     * @param barred whether this process keeps callers from its candidate, and no entry says so
     */
    static Optional<RolloutStatus> of(
            ModelGate<?, ?> gate, CohortRouting routing, @Nullable Seen last, boolean barred) {
        RolloutRun run = routing.run() == null ? routing.memory().last() : routing.run();
        if (run == null) {
            return Optional.empty();
        }
        Seen seen = last != null && last.rollout().equals(run.plan().id()) ? last : null;
        StepCounts counts = seen == null ? StepCounts.NONE : seen.counts();
        boolean over = run.stage().end();
        String decided = run.last().decision().reason();
        return Optional.of(new RolloutStatus(
                gate.name(),
                run.plan().id(),
                run.plan().policy(),
                run.plan().candidate(),
                run.plan().baseline(),
                run.stage(),
                run.step(),
                barred ? Weight.NONE : weight(run, routing),
                run.hold().paused(),
                run.hold().waiting() >= 0,
                run.last().decision().at(),
                seen == null ? Duration.ZERO : seen.elapsed(),
                over && run.last().number("reached", -1) >= 0
                        ? run.last().number("reached", 0)
                        : Controller.reached(routing, run, counts),
                seen != null,
                seen == null ? List.of() : seen.evidence(),
                over
                        ? List.of()
                        : RollbackTarget.risks(gate, routing, run.plan().baseline()),
                (over || seen == null ? decided : seen.doing()) + (barred ? BARRED : "")));
    }

    private static Weight weight(RolloutRun run, CohortRouting routing) {
        return switch (run.stage()) {
            case DRAFT, SHADOW, ABORTED, ROLLED_BACK -> Weight.NONE;
            case CANARY -> routing.weight();
            case FULL, SOAK -> Weight.of(Weight.FULL.parts() - run.weight());
            case COMPLETE -> Weight.FULL;
        };
    }
}
