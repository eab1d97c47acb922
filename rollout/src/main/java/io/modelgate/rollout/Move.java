package io.modelgate.rollout;

/** What automation decides at one look. */
sealed interface Move {

    /** Why, in one line for a person. */
    String reason();

    /** Nothing: it goes on watching. */
    record Stay(String reason) implements Move {}

    /** Begins a step. */
    record StepTo(int step, String reason) implements Move {}

    /** Says that a step waits for a person. */
    record Wait(int step, String reason) implements Move {}

    /** Tells a person that it is held up; {@code level} is 1, or 2 for the escalation. */
    record Alert(int level, String reason) implements Move {}

    /** Pauses, because the evidence stays inconclusive. */
    record Hold(String reason) implements Move {}

    /** Makes the candidate stable, if the promotion gates consent. */
    record Promote(String reason) implements Move {}

    /** Takes the candidate back. */
    record Abort(String reason) implements Move {}

    /** Takes the promoted version back. */
    record RollBack(String reason) implements Move {}

    /** Begins the soak. */
    record Soak(String reason) implements Move {}

    /** Says that a window of the day opens or closes. */
    record Window(boolean open, String reason) implements Move {}

    /** Tells its lockstep group that it is ready for a place, or no more. */
    record Ready(int place, boolean ready, String reason) implements Move {}

    /** Is done. */
    record Complete(String reason) implements Move {}
}
