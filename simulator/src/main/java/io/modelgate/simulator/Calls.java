package io.modelgate.simulator;

import io.modelgate.rollout.Weight;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the callers of one run ask, and what comes of it: drawn by their number, or call by call at the gate. Not thread-safe. */
sealed interface Calls permits World, AtTheGate {

    /** Sets the candidate's share of the callers from now on. */
    void share(Weight weight);

    /** Nobody gets the candidate for a while, nothing is counted, and the cohort and what was counted stay. */
    void shut(boolean now);

    /** The share of the callers that the candidate gets now. */
    double candidateShare();

    /** Lets the callers call for a time. What changes within it changes at its end. */
    void pass(long nanos);

    double callsPerSecond();

    Duration now();

    /** The bad answers of the candidate so far: misses, and answers that are bad in truth. */
    long bad();

    /** How many callers the candidate has answered. */
    long reached();

    /** How long after the start the candidate began to differ from stable; null while it has not. */
    @Nullable
    Duration turnedBad();
}
