package io.modelgate.budget;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a fleet hold of the ceilings they share, as one process sees it. Thread-safe.
 *
 * <p>Each process says, for each account that it uses, how much it holds: what is spent and what is reserved, in all since it began. It
 * may hold a slack above that, which is leased to it for a while, and serves reservations from it without asking. The ledger sees to it
 * that what all hold, slack included, is not raised above the ceiling. Slack that was not renewed comes back; what was told as held stays
 * charged.
 *
 * <p>An implementation counts its exchanges and does not let an earlier one that arrives late undo a later one. It names the process
 * anew at every start: a process that starts holds nothing, and what its predecessor held stays charged.
 */
public interface FleetLedger extends AutoCloseable {

    /**
     * Makes sure that everybody on this ledger names accounts with the same secret. The first to come decides.
     *
     * @param mark the keyed hash of a fixed text
     * @throws IllegalStateException if others do with another one
     * @throws FleetLedgerException if the ledger cannot be reached in time
     */
    void own(String mark);

    /**
     * Tells what this process holds and asks for more, for each account by itself. To call it again with the same holdings changes
     * nothing. No two threads call it for one account at once.
     *
     * @return an answer for each holding, in their order
     * @throws FleetLedgerException if the ledger cannot be reached in time: what it did is unknown, and to ask again is safe
     */
    List<Lease> exchange(List<Holding> holdings);

    /**
     * How often the ledger may have forgotten what it was told: a server that was started again, or another one in its place. When this
     * grows, everything is told again. 0 for one that forgets nothing.
     */
    default long losses() {
        return 0;
    }

    /** Ends. What was not returned before comes back when its lease is over. Idempotent. */
    @Override
    void close();

    /**
     * What this process holds of an account, and wants.
     *
     * @param account names the account in the whole fleet, without naming a session or a caller: those are in it as keyed hashes
     * @param holder which of this process's holdings in the account it is: an account that was forgotten and is used again has another
     *     one, which holds nothing of what the former held
     * @param ceiling of the account, 1 to 2<sup>44</sup>
     * @param held spent and reserved by this process, 0 to 2<sup>46</sup>; above the ceiling after an overrun
     * @param needed what it needs in addition, all or nothing: from then on it is held; 0 to 2<sup>40</sup>
     * @param wanted the slack to lease above that, in place of the one it has, 0 to the ceiling; 0 returns it
     * @param keep for how long from now the account is needed, zero or more, after which it may be forgotten; null for ever. It is no point in
     *     time, because the clocks of processes and ledgers differ
     */
    record Holding(
            String account,
            long holder,
            long ceiling,
            long held,
            long needed,
            long wanted,
            @Nullable Duration keep) {}

    /**
     * What the ledger answered.
     *
     * @param covered whether what was needed is held now
     * @param granted the slack that this process may use, 0 to what it wanted: no less than what is left of an earlier lease that is
     *     not over, or what it wanted if that is less
     * @param remaining what is left of the ceiling beside all that is held and leased, 0 to the ceiling
     * @param term for how long the slack is leased, from the time when it was asked for
     */
    record Lease(boolean covered, long granted, long remaining, Duration term) {}
}
