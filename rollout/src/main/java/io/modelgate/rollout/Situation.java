package io.modelgate.rollout;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a decision of automation depends on. Immutable.
 *
 * @param run where the rollout stands
 * @param elapsed how long this process has watched the present weight
 * @param ready how long the step's least time and callers have been reached; null if they are not
 * @param held how long this process has seen it held up
 * @param quiet for how long the candidate has had no call at the present weight
 * @param recent whether it has had one, recently enough for a decision that rests on data
 * @param unmoved how long this process has seen nobody move it
 * @param callers about how many callers the candidate had at this weight
 * @param evidence what the data says
 * @param open whether the calendar allows stepping up now
 * @param killed who killed the version under rollout and why, or null
 * @param hindrance why this process cannot judge the version under rollout, or null
 */
record Situation(
        RolloutRun run,
        Duration elapsed,
        @Nullable Duration ready,
        Duration held,
        Duration quiet,
        boolean recent,
        Duration unmoved,
        long callers,
        List<Evidence> evidence,
        boolean open,
        @Nullable String killed,
        @Nullable String hindrance) {

    /** The same with other evidence. */
    Situation seeing(List<Evidence> other) {
        return new Situation(
                run, elapsed, ready, held, quiet, recent, unmoved, callers, other, open, killed, hindrance);
    }

    RolloutPolicy policy() {
        return run.plan().policy();
    }
}
