package io.modelgate.rollout;

import io.modelgate.CallCounts;
import java.util.Map;

/**
 * What one arm of a comparison counted: the calls of randomly assigned callers to stable, or to the candidate. Immutable.
 *
 * @param calls all calls
 * @param firstCalls for each caller, the first call at this weight; empty unless a guardrail counts callers
 * @param callers about how many callers there were, off by 2 % or so
 * @param units how many of the rollout's units, see {@link Unit#CALLER}, had a caller
 * @param missed by rate, the units that had such a miss for the first time in the rollout; no entry is 0
 */
public record ArmCounts(CallCounts calls, CallCounts firstCalls, long callers, long units, Map<Rate, Long> missed) {

    /** No calls. */
    public static final ArmCounts NONE = new ArmCounts(CallCounts.NONE, CallCounts.NONE, 0, 0, Map.of());

    /** Copies the map. */
    public ArmCounts {
        missed = Map.copyOf(missed);
    }
}
