package io.modelgate.rollout;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the last look at a rollout saw. Immutable but for the evidence, which is put into words when somebody asks for it, and may then have
 * seen a look more. Thread-safe.
 *
 * @param rollout the rollout
 * @param elapsed how long the present weight was watched
 * @param said what the data says
 * @param counts what was counted at the present weight
 * @param calls how many calls the candidate had answered in this process
 * @param doing what automation did or waits for
 */
record Seen(
        String rollout, Duration elapsed, Supplier<List<Evidence>> said, StepCounts counts, long calls, String doing) {

    List<Evidence> evidence() {
        return said.get();
    }
}
