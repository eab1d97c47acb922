package io.modelgate.budget;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is spent and reserved under the budgets of all gates of a process, and by whom: for operators. Thread-safe. */
public interface Budgets {

    /**
     * How often something happened since the start, for one budget.
     *
     * @param refused calls that it did not cover
     * @param overruns settlements above their reservations
     * @param estimated settlements of a usage that was not known in full
     * @param expired reservations that were never settled
     * @param evicted accounts that were forgotten
     */
    record Totals(long refused, long overruns, long estimated, long expired, long evicted) {}

    /** The names of all budgets, in alphabetical order. */
    Set<String> names();

    /**
     * The accounts of a budget that spent most, the one that spent most first.
     *
     * @param budget a name
     * @param most how many at most, 1 or more
     * @throws IllegalArgumentException if there is no such budget, or {@code most} is out of range
     */
    List<Balance> top(String budget, int most);

    /**
     * What an account of a budget has spent and has left; empty if it has not been used, or is forgotten.
     *
     * @param budget a name
     * @param key the session, the caller's key, the attribute's value, {@code gate} or {@code gate/version}; empty for the account
     *     that is shared by all calls that lack it
     * @throws IllegalArgumentException if there is no such budget
     */
    Optional<Balance> balance(String budget, String key);

    /** How many reservations are open. */
    int reservations();

    /** How often something happened, by budget. */
    Map<String, Totals> totals();

    /** The sessions that a limit on runaways has killed; an empty name is that of all calls without a session. */
    Set<String> killedSessions();

    /**
     * Lets a killed session go on. What it did before counts for no limit on runaways; what it spent is spent.
     *
     * @return whether it was killed
     */
    boolean reviveSession(String session);
}
