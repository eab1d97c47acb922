package io.modelgate.budget;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/**
 * Two threads reserve, settle and expire on an account of five tokens while it may be retired: every interleaving gives the answers
 * of some order of whole operations, so nothing is held twice, given back twice or above the ceiling, and nothing is spent on an
 * account that is forgotten.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public class LedgerLincheckTest {

    private static final long CEILING = 5;

    private final WordAccount account;
    private final List<Deque<Long>> inFlight = new ArrayList<>();

    /** Starts empty. */
    public LedgerLincheckTest() {
        BudgetLedger budgets = BudgetLedger.open(b -> {}, () -> 0, () -> Instant.EPOCH, key -> key, event -> {});
        Book book = new Book(
                new Budget("budget", CEILING, Optional.empty(), Per.caller(), Window.life(), Optional.empty()),
                budgets);
        account = new WordAccount(book, "key");
        for (int thread = 0; thread < 8; thread++) {
            inFlight.add(new ArrayDeque<>());
        }
    }

    /** What the account says: granted, retired, or what remains. */
    @Operation
    public long reserve(@Param(name = "thread") int thread) {
        long result = account.reserve(3, 0);
        if (result == Account.GRANTED) {
            inFlight.get(thread).add(3L);
        }
        return result;
    }

    @Operation
    public void settleAtLess(@Param(name = "thread") int thread) {
        Long reserved = inFlight.get(thread).poll();
        if (reserved != null) {
            account.settle(reserved, 1, 0, 0);
        }
    }

    @Operation
    public void settleAbove(@Param(name = "thread") int thread) {
        Long reserved = inFlight.get(thread).poll();
        if (reserved != null) {
            account.settle(reserved, 4, 0, 0);
        }
    }

    @Operation
    public void expire(@Param(name = "thread") int thread) {
        Long reserved = inFlight.get(thread).poll();
        if (reserved != null) {
            account.settle(reserved, 0, 0, 0);
        }
    }

    @Operation
    public boolean chargeLate() {
        return account.charge(1, 0, 0);
    }

    @Operation
    public boolean retireUnlessHeld() {
        return account.retire(false);
    }

    @Operation
    public boolean retireUnlessOpen() {
        return account.retire(true);
    }

    @Operation
    public String state() {
        long held = account.held(0);
        return held + " held";
    }

    /** What is open is counted, and holds a forgotten account back. */
    @Validate
    public void openReservationsAreCounted() {
        int open = inFlight.stream().mapToInt(Deque::size).sum();
        if (account.open() != open || (open > 0 && account.retired()) || account.held(0) < 3L * open) {
            throw new AssertionError(account.open() + " open, " + open + " in flight, " + account.held(0) + " held");
        }
    }

    @Test
    void theAccountIsAtomic() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(1)
                .actorsPerThread(3)
                .actorsAfter(2)
                .iterations(6)
                .invocationsPerIteration(200)
                .check(LedgerLincheckTest.class);
    }

    /** The state machine of one reservation: settled by one thread, expired by another. */
    public static class SettleOrExpire {

        private final BudgetLedger budgets;
        private final GateBudgets gate;
        private final Reservation reservation;

        /** Starts with one reservation of three tokens, older than the timeout. */
        public SettleOrExpire() {
            budgets = BudgetLedger.open(b -> {}, () -> 0, () -> Instant.EPOCH, key -> key, event -> {});
            gate = budgets.gate(
                    "gate", List.of(Budget.tokens("budget", CEILING, Per.gate())), List.of(), Map.of("v1", "v1"));
            Spender spender = gate.resolve(null, null, attribute -> null, 0);
            reservation = (Reservation) gate.reserve(spender, "v1", 3, 0, false, 0, 0);
        }

        @Operation
        public boolean settle() {
            try {
                reservation.settle(Usage.of(2, 0), 1);
                return true;
            } catch (IllegalStateException e) {
                return false;
            }
        }

        @Operation
        public void expire() {
            reservation.expire(1, 1);
        }

        @Operation
        public boolean settled() {
            return reservation.settled();
        }

        /** However it ended, what was used is charged once, and what was not is given back. */
        @Validate
        public void isChargedOnce() {
            long held = gate.books[0].fixed("gate").held(0);
            boolean right = reservation.settled() ? held == 2 : held == (reservation.isOpen() ? 3 : 0);
            if (!right || gate.books[0].fixed("gate").open() != (reservation.isOpen() ? 1 : 0)) {
                throw new AssertionError(held + " held, " + reservation.settled());
            }
        }
    }

    @Test
    void aReservationIsClosedOnceBySettlementOrExpiry() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsBefore(0)
                .actorsPerThread(2)
                .actorsAfter(1)
                .addGuarantee(ManagedStrategyGuaranteeKt.forClasses(
                                name -> name.startsWith("java.util") || name.startsWith("org.slf4j"))
                        .allMethods()
                        .ignore())
                .iterations(4)
                .invocationsPerIteration(200)
                .check(SettleOrExpire.class);
    }
}
