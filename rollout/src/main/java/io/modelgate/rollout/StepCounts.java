package io.modelgate.rollout;

import io.modelgate.CallCounts;

/**
 * What was counted while a rollout had one weight. Immutable.
 *
 * @param stable the arm that got stable by chance
 * @param candidate the arm that got the candidate by chance
 * @param byRule calls to the candidate of callers whom a list or a segment sent there: no part of a comparison, but of absolute limits
 * @param reached about how many callers the candidate answered, chance or rule
 */
public record StepCounts(ArmCounts stable, ArmCounts candidate, CallCounts byRule, long reached) {

    /** No calls. */
    public static final StepCounts NONE = new StepCounts(ArmCounts.NONE, ArmCounts.NONE, CallCounts.NONE, 0);
}
