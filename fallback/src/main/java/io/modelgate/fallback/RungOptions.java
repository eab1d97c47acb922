package io.modelgate.fallback;

import io.modelgate.Cause;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * The options of a rung, handed to the lambda that sets them. Not thread-safe; used while the ladder is made and not
 * after.
 */
public final class RungOptions {

    /**
     * The bound of a rung that sets none: 64 calls. When a model fails, all its callers come down the ladder at once, and
     * a rung that hangs must not hold every thread of the server: 64 is well below the 200 of a usual servlet container.
     * A rung that computes never gets near it: at 1 ms a call, 64 at a time are 64,000 a second.
     */
    public static final int DEFAULT_MAX_CONCURRENT = 64;

    private final String rung;
    private final Set<Cause> possible;
    private Set<Cause> causes;
    private int maxConcurrent = DEFAULT_MAX_CONCURRENT;

    /** Options of a rung that can answer the possible causes and no others. */
    RungOptions(String rung, Set<Cause> possible) {
        this.rung = rung;
        this.possible = possible;
        this.causes = possible;
    }

    /**
     * Limits the rung to these causes: calls with another cause pass it. Replaces an earlier limit; without one the rung
     * answers every cause that it can.
     *
     * @throws IllegalArgumentException if the rung could never answer one of them: only a constant answers
     *     {@link Cause#NO_TIME_LEFT}, and no version is called after {@link Cause#RATE_LIMITED}, {@link Cause#FULL},
     *     {@link Cause#OVER_BUDGET} or {@link Cause#INPUT_BLOCKED}
     */
    public RungOptions on(Cause first, Cause... more) {
        Set<Cause> limited = EnumSet.of(first, more);
        for (Cause cause : limited) {
            if (!possible.contains(cause)) {
                throw new IllegalArgumentException("rung " + rung + ": on holds " + cause
                        + ", which it can never answer: expected some of " + possible
                        + "; remove it, or answer it with degradeOn");
            }
        }
        causes = Collections.unmodifiableSet(limited);
        return this;
    }

    /**
     * Bounds the calls that are in the rung at one time; a call that finds it full does not wait but passes it. Default
     * {@value #DEFAULT_MAX_CONCURRENT}.
     *
     * @param calls 1 or more
     * @throws IllegalArgumentException if it is less than 1
     */
    public RungOptions maxConcurrent(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException("rung " + rung + ": maxConcurrent is " + calls
                    + ": expected 1 or more; leave out a rung that is not" + " to be used");
        }
        maxConcurrent = calls;
        return this;
    }

    Set<Cause> causes() {
        return causes;
    }

    int maxConcurrent() {
        return maxConcurrent;
    }
}
