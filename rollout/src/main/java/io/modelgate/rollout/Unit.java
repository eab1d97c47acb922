package io.modelgate.rollout;

/** What a guardrail counts once. */
public enum Unit {
    /** Each call. Calls of one caller that go wrong together then count as if they were independent, which they are not. */
    CALL,
    /**
     * Each caller once: in a rate, its first such miss in the rollout; in a latency or a mean, its first call at each weight. Callers are told apart by
     * 400,000 units of the rollout's hash, each of which is in one cohort as a whole.
     */
    CALLER
}
