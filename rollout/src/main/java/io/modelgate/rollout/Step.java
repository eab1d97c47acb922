package io.modelgate.rollout;

import java.time.Duration;

/**
 * One weight of a policy, and what it takes to leave it. Immutable.
 *
 * @param weight above 0 and below {@link Weight#FULL}
 * @param leastTime how long at least, watched by the controller; 1 second or more
 * @param leastCallers how many callers at least the candidate must have had at this weight, 0 or more
 * @param manual whether a person must approve before this step begins
 */
public record Step(Weight weight, Duration leastTime, long leastCallers, boolean manual) {}
