package io.modelgate.budget;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a fleet hold of the ceilings they share. Thread-safe.
 *
 * <p>Each process says, for each account that it uses, how much it holds: what is spent and what is reserved, in all since it began. It
 * may hold a slack above that, which is leased to it for a while, and serves reservations from it without asking. The ledger sees to it
 * that what all hold, slack included, is at most the ceiling. Slack that was not renewed comes back; what was held stays charged.
 */
public interface FleetLedger extends AutoCloseable {

    /**
     * Tells what this process holds and leases more, for each account by itself and in the order given. To call it again with the same
     * holdings changes nothing.
     *
     * @throws FleetLedgerException if the ledger cannot be reached in time: what it did is unknown, and to ask again is safe
     */
    List<Lease> exchange(List<Holding> holdings);

    /** Returns the slack of all accounts of this process, as far as the ledger can be reached, and ends. Idempotent. */
    @Override
    void close();

    /**
     * What this process holds of an account, and wants.
     *
     * @param account names the account in the whole fleet, without naming a session or a caller: those are in it as keyed hashes
     * @param ceiling of the account, 1 to 2<sup>44</sup>
     * @param held spent and reserved by this process, 0 to 2<sup>46</sup>; above the ceiling after an overrun
     * @param wanted the slack to lease in place of the one it has, 0 to the ceiling; 0 returns it
     * @param ends when the account's window is over, so that it may be forgotten; null if it never is
     */
    record Holding(
            String account,
            long ceiling,
            long held,
            long wanted,
            @Nullable Instant ends) {}

    /**
     * What the ledger answered.
     *
     * @param granted the slack that this process may use, 0 to what it wanted
     * @param remaining what is left of the ceiling beside all that is held and leased, 0 to the ceiling
     * @param term for how long the slack is leased, from the time when it was asked for
     */
    record Lease(long granted, long remaining, Duration term) {}
}
