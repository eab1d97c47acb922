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
 * @param quiet for how long the candidate has had no call at the present weight
 * @param recent whether it has had one, recently enough for a decision that rests on data
 * @param unmoved how long this process has seen nobody move it
 * @param kept how long this process has seen others keep it, closed hours aside
 * @param callers about how many callers the candidate had at this weight
 * @param regressed whether the data says of any guardrail that it has regressed
 * @param said what the data says, put into words by whoever asks
 * @param agreement how a shadow's answers agreed, while it is at that stage; or null
 * @param closed what the calendar says against stepping up now, and until when; null if nothing
 * @param around what else lets it go on or keeps it
 * @param killed who killed the version under rollout and why, or null
 * @param hindrance why this process cannot judge the version under rollout, or null
 * @param objection what is said against its promotion, for which it has said that it is ready; or null
 */
record Situation(
        RolloutRun run,
        Duration elapsed,
        @Nullable Duration ready,
        Duration held,
        Duration quiet,
        boolean recent,
        Duration unmoved,
        Duration kept,
        long callers,
        boolean regressed,
        Supplier<List<Evidence>> said,
        @Nullable Agreement agreement,
        @Nullable String closed,
        Around around,
        @Nullable String killed,
        @Nullable String hindrance,
        @Nullable String objection) {

    /** The same with other evidence. */
    Situation seeing(boolean otherRegressed, Supplier<List<Evidence>> other) {
        return new Situation(
                run,
                elapsed,
                ready,
                held,
                quiet,
                recent,
                unmoved,
                kept,
                callers,
                otherRegressed,
                other,
                agreement,
                closed,
                around,
                killed,
                hindrance,
                objection);
    }

    List<Evidence> evidence() {
        return said.get();
    }

    RolloutPolicy policy() {
        return run.plan().policy();
    }
}
