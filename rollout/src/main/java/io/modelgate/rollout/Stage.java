package io.modelgate.rollout;

/** How far a rollout under a policy has come. */
public enum Stage {
    /**
     * It has started and its first step has not begun: a person must approve, the calendar or the windows are closed, or it waits for other rollouts. Nobody
     * goes to the candidate. With a policy that has a shadow it is at {@link #SHADOW} instead.
     */
    DRAFT(false),
    /**
     * Calls are mirrored to the candidate and its answers compared with those that the callers got. Nobody goes to the candidate. Where
     * the policy has it, from the start of the rollout to its first step; what would keep a draft from its first step keeps a shadow from it too.
     */
    SHADOW(false),
    /** It takes the policy's steps. */
    CANARY(false),
    /** The candidate is stable; callers who are held back keep the version before it. */
    FULL(false),
    /** As {@link #FULL}, watched for as long as the policy says. */
    SOAK(false),
    /** The candidate is stable for everyone. */
    COMPLETE(true),
    /** The candidate was taken back before it was promoted. */
    ABORTED(true),
    /** The candidate was promoted, and the version before it restored. */
    ROLLED_BACK(true);

    private final boolean end;

    Stage(boolean end) {
        this.end = end;
    }

    /** Whether nothing comes after it. */
    public boolean end() {
        return end;
    }

    /** Whether nobody has gone to the candidate yet. */
    boolean unserved() {
        return this == DRAFT || this == SHADOW;
    }

    /** Whether the candidate is stable and still compared with the version before it. */
    boolean promoted() {
        return this == FULL || this == SOAK;
    }
}
