package io.modelgate.rollout;

/** What the data says of a guardrail. */
public enum Finding {
    /** The candidate is worse than the guardrail allows. */
    REGRESSED,
    /** The candidate is not worse than the guardrail's margin. */
    NOT_WORSE,
    /** Neither is shown yet. No data is inconclusive. */
    INCONCLUSIVE
}
