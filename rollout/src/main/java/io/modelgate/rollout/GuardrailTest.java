package io.modelgate.rollout;

/**
 * A user's own metric: decides from the counts, or from anywhere else, what the data says. A {@link Rollouts} calls it on one thread at a
 * time, and looks at no rollout meanwhile: it should answer at once.
 */
@FunctionalInterface
public interface GuardrailTest {

    /**
     * Looks at the data. Called at every look of the controller, and so as often as the answer may be wrong by chance: it has to hold
     * under continuous looks.
     *
     * @param counts what was counted at the present weight
     * @param share the candidate's share of the randomly assigned callers, 0 to 1
     * @param alpha how often it may say {@link Finding#REGRESSED} of a candidate that has not, over the whole rollout
     * @throws Exception if it cannot tell; counts as {@link Finding#INCONCLUSIVE}, and the evidence says why
     */
    Finding look(StepCounts counts, double share, double alpha) throws Exception;
}
