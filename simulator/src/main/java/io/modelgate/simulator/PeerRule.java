package io.modelgate.simulator;

/** A rollout by another tool's documented example, a second at a time. Not thread-safe. */
interface PeerRule {

    /** Where it stands. */
    enum State {
        RUNNING,
        PROMOTED,
        ROLLED_BACK
    }

    /** The candidate's share of the calls in the second to come. */
    double weight();

    /** Hears what the candidate got in a second. */
    State second(long calls, long misses);
}
