package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/**
 * Threads of two processes reserve and settle at random while rounds renew and return, leases run out, and answers are lost before and
 * after they took effect. However they interleave: what both hold is never above the ceiling while no lease runs out unheard, and never
 * above the stated bound when some do; and nothing is lost for good.
 */
class SharedAccountModelTest {

    private static final long CEILING = 1_000;
    private static final long SLICE = 120;
    private static final int CALLS = 1_500;
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final AtomicLong ticks = new AtomicLong();
    private final AtomicLong held = new AtomicLong();
    private final AtomicLong most = new AtomicLong();
    private final AtomicLong spent = new AtomicLong();
    private volatile boolean faulty;

    /** Loses questions and answers. */
    private final class Faulty implements FleetLedger {
        private final FleetLedger ledger;
        private final Random random;

        Faulty(FleetLedger ledger, long seed) {
            this.ledger = ledger;
            random = new Random(seed);
        }

        @Override
        public void own(String mark) {}

        @Override
        public List<Lease> exchange(List<Holding> holdings) {
            int fault = faulty ? chance() : 9;
            if (fault == 0) {
                throw new FleetLedgerException("the question was lost");
            }
            List<Lease> leases = ledger.exchange(holdings);
            if (fault == 1) {
                throw new FleetLedgerException("the answer was lost");
            }
            return leases;
        }

        private synchronized int chance() {
            return random.nextInt(50);
        }

        @Override
        public void close() {}
    }

    private BudgetLedger process(FleetLedger ledger) {
        BudgetLedger budgets = BudgetLedger.open(
                b -> b.fleet(ledger).executor(Runnable::run), ticks::get, () -> Instant.EPOCH, key -> key, event -> {});
        budgets.own();
        return budgets;
    }

    private Callable<Void> calls(GateBudgets gate, long seed) {
        return () -> {
            Random random = new Random(seed);
            Spender spender = gate.resolve("c", "s", attribute -> null, 0);
            for (int i = 0; i < CALLS; i++) {
                int wanted = 1 + random.nextInt(random.nextInt(10) == 0 ? 400 : 30);
                if (gate.reserve(spender, "v1", wanted, 0, false, 0, ticks.get()) instanceof Reservation reservation) {
                    most.accumulateAndGet(held.addAndGet(wanted), Math::max);
                    int used = random.nextInt(20) == 0 ? Math.min(wanted, 2) : 0;
                    spent.addAndGet(used);
                    held.addAndGet(used - wanted); // before it is given back
                    reservation.settle(Usage.of(used, 0), ticks.get());
                    reservation.release();
                }
            }
            return null;
        };
    }

    private void run(Sharing sharing, boolean leasesRunOut, long seed) throws Exception {
        MemoryFleet fleet = new MemoryFleet(ticks::get, LEASE);
        Budget budget = Budget.tokens("shared", CEILING, Per.gate()).shared(sharing);
        List<BudgetLedger> processes = new ArrayList<>();
        List<GateBudgets> gates = new ArrayList<>();
        List<Callable<Void>> all = new ArrayList<>();
        for (int p = 0; p < 2; p++) {
            BudgetLedger process = process(new Faulty(fleet.process(), seed + p));
            processes.add(process);
            GateBudgets gate = process.gate("gate", List.of(budget), List.of(), Map.of("v1", "v1"));
            gates.add(gate);
            all.add(calls(gate, seed + 10 + p));
            all.add(calls(gate, seed + 20 + p));
            all.add(() -> {
                for (int i = 0; i < CALLS; i++) {
                    process.share();
                    ticks.addAndGet(leasesRunOut ? LEASE.toNanos() / 40 : 1_000);
                }
                return null;
            });
        }
        faulty = true;
        ExecutorService pool = Executors.newFixedThreadPool(all.size());
        try {
            for (Future<Void> each : pool.invokeAll(all)) {
                each.get();
            }
        } finally {
            pool.shutdownNow();
        }
        faulty = false;

        long bound = CEILING + (leasesRunOut ? sharing.overshoot(processes.size()) : 0);
        assertThat(most.get()).as("seed %d, %s", seed, sharing).isBetween(1L, bound);
        processes.forEach(BudgetLedger::share);
        ticks.addAndGet(2 * LEASE.toNanos());
        processes.forEach(BudgetLedger::share);
        Spender last = gates.get(0).resolve("c", "s", attribute -> null, 0);
        if (spent.get() < CEILING) {
            assertThat(gates.get(0).reserve(last, "v1", CEILING - spent.get(), 0, false, 0, ticks.get()))
                    .as("seed %d, %s: all that was not spent is of use again", seed, sharing)
                    .isInstanceOf(Reservation.class);
        }
        assertThat(gates.get(0).reserve(last, "v1", 1, 0, false, 0, ticks.get()))
                .as("seed %d, %s", seed, sharing)
                .isInstanceOf(Refusal.class);
    }

    @RepeatedTest(4)
    void noInterleavingExceedsTheCeilingWhileLeasesLast() throws Exception {
        run(Sharing.leased(SLICE, WhenUnreachable.RUN_ON_LEASE), false, new Random().nextLong());
    }

    @RepeatedTest(4)
    void noInterleavingExceedsTheBoundWhenLeasesRunOut() throws Exception {
        run(Sharing.leased(SLICE, WhenUnreachable.RUN_ON_LEASE), true, new Random().nextLong());
    }

    @RepeatedTest(4)
    void noInterleavingExceedsAStrictCeiling() throws Exception {
        run(Sharing.strict(), true, new Random().nextLong());
    }

    /** Has something done while the ledger is asked for an amount. */
    private record Meanwhile(FleetLedger ledger, long amount, Runnable done) implements FleetLedger {

        @Override
        public void own(String mark) {}

        @Override
        public List<Lease> exchange(List<Holding> holdings) {
            if (holdings.stream().anyMatch(holding -> holding.needed() == amount)) {
                done.run();
            }
            return ledger.exchange(holdings);
        }

        @Override
        public void close() {}
    }

    @Test
    void whatOtherThreadsTakeOfTheSlackDuringAnAskIsNotGrantedTwice() {
        MemoryFleet fleet = new MemoryFleet(ticks::get, LEASE);
        Budget budget = Budget.tokens("shared", CEILING, Per.gate())
                .shared(Sharing.leased(SLICE, WhenUnreachable.RUN_ON_LEASE));
        List<Long> granted = new ArrayList<>();
        List<GateBudgets> gates = new ArrayList<>();
        Runnable other = () -> CompletableFuture.runAsync(() -> {
                    if (granted.size() == 2) {
                        take(gates.get(0), 100, granted);
                    }
                })
                .orTimeout(10, TimeUnit.SECONDS)
                .join();
        for (FleetLedger ledger : List.of(new Meanwhile(fleet.process(), 140, other), fleet.process())) {
            gates.add(process(ledger).gate("gate", List.of(budget), List.of(), Map.of("v1", "v1")));
        }
        take(gates.get(0), 10, granted); // and leases a slice
        take(gates.get(1), 820, granted); // so that the ledger has little left
        take(gates.get(0), 140, granted); // more than the slice
        // The 140 would fit if nothing had been taken of the slice meanwhile, and the ledger says so.
        assertThat(granted).containsExactly(10L, 820L, 100L);
    }

    private void take(GateBudgets gate, long amount, List<Long> granted) {
        Spender spender = gate.resolve("c", "s", attribute -> null, 0);
        if (gate.reserve(spender, "v1", amount, 0, false, 0, ticks.get()) instanceof Reservation) {
            granted.add(amount);
        }
    }
}
