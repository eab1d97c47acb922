package io.modelgate.benchmarks;

import io.github.bucket4j.Bucket;
import io.modelgate.budget.Admission;
import io.modelgate.budget.Budget;
import io.modelgate.budget.BudgetLedger;
import io.modelgate.budget.GateBudgets;
import io.modelgate.budget.MemoryFleet;
import io.modelgate.budget.Per;
import io.modelgate.budget.Reservation;
import io.modelgate.budget.Sharing;
import io.modelgate.budget.Spender;
import io.modelgate.budget.Usage;
import io.modelgate.budget.WhenUnreachable;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Reserves 500 tokens for a call and settles at half of them; against Bucket4j, which consumes 500 and adds half of them again.
 *
 * <p>Ours is all that a gate's call does: a reservation that expires if it is lost, whose use is settled by kind of token, exactly
 * once. It is released afterwards, so that the next call of the same caller on the same thread allocates none.
 */
public class Spending extends Measured {

    private static final long INPUT = 100;
    private static final long OUTPUT = 400;
    private static final long CEILING = 1L << 44;
    private static final Usage HALF = Usage.of(INPUT, 150);

    static BudgetLedger budgets(int sessions) {
        return BudgetLedger.open(
                b -> b.maxAccounts(sessions), System::nanoTime, InstantSource.system(), key -> key, event -> {});
    }

    static Budget budget(String name, Per per) {
        return Budget.tokens(name, CEILING, per);
    }

    static GateBudgets gate(BudgetLedger budgets, Budget... ceilings) {
        return budgets.gate("agent", List.of(ceilings), List.of(), Map.of("v1", "v1"));
    }

    /** One call, {@code now} being the time that a gate has read anyway. */
    static long call(GateBudgets gate, Spender spender, long now) {
        Admission admission = gate.reserve(spender, "v1", INPUT, OUTPUT, true, 0, now);
        if (!(admission instanceof Reservation reservation)) {
            throw new IllegalStateException("refused");
        }
        long most = reservation.maxOutputTokens();
        reservation.settle(HALF, now);
        reservation.release();
        return most;
    }

    /** The ledger that the threads share. */
    @State(Scope.Benchmark)
    public static class Ledger {
        final AtomicInteger names = new AtomicInteger();
        final GateBudgets one = gate(budgets(1_000), budget("session", Per.session()));
        final GateBudgets fleet = gate(
                fleet(),
                budget("session", Per.session()).shared(Sharing.leased(1L << 40, WhenUnreachable.RUN_ON_LEASE)));
        final GateBudgets three = gate(
                budgets(1_000),
                budget("session", Per.session()),
                budget("caller", Per.caller()),
                budget("tenant", Per.attribute("tenant")));
        final Bucket bucket = bucket();

        static BudgetLedger fleet() {
            MemoryFleet fleet = new MemoryFleet(System::nanoTime, Duration.ofDays(1));
            return BudgetLedger.open(
                    b -> b.maxAccounts(1_000).fleet(fleet.process()),
                    System::nanoTime,
                    InstantSource.system(),
                    key -> key,
                    event -> {});
        }

        static Bucket bucket() {
            return Bucket.builder()
                    .addLimit(limit -> limit.capacity(CEILING).refillGreedy(1, Duration.ofDays(1)))
                    .build();
        }
    }

    /** What each thread has looked up, as a call does with its caller: on the thread that then calls. */
    @State(Scope.Thread)
    public static class Caller {
        final long now = System.nanoTime();
        final Bucket bucket = Ledger.bucket();
        Spender one;
        Spender three;
        Spender shared;
        Spender fleet;

        @Setup(Level.Iteration)
        public void resolve(Ledger ledger) {
            String name = "s" + ledger.names.incrementAndGet();
            one = ledger.one.resolve(name, name, attribute -> name, now);
            three = ledger.three.resolve(name, name, attribute -> name, now);
            fleet = ledger.fleet.resolve(name, name, attribute -> name, now);
            shared = ledger.one.resolve("caller", "shared", attribute -> null, now);
        }
    }

    /** A session of its own for each thread, looked up before; one ceiling. */
    @Benchmark
    public long reserveSettle(Ledger ledger, Caller caller) {
        return call(ledger.one, caller.one, caller.now);
    }

    /** As {@link #reserveSettle}, of a ceiling that a fleet shares, within what is leased: their ratio is what sharing costs. */
    @Benchmark
    public long reserveSettleLeased(Ledger ledger, Caller caller) {
        return call(ledger.fleet, caller.fleet, caller.now);
    }

    /** A session, a caller and a tenant of its own for each thread, looked up before; three ceilings. */
    @Benchmark
    public long reserveSettleThree(Ledger ledger, Caller caller) {
        return call(ledger.three, caller.three, caller.now);
    }

    /** All threads in one session, each having looked it up before; one ceiling. */
    @Benchmark
    public long reserveSettleShared(Ledger ledger, Caller caller) {
        return call(ledger.one, caller.shared, caller.now);
    }

    /** A bucket of its own for each thread. */
    @Benchmark
    public boolean bucket4j(Caller caller) {
        return consume(caller.bucket);
    }

    /** One bucket for all threads. */
    @Benchmark
    public boolean bucket4jShared(Ledger ledger) {
        return consume(ledger.bucket);
    }

    private static boolean consume(Bucket bucket) {
        boolean consumed = bucket.tryConsume(INPUT + OUTPUT);
        bucket.addTokens((INPUT + OUTPUT) / 2);
        return consumed;
    }
}
