package io.modelgate.rollout;

import java.time.Duration;
import java.util.List;

/**
 * What the last look at a rollout saw. Immutable.
 *
 * @param rollout the rollout
 * @param elapsed how long the present weight was watched
 * @param evidence what the data said
 * @param counts what was counted at the present weight
 * @param calls how many calls the candidate had answered in this process
 * @param doing what automation did or waits for
 */
record Seen(String rollout, Duration elapsed, List<Evidence> evidence, StepCounts counts, long calls, String doing) {}
