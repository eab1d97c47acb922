package io.modelgate.rollout;

import io.modelgate.CallCounts;
import java.util.Map;

/**
 * What was counted while a rollout had one weight. Immutable.
 *
 * @param stable the arm that got stable by chance
 * @param candidate the arm that got the candidate by chance
 * @param byRule calls to the candidate of callers whom a list or a segment sent there: no part of a comparison, but of absolute limits
 * @param reached about how many callers the candidate answered, chance or rule
 * @param groups the same for each group that a guardrail looks at, as far as there were calls; a group has none of its own
 */
public record StepCounts(
        ArmCounts stable, ArmCounts candidate, CallCounts byRule, long reached, Map<Group, StepCounts> groups) {

    /** No calls. */
    public static final StepCounts NONE = new StepCounts(ArmCounts.NONE, ArmCounts.NONE, CallCounts.NONE, 0);

    /** Copies the map. */
    public StepCounts {
        groups = Map.copyOf(groups);
    }

    /** Counts without groups. */
    public StepCounts(ArmCounts stable, ArmCounts candidate, CallCounts byRule, long reached) {
        this(stable, candidate, byRule, reached, Map.of());
    }

    /** What was counted of a group. */
    StepCounts of(Group group) {
        return groups.getOrDefault(group, NONE);
    }
}
