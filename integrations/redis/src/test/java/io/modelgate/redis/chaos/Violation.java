package io.modelgate.redis.chaos;

/** A rule of a fleet that a journal shows broken. */
record Violation(Rule rule, String what) {

    enum Rule {
        /** Every process ends with the same, whole and verified chain. */
        CHAIN,
        /** Every process ends in the state that this chain says. */
        STATE,
        /** What was acknowledged is in the log or, if it is no kill, named by an entry about a fork. */
        ACKNOWLEDGED,
        /** An acknowledged kill, one that was durable, or one whose process lives is in the log. */
        KILL,
        /** What is killed is not started after the process itself has confirmed the kill, until a revive. */
        STARTED,
        /** Nobody changes the cohort without an entry. */
        COHORT,
        /** What is spent in the fleet is within the stated bound. */
        BUDGET
    }
}
