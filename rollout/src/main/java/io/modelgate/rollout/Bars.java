package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Router;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Keeps callers of this process from a candidate outside its windows, from the look on that finds it there, whatever becomes of the entry that
 * closes them: the log may be full, hang or be gone. A bar is lifted by that entry, by the hour, or by what ends the rollout's canary, and leaves the
 * cohort as it was. Thread-safe.
 */
final class Bars {

    private final Gates gates;
    private final Map<String, Optional<Bar>> bars = new HashMap<>();

    /**
     * What is kept from callers.
     *
     * @param rollout whose candidate
     * @param since when the log last opened or closed its windows; an entry after that voids the bar
     */
    private record Bar(String rollout, Instant since) implements Predicate<Router.Routing> {

        static Bar of(RolloutRun run) {
            return new Bar(run.plan().id(), run.conditions().shutAt());
        }

        @Override
        public boolean test(Router.Routing routing) {
            RolloutRun run = routing instanceof CohortRouting now ? now.run() : null;
            return run != null && standsFor(run);
        }

        boolean standsFor(RolloutRun run) {
            return openByTheLog(run) && equals(of(run));
        }
    }

    Bars(Gates gates) {
        this.gates = gates;
    }

    /** Looks at the hours, ahead of all that may wait for a log, a disk or users' code. */
    synchronized void look() {
        for (ModelGate<?, ?> gate : gates.closed() ? List.<ModelGate<?, ?>>of() : gates.gates()) {
            RolloutRun run = gate.routing().orElse(null) instanceof CohortRouting routing ? routing.run() : null;
            Optional<Bar> due =
                    run != null && openByTheLog(run) && outside(run) ? Optional.of(Bar.of(run)) : Optional.empty();
            if (!due.equals(bars.get(gate.name()))) { // at its first look it lifts what an earlier Rollouts left
                gate.bar(due.isPresent() ? due.get() : routing -> false);
                bars.put(gate.name(), due);
            }
        }
    }

    private boolean outside(RolloutRun run) {
        return !run.plan().policy().windows().open(gates.now());
    }

    /** Whether callers would get the candidate at this hour, by the log. */
    private static boolean openByTheLog(RolloutRun run) {
        return run.stage() == Stage.CANARY && !run.conditions().shut();
    }

    /** Whether a rollout's candidate is kept from the callers of this process, and no entry says so. */
    synchronized boolean barred(String gate, @Nullable RolloutRun run) {
        return run != null
                && bars.getOrDefault(gate, Optional.empty())
                        .filter(bar -> bar.standsFor(run))
                        .isPresent();
    }
}
