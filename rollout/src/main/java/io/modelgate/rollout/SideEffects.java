package io.modelgate.rollout;

/** What the calls of a version leave behind outside the process, and so what a rollback asks for. */
public enum SideEffects {
    /** Nobody has said. A rollback asks a person to find out, and nobody asks the version where nobody gets its answer. */
    UNDECLARED,
    /** Nothing: its answers are used and forgotten. A rollback asks for nothing more. */
    NONE,
    /** Something that the restored version overwrites or repeats without harm. A rollback asks to run it again for those reached. */
    IDEMPOTENT,
    /** Something that stays: decisions stored, mails sent, money moved. A rollback asks a person to put it right. */
    REMEDIATE
}
