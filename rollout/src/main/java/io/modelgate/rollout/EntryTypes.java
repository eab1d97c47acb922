package io.modelgate.rollout;

import java.util.Set;

/** The types of control entries that a routing understands, and the names of their data. */
final class EntryTypes {

    /**
     * A rollout starts: {@link #ID}, {@link #VERSION}, {@link #WEIGHT}, {@link #SALT}; {@link #ALLOW} and {@link #DENY}, lists of keyed
     * hashes; {@link #ONLY} and {@link #FORCE}, attribute to list of values.
     */
    static final String ROLLOUT = "rollout";

    /** Its weight changes: {@link #ID}, {@link #WEIGHT}. */
    static final String ROLLOUT_WEIGHT = "rollout-weight";

    /** It ends, and everyone gets stable: {@link #ID}. */
    static final String ROLLOUT_END = "rollout-end";

    static final String ID = "rollout";
    static final String VERSION = "version";
    static final String WEIGHT = "weight";
    static final String SALT = "salt";
    static final String ALLOW = "allow";
    static final String DENY = "deny";
    static final String ONLY = "only";
    static final String FORCE = "force";

    /** The types of this module. */
    static final Set<String> OWN = Set.of(ROLLOUT, ROLLOUT_WEIGHT, ROLLOUT_END);

    // Core's own types, as far as they bear on a rollout.

    /** A switch is engaged: {@code version} and {@code attribute}, both optional. */
    static final String KILL = "kill";

    /** Kills are released: {@code kills}, their ids. */
    static final String REVIVE = "revive";

    /** A version becomes stable: {@code version}. */
    static final String PROMOTE = "promote";

    /** An earlier stable is stable again: {@code to}. */
    static final String ROLLBACK = "rollback";

    private EntryTypes() {}
}
