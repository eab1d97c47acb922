package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** A ceiling that the fleet shares, as each of its processes keeps it. */
class SharedBudgetTest {

    private static final Duration LEASE = Duration.ofSeconds(10);
    private static final Budget CEILING = Budget.tokens("shared", 1_000, Per.gate());

    private final AtomicLong ticks = new AtomicLong();
    private Instant instant = Instant.parse("2026-11-21T12:00:00Z");
    private final LongSupplier ticker = ticks::get;
    private final MemoryFleet fleet = new MemoryFleet(ticker, LEASE);

    private static Budget leased(WhenUnreachable whenUnreachable) {
        return CEILING.shared(Sharing.leased(100, whenUnreachable));
    }

    private void pass(Duration time) {
        ticks.addAndGet(time.toNanos());
        instant = instant.plus(time);
    }

    /** A ledger whose answers can be lost, before or after it did what it was asked to. */
    private static final class Wire implements FleetLedger {
        final FleetLedger ledger;
        final List<Holding> asked = new ArrayList<>();
        boolean cut;
        boolean losesAnswers;

        Wire(FleetLedger ledger) {
            this.ledger = ledger;
        }

        @Override
        public void own(String mark) {
            check(cut);
            ledger.own(mark);
        }

        @Override
        public List<Lease> exchange(List<Holding> holdings) {
            check(cut);
            asked.addAll(holdings);
            List<Lease> leases = ledger.exchange(holdings);
            check(losesAnswers);
            return leases;
        }

        private static void check(boolean lost) {
            if (lost) {
                throw new FleetLedgerException("no answer within 100 ms");
            }
        }

        @Override
        public void close() {
            ledger.close();
        }
    }

    /** A process with one gate and one budget. */
    private final class Member {
        final Wire wire = new Wire(fleet.process());
        final List<BudgetEvent> events = new ArrayList<>();
        final BudgetLedger budgets;
        final GateBudgets gate;
        final Spender spender;

        Member(Budget budget) {
            budgets = BudgetLedger.open(
                    b -> b.fleet(wire).executor(Runnable::run), ticker, () -> instant, key -> "h" + key, events::add);
            budgets.background(Runnable::run);
            budgets.own();
            gate = budgets.gate("gate", List.of(budget), List.of(), Map.of("v1", "v1"));
            spender = gate.resolve("caller", "s", attribute -> null, 0);
        }

        Admission ask(long tokens) {
            return gate.reserve(spender, "v1", tokens, 0, false, 0, ticks.get());
        }

        Reservation reserve(long tokens) {
            Admission admission = ask(tokens);
            assertThat(admission).isInstanceOf(Reservation.class);
            return (Reservation) admission;
        }

        void spend(long tokens) {
            reserve(tokens).settle(Usage.of(tokens, 0), ticks.get());
        }

        RefusalKind refused(long tokens) {
            return ((Refusal) ask(tokens)).kind();
        }

        Balance balance() {
            return budgets.balance("shared", "gate").orElseThrow();
        }

        /** Spends one token at a time until it is refused. */
        long spendAll() {
            long spent = 0;
            while (ask(1) instanceof Reservation reservation) {
                reservation.settle(Usage.of(1, 0), ticks.get());
                spent++;
            }
            return spent;
        }
    }

    @Test
    void withinItsSliceAProcessAsksNobody() {
        Member one = new Member(leased(WhenUnreachable.REFUSE));
        one.spend(10);
        int asked = one.wire.asked.size();

        one.spend(10);
        one.spend(10);

        assertThat(asked).isEqualTo(1);
        assertThat(one.wire.asked).hasSize(asked);
        one.spend(31);
        assertThat(one.wire.asked).as("filled up ahead of need").hasSize(asked + 1);
        assertThat(one.wire.asked.get(asked).held()).isEqualTo(61);
        assertThat(one.balance().spent()).isEqualTo(61);
    }

    @Test
    void aStrictReservationAsksAlwaysAndLeasesNothing() {
        Member one = new Member(CEILING.shared(Sharing.strict()));
        one.spend(10);
        one.reserve(20);

        assertThat(one.wire.asked).hasSize(2).allMatch(holding -> holding.wanted() == 0);
        one.wire.cut = true;
        assertThat(one.refused(1)).isEqualTo(RefusalKind.FLEET_UNREACHABLE);
    }

    @Test
    void twoProcessesUseExactlyOneCeiling() {
        for (Sharing sharing : List.of(Sharing.strict(), Sharing.leased(100, WhenUnreachable.RUN_ON_LEASE))) {
            Budget budget = new Budget(
                    "of-" + sharing.slice(),
                    1_000,
                    CEILING.currencyCode(),
                    Per.gate(),
                    Window.life(),
                    Optional.of(sharing));
            Member one = new Member(budget);
            Member two = new Member(budget);
            one.spend(450);
            two.spend(100);

            long spent = 550 + one.spendAll();
            pass(LEASE);
            one.budgets.share();
            two.budgets.share();
            one.budgets.share();
            spent += two.spendAll() + one.spendAll();

            assertThat(spent).as("%s", sharing).isEqualTo(1_000);
            Refusal refusal = (Refusal) two.ask(1);
            assertThat(refusal.remaining()).isZero();
            assertThat(refusal.kind()).isEqualTo(RefusalKind.OVER_BUDGET);
        }
    }

    @Test
    void aRefusalHasTheNumbersOfTheFleet() {
        Member one = new Member(CEILING.shared(Sharing.strict()));
        Member two = new Member(CEILING.shared(Sharing.strict()));
        one.spend(700);

        Refusal refusal = (Refusal) two.ask(301);

        assertThat(refusal.remaining()).isEqualTo(300);
        assertThat(two.balance().fleetRemaining()).hasValue(300);
        assertThat(two.gate.reserve(two.spender, "v1", 1, 800, true, 0, ticks.get()))
                .isInstanceOfSatisfying(
                        Reservation.class,
                        clamped -> assertThat(clamped.maxOutputTokens()).isEqualTo(299));
    }

    @Test
    void aLostProcessCostsAtMostItsSliceAndAStrictOneNothing() {
        for (Sharing sharing : List.of(Sharing.strict(), Sharing.leased(100, WhenUnreachable.RUN_ON_LEASE))) {
            Budget budget = new Budget(
                    "of-" + sharing.slice(),
                    1_000,
                    CEILING.currencyCode(),
                    Per.gate(),
                    Window.life(),
                    Optional.of(sharing));
            Member lost = new Member(budget);
            Member other = new Member(budget);
            lost.spend(200);
            lost.wire.cut = true;
            long untold = lost.spendAll();

            pass(LEASE);
            long spent = 200 + untold + other.spendAll();

            assertThat(spent).as("%s, %d untold", sharing, untold).isBetween(1_000L, 1_000L + sharing.overshoot(1));
            assertThat(untold).isEqualTo(sharing.slice());
        }
    }

    @Test
    void inFlightReservationsOfALostProcessStayCharged() {
        Member lost = new Member(leased(WhenUnreachable.REFUSE));
        Member other = new Member(leased(WhenUnreachable.REFUSE));
        lost.reserve(600);
        pass(LEASE.multipliedBy(2));

        assertThat(other.spendAll()).isEqualTo(400);
    }

    @Test
    void afterTheLeaseNothingIsServedFromIt() {
        Member one = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        one.spend(10);
        one.wire.cut = true;
        pass(Duration.ofSeconds(8));
        one.spend(10);
        assertThat(one.refused(200)).as("more than is leased").isEqualTo(RefusalKind.FLEET_UNREACHABLE);
        one.spend(10);

        pass(Duration.ofSeconds(1)); // a tenth before the ledger's end of it
        assertThat(one.refused(1)).isEqualTo(RefusalKind.FLEET_UNREACHABLE);
        one.wire.cut = false;
        pass(Duration.ofMillis(100));
        one.ask(1);
        one.spend(1);
        assertThat(one.events)
                .extracting(event -> ((BudgetEvent.FleetReached) event).reachable())
                .containsExactly(false, true);
    }

    @Test
    void refuseRefusesAsSoonAsTheLedgerIsKnownToBeUnreachable() {
        Member one = new Member(leased(WhenUnreachable.REFUSE));
        one.spend(10);
        one.wire.cut = true;
        one.spend(10);
        one.budgets.share(); // the round of each second finds out

        assertThat(one.refused(1)).isEqualTo(RefusalKind.FLEET_UNREACHABLE);
        one.wire.cut = false;
        one.budgets.share();
        one.spend(1);
        assertThat(one.balance().spent()).isEqualTo(21);
    }

    @Test
    void anAnswerThatIsLostIsNeverServedFromAndCostsNothingInTheEnd() {
        Member one = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        one.wire.losesAnswers = true;
        assertThat(one.refused(500)).isEqualTo(RefusalKind.FLEET_UNREACHABLE);
        assertThat(one.balance().spent() + one.balance().reserved()).isZero();
        Member two = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        assertThat(two.refused(600)).as("the ledger holds 500 for one").isEqualTo(RefusalKind.OVER_BUDGET);

        one.wire.losesAnswers = false;
        one.budgets.share();
        pass(LEASE);
        assertThat(two.spendAll()).isEqualTo(1_000);
    }

    @Test
    void aReturnWhoseAnswerIsLostIsNotServedFromEither() {
        Member one = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        Reservation large = one.reserve(800);
        large.settle(Usage.of(0, 0), ticks.get());
        one.wire.losesAnswers = true;
        one.budgets.share(); // gives back all but a slice
        Member two = new Member(leased(WhenUnreachable.RUN_ON_LEASE));

        long together = two.spendAll() + one.spendAll();

        assertThat(together).isLessThanOrEqualTo(1_000);
    }

    @Test
    void anIdleSliceComesBackAndAUsedOneIsRenewed() {
        Member idle = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        Member used = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        idle.spend(10);
        used.spend(10);
        for (int second = 0; second < 30; second++) {
            pass(Duration.ofSeconds(1));
            used.spend(1);
            idle.budgets.share();
            used.budgets.share();
        }
        int asked = idle.wire.asked.size();

        assertThat(idle.wire.asked.get(asked - 1).wanted()).isZero();
        assertThat(used.wire.asked.get(used.wire.asked.size() - 1).wanted()).isEqualTo(100);
        used.wire.cut = true;
        used.spend(1);
        idle.budgets.share();
        assertThat(idle.wire.asked).as("it need not be told any more").hasSize(asked);
    }

    @Test
    void closingReturnsEverythingAndRefusesEveryCallAfterwards() {
        Member one = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        one.spend(100);
        Reservation open = one.reserve(20);
        one.budgets.close();
        one.budgets.close();

        assertThat(one.refused(1)).isEqualTo(RefusalKind.FLEET_UNREACHABLE);
        open.settle(Usage.of(5, 0), ticks.get());
        assertThat(new Member(leased(WhenUnreachable.RUN_ON_LEASE)).spendAll())
                .as("what was in flight is as reserved")
                .isEqualTo(880);
    }

    @Test
    void overrunsAreChargedInTheFleet() {
        Member one = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        Member two = new Member(leased(WhenUnreachable.RUN_ON_LEASE));
        one.reserve(100).settle(Usage.of(1_300, 0), ticks.get());
        one.budgets.share();

        assertThat(((Refusal) two.ask(1)).remaining()).isZero();
        assertThat(one.refused(1)).isEqualTo(RefusalKind.OVER_BUDGET);
        assertThat(one.balance().overrun()).isEqualTo(300);
    }

    @Test
    void aDayBeginsForTheWholeFleet() {
        Budget daily = leased(WhenUnreachable.RUN_ON_LEASE).within(Window.day(ZoneOffset.UTC));
        Member one = new Member(daily);
        Member two = new Member(daily);
        Reservation yesterday = one.reserve(600);
        assertThat(two.spendAll()).isLessThanOrEqualTo(400);

        pass(Duration.ofHours(13));
        assertThat(two.spendAll()).isEqualTo(1_000);
        yesterday.settle(Usage.of(900, 0), ticks.get());
        one.budgets.share();
        assertThat(one.refused(1)).isEqualTo(RefusalKind.OVER_BUDGET);
    }

    @Test
    void aForgottenSessionKeepsWhatItSpentInTheFleet() {
        Budget session =
                Budget.tokens("shared", 1_000, Per.session()).shared(Sharing.leased(100, WhenUnreachable.RUN_ON_LEASE));
        Member one = new Member(session);
        one.spend(300);
        one.spender.accounts(0);
        for (int day = 0; day < 3; day++) {
            pass(Duration.ofHours(25));
            one.budgets.share();
            one.budgets.expire(ticks.get());
        }
        assertThat(one.budgets.balance("shared", "s")).isEmpty();

        Member two = new Member(session);
        assertThat(((Refusal) two.ask(701)).remaining())
                .as("memory forgets none")
                .isEqualTo(700);
        one.spender.lookUpAgain();
        one.spend(200);
        two.budgets.share();
        assertThat(((Refusal) two.ask(501)).remaining()).isLessThanOrEqualTo(500);
    }
}
