package io.modelgate.rollout;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the data of one rollout says of its guardrails, in one process. Not thread-safe. */
final class EvidenceBook {

    private final RolloutPolicy policy;

    /**
     * Opens an empty book.
     *
     * @param metricNames the gate's metrics
     * @param metricRanges the least and the most of each
     * @param tests users' own tests, by the name of the guardrail
     */
    EvidenceBook(
            RolloutPolicy policy,
            List<String> metricNames,
            List<double[]> metricRanges,
            Function<String, @Nullable GuardrailTest> tests) {
        this.policy = policy;
    }

    /**
     * Begins a new epoch.
     *
     * @param share the candidate's share of the randomly assigned callers
     * @param controlArm whether stable has an arm to compare with: not at weight 0, and not at full without a holdback
     */
    void begin(double share, boolean controlArm) {}

    /** Takes what was counted in this epoch up to now. The first look of an epoch counts from zero. */
    void look(StepCounts counts) {}

    /** What the data says, in the policy's order. */
    List<Evidence> evidence() {
        return policy.guardrails().stream()
                .map(each -> new Evidence(
                        each.name(),
                        each.required(),
                        Finding.INCONCLUSIVE,
                        OptionalDouble.empty(),
                        OptionalDouble.empty(),
                        "no data",
                        Map.of()))
                .toList();
    }

    /** What {@link #restore} needs: strings, longs, lists and maps of these. */
    Map<String, Object> checkpoint() {
        return Map.of();
    }

    /** Takes up where a checkpoint left off; returns false, and changes nothing, if it is none of this policy's. */
    boolean restore(Map<String, Object> checkpoint) {
        return checkpoint.isEmpty();
    }
}
