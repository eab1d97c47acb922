package io.modelgate.rollout;

import java.time.Instant;

/**
 * Something that happened to a rollout under a policy, or to a gate's stable version: {@link Drifted} has no rollout. Events that an entry of the control log makes are heard in every process; the
 * others, whose {@link About#entry} is empty, only in the process that they are about.
 */
public sealed interface RolloutEvent {

    /** What happened to which rollout, and why. */
    About about();

    /** The gate. */
    default String gate() {
        return about().gate();
    }

    /** The rollout's id. */
    default String rollout() {
        return about().rollout();
    }

    /** Why. */
    default String reason() {
        return about().reason();
    }

    /**
     * What all events have.
     *
     * @param gate the gate, or {@code *} where a look hangs at no gate
     * @param rollout the rollout's id
     * @param entry the id of the entry that made it, or empty
     * @param at when it was decided
     * @param actor who decided
     * @param reason why
     */
    record About(String gate, String rollout, String entry, Instant at, String actor, String reason) {}

    /**
     * A rollout has started.
     *
     * @param about what all events have
     * @param candidate the version under rollout
     * @param baseline the stable version
     * @param weight the first weight; {@link Weight#NONE} for a draft or a shadow
     */
    record Started(About about, String candidate, String baseline, Weight weight) implements RolloutEvent {}

    /**
     * A step has begun.
     *
     * @param about what all events have
     * @param step which, 0 for the policy's first
     * @param weight its weight
     */
    record Stepped(About about, int step, Weight weight) implements RolloutEvent {}

    /**
     * It waits for a person to approve a step.
     *
     * @param about what all events have
     * @param step which
     */
    record Waiting(About about, int step) implements RolloutEvent {}

    /**
     * A person has approved a step.
     *
     * @param about what all events have
     * @param step which
     */
    record Approved(About about, int step) implements RolloutEvent {}

    /**
     * It is paused: counting goes on, stepping does not.
     *
     * @param about what all events have
     * @param inconclusive whether it paused itself, because its evidence stayed inconclusive
     */
    record Paused(About about, boolean inconclusive) implements RolloutEvent {}

    /**
     * It goes on.
     *
     * @param about what all events have
     */
    record Resumed(About about) implements RolloutEvent {}

    /**
     * A window of the day has opened, so that the same callers as before go to the candidate again, or has closed, so that nobody does.
     *
     * @param about what all events have
     * @param open which of the two
     */
    record Window(About about, boolean open) implements RolloutEvent {}

    /**
     * It waits for rollouts of other gates: for one that it comes after, or for those that it goes in lockstep with to start.
     *
     * @param about what all events have
     * @param lost whether it has begun already, and what it came after is complete no more: it goes no further, and a person decides
     */
    record HeldByOthers(About about, boolean lost) implements RolloutEvent {}

    /**
     * It has been paused, or has waited for an approval or for callers, longer than the policy lets pass in silence.
     *
     * @param about what all events have
     * @param escalated whether this is the second and last time that it says so
     */
    record HeldTooLong(About about, boolean escalated) implements RolloutEvent {}

    /**
     * The candidate is stable.
     *
     * @param about what all events have
     * @param version the version that was the candidate
     */
    record Promoted(About about, String version) implements RolloutEvent {}

    /**
     * The soak has begun.
     *
     * @param about what all events have
     */
    record Soaking(About about) implements RolloutEvent {}

    /**
     * The candidate was taken back. It does not start again by itself.
     *
     * @param about what all events have
     * @param candidate the version that was the candidate
     */
    record Aborted(About about, String candidate) implements RolloutEvent {}

    /**
     * The promoted version was taken back. Automation does nothing more on this gate: a person is needed.
     *
     * @param about what all events have
     * @param bad the version taken back
     * @param restored the version that is stable again
     */
    record RolledBack(About about, String bad, String restored) implements RolloutEvent {}

    /**
     * A version was taken back whose side effects ask for a {@linkplain SideEffects#REMEDIATE remedy}, and a ledger of exposures lists whom it
     * reached, as far as its files tell at that time. Heard in each process with the ledger that served the rollout.
     *
     * @param about what all events have
     * @param version the version taken back
     * @param callers how many callers with a key it answered
     * @param calls how many calls it answered
     * @param ledger the ledger's folder
     */
    record ToRemedy(About about, String version, long callers, long calls, String ledger) implements RolloutEvent {}

    /**
     * It is over, with success.
     *
     * @param about what all events have
     */
    record Completed(About about) implements RolloutEvent {}

    /**
     * Something would keep a rollback from working: its target is missing, killed, or nobody has ever rehearsed one.
     *
     * @param about what all events have
     */
    record RollbackAtRisk(About about) implements RolloutEvent {}

    /**
     * The evidence allows the promotion and a {@link PromotionGate} does not.
     *
     * @param about what all events have
     */
    record PromotionRefused(About about) implements RolloutEvent {}

    /**
     * This process cannot look after the rollout as it should.
     *
     * @param about what all events have
     */
    record Hindered(About about) implements RolloutEvent {}

    /**
     * A policy that runs dry would have decided something.
     *
     * @param about what all events have; its reason says what and why
     * @param policy the policy's name
     * @param decision what it would have done, in a word: step, promote, hold, abort, roll back, complete
     */
    record WouldHave(About about, String policy, String decision) implements RolloutEvent {}

    /**
     * Stable's answers are no longer spread as they were when they were frozen as a reference. It is of no rollout, and nothing is done about
     * it: whether the model or the world has changed is for a person to tell.
     *
     * @param about what all events have; its rollout is empty
     * @param version the stable version
     * @param metric the metric that has drifted
     * @param distance how far it is from the reference, and how far it may be
     * @param escalated whether this is the second and last time that it says so
     */
    record Drifted(About about, String version, String metric, Band distance, boolean escalated)
            implements RolloutEvent {}
}
