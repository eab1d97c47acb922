package io.modelgate.rollout;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Where a rollout under a policy stands, as this process sees it. Immutable.
 *
 * @param gate the gate
 * @param rollout its id
 * @param policy its policy
 * @param candidate the version under rollout
 * @param baseline the version that was stable when it started, which a rollback restores
 * @param stage how far it has come
 * @param step the step that it is at, 0 for the policy's first; -1 before that
 * @param weight the weight in force here; {@link Weight#FULL} less the callers held back after the promotion; {@link Weight#NONE} outside its windows, and
 *     once it ended without success
 * @param paused whether it is paused, by a person or because its evidence stayed inconclusive
 * @param waiting whether it waits for a person to approve the next step
 * @param since when its last step, its promotion or its end was decided
 * @param inStep how long this process has watched the present weight, restarts not counted
 * @param reached about how many callers the candidate answered, as this process knows of them
 * @param evidenceKnown whether this process has looked at the evidence; false in one that does not look after the rollout, and before its first
 *     look: then there is none here, and the rollout cannot be promoted here
 * @param evidence what the data of this process says of each guardrail
 * @param risks what would keep a rollback from working, for a person to look at; empty if nothing is known to
 * @param reason why it is where it is: of its last entry, or what it waits for
 */
public record RolloutStatus(
        String gate,
        String rollout,
        RolloutPolicy policy,
        String candidate,
        String baseline,
        Stage stage,
        int step,
        Weight weight,
        boolean paused,
        boolean waiting,
        Instant since,
        Duration inStep,
        long reached,
        boolean evidenceKnown,
        List<Evidence> evidence,
        List<String> risks,
        String reason) {

    /** Copies the lists. */
    public RolloutStatus {
        evidence = List.copyOf(evidence);
        risks = List.copyOf(risks);
    }
}
