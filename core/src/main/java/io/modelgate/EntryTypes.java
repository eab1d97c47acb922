package io.modelgate;

import java.util.Set;

/** The types of core's own control entries, and the names of their data. */
final class EntryTypes {

    /** A gate declares itself: {@code versions} (id to {@code {backend, digest}}), {@code attributes}, {@code stable}. */
    static final String DECLARE = "declare";

    /** A switch is engaged: {@code version}, {@code attribute}, {@code value}, each optional; the entry's id is the kill's. */
    static final String KILL = "kill";

    /** Kills are released: {@code kills}, their ids. */
    static final String REVIVE = "revive";

    /** A version becomes stable: {@code version}. */
    static final String PROMOTE = "promote";

    /**
     * A version is taken back: {@code from} is rolled back, {@code to} is stable again, or still where {@code from} was only a candidate.
     */
    static final String ROLLBACK = "rollback";

    static final Set<String> ALL = Set.of(DECLARE, KILL, REVIVE, PROMOTE, ROLLBACK);

    private EntryTypes() {}
}
