package io.modelgate.budget;

import java.util.List;

/**
 * What a call ran into.
 *
 * @param limits the one limit that refuses the call, or all those that only observe it
 */
record Tripped(List<Runaway> limits) {

    Tripped {
        limits = List.copyOf(limits);
    }

    /** The limit that refuses the call, or the first that observes it. */
    Runaway limit() {
        return limits.get(0);
    }

    Reaction reaction() {
        return limit().reaction();
    }
}
