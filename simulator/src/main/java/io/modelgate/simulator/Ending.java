package io.modelgate.simulator;

/** How a simulated rollout ends. */
enum Ending {
    /** The candidate was taken back, before its promotion or after. */
    ROLLED_BACK,
    /** The rollout was completed. */
    COMPLETE,
    /** The simulation ended first. */
    UNDECIDED
}
