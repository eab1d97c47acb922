package io.modelgate.rollout;

import io.modelgate.control.Entry;

/**
 * A decision that changed which version a gate's callers get. Immutable.
 *
 * @param kind what it did
 * @param version the version that came or went
 * @param entry the decision
 */
record ServingChange(Kind kind, String version, Entry entry) {

    enum Kind {
        PROMOTED,
        ROLLED_BACK,
        TAKEN_BACK
    }

    /** Who did what when, for a person. */
    String text() {
        String what = switch (kind) {
            case PROMOTED -> "promoted version \"" + version + "\"";
            case ROLLED_BACK -> "rolled version \"" + version + "\" back";
            case TAKEN_BACK -> "took the candidate \"" + version + "\" back";
        };
        String why = entry.decision().reason();
        return entry.decision().actor() + " " + what + " at " + entry.decision().at()
                + (why.isEmpty() ? "" : ": " + why);
    }
}
