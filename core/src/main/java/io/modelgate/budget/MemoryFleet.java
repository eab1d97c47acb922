package io.modelgate.budget;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A fleet's ledger in the memory of one process: for several gates that share ceilings in it, and for tests. Thread-safe.
 *
 * <p>It forgets all when it ends, and no account before.
 */
public final class MemoryFleet {

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final Duration lease;
    private final LongSupplier ticker;
    private final Map<String, Shares> accounts = new ConcurrentHashMap<>();
    private final Map<String, String> owner = new ConcurrentHashMap<>();

    /**
     * Creates an empty one with leases of 10 seconds.
     *
     * @param ticker elapsed nanoseconds
     */
    public MemoryFleet(LongSupplier ticker) {
        this(ticker, LEASE);
    }

    /**
     * Creates an empty one.
     *
     * @param ticker elapsed nanoseconds
     * @param lease for how long a slack is leased, 1 second to 366 days
     * @throws IllegalArgumentException if it is out of range
     */
    public MemoryFleet(LongSupplier ticker, Duration lease) {
        Amounts.length("lease", lease);
        this.ticker = ticker;
        this.lease = lease;
    }

    /** Returns the ledger as one more process, or one more {@code Gates}, sees it; which closes it. */
    public FleetLedger process() {
        return new Member();
    }

    /** What is held of an account, by holder; that no slack is granted above half of what is left leaves some for the others. */
    private static final class Shares {

        private record Share(long held, long slack, long until) {}

        private record Holder(FleetLedger process, long number) {}

        private final Map<Holder, Share> shares = new HashMap<>();

        synchronized FleetLedger.Lease exchange(
                FleetLedger process, FleetLedger.Holding holding, long now, Duration term) {
            Holder holder = new Holder(process, holding.holder());
            Share had = shares.remove(holder);
            shares.replaceAll(
                    (other, share) -> now - share.until() < 0 ? share : new Share(share.held(), 0, share.until()));
            long others = shares.values().stream()
                    .mapToLong(share -> share.held() + share.slack())
                    .sum();
            long room = holding.ceiling() - others - holding.held();
            boolean covered = holding.needed() <= room;
            long held = holding.held() + (covered ? holding.needed() : 0);
            long kept = had == null || now - had.until() >= 0 ? 0 : Math.max(0, had.held() + had.slack() - held);
            long more = covered ? (room - holding.needed()) / 2 : 0;
            long granted = Math.min(holding.wanted(), Math.max(kept, more));
            shares.put(holder, new Share(held, granted, now + term.toNanos()));
            long remaining = Math.max(0, holding.ceiling() - others - held - granted);
            return new FleetLedger.Lease(covered, granted, remaining, term);
        }
    }

    private final class Member implements FleetLedger {

        private volatile boolean closed;

        @Override
        public void own(String mark) {
            @Nullable String first = owner.putIfAbsent("", mark);
            if (first != null && !first.equals(mark)) {
                throw new IllegalStateException("the ledger of the fleet names its accounts under the secret of another"
                        + " control log; give all processes on it one log, or one secret");
            }
        }

        @Override
        public List<Lease> exchange(List<Holding> holdings) {
            if (closed) {
                throw new FleetLedgerException("the ledger of the fleet is closed");
            }
            List<Lease> leases = new ArrayList<>(holdings.size());
            for (Holding holding : holdings) {
                leases.add(accounts.computeIfAbsent(holding.account(), account -> new Shares())
                        .exchange(this, holding, ticker.getAsLong(), lease));
            }
            return leases;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
