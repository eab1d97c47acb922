package io.modelgate.rollout;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * All that a decision of automation depends on. Immutable.
 *
 * @param run where the rollout stands
 * @param elapsed how long this process has watched the present weight
 * @param ready how long the step's least time and callers have been reached; null if they are not
 * @param held how long this process has seen it held up
 * @param callers about how many callers the candidate had at this weight
 * @param regressed whether the data says of any guardrail that it has regressed
 * @param said what the data says, put into words by whoever asks
 * @param open whether the calendar allows stepping up now
 * @param killed who killed the version under rollout and why, or null
 * @param here whether this process has the version under rollout, without which it learns nothing of it
 */
record Situation(
        RolloutRun run,
        Duration elapsed,
        @Nullable Duration ready,
        Duration held,
        long callers,
        boolean regressed,
        Supplier<List<Evidence>> said,
        boolean open,
        @Nullable String killed,
        boolean here) {

    /** The same with other evidence. */
    Situation seeing(boolean otherRegressed, Supplier<List<Evidence>> other) {
        return new Situation(run, elapsed, ready, held, callers, otherRegressed, other, open, killed, here);
    }

    List<Evidence> evidence() {
        return said.get();
    }

    RolloutPolicy policy() {
        return run.plan().policy();
    }
}
