package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.modelgate.budget.Admission;
import io.modelgate.budget.Balance;
import io.modelgate.budget.Budget;
import io.modelgate.budget.BudgetLedger;
import io.modelgate.budget.BudgetsBuilder;
import io.modelgate.budget.GateBudgets;
import io.modelgate.budget.Per;
import io.modelgate.budget.Refusal;
import io.modelgate.budget.RefusalKind;
import io.modelgate.budget.Reservation;
import io.modelgate.budget.Sharing;
import io.modelgate.budget.Spender;
import io.modelgate.budget.Usage;
import io.modelgate.budget.WhenUnreachable;
import io.modelgate.budget.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What budgets must do, wherever they are kept: in memory, in a file, or on the ledger of a fleet. To test an implementation, extend this
 * and say how a process is given it.
 *
 * <p>The bounds on time are generous and only there so that a broken implementation fails instead of hanging.
 */
@Timeout(120)
public abstract class BudgetLedgerKit {

    private static final long CEILING = 1_000;
    private static final long SLICE = 100;
    private static final int THREADS = 4;
    private static final Duration EXPIRES = Duration.ofMinutes(15);

    /** The time of all processes, far from that of a ledger that is elsewhere: no ceiling may depend on how they compare. */
    protected final ManualTime time = new ManualTime(Instant.parse("2001-01-01T12:00:00Z"));

    private final List<Member> members = new ArrayList<>();
    private final long seed = new Random().nextLong();

    /** For subclasses. */
    protected BudgetLedgerKit() {}

    /** Gives the ledger under test to one more process; there is a new ledger for each test. */
    protected abstract void give(BudgetsBuilder process);

    /** Whether several processes share a ceiling on it. */
    protected abstract boolean shared();

    /** Whether what was spent is known to a process that is started after the last one was closed. */
    protected abstract boolean survivesRestart();

    /** Lets what is leased run out: in the time of the processes, and in the ledger's. */
    protected abstract void leasesRunOut();

    /** A process with one gate. */
    private final class Member {
        final BudgetLedger budgets;
        final GateBudgets gate;
        final List<String> overruns = new ArrayList<>();

        Member(Budget... ceilings) {
            budgets = BudgetLedger.open(
                    b -> {
                        b.reservationTimeout(EXPIRES);
                        give(b);
                    },
                    time::read,
                    time,
                    key -> Integer.toHexString(key.hashCode()),
                    event -> {
                        synchronized (overruns) {
                            overruns.add(event.getClass().getSimpleName());
                        }
                    });
            members.add(this);
            budgets.background(Runnable::run);
            budgets.own();
            gate = budgets.gate("gate", List.of(ceilings), List.of(), Map.of("v1", "v1"));
        }

        Spender spender(String session) {
            return gate.resolve(session, session, attribute -> null, time.read());
        }

        Admission ask(Spender spender, long tokens) {
            return gate.reserve(spender, "v1", tokens, 0, false, 0, time.read());
        }

        Reservation reserve(long tokens) {
            Admission admission = ask(spender("s"), tokens);
            assertThat(admission).isInstanceOf(Reservation.class);
            return (Reservation) admission;
        }

        void spend(long tokens) {
            reserve(tokens).settle(Usage.of(tokens, 0), time.read());
        }

        boolean refuses(long tokens) {
            Admission admission = ask(spender("s"), tokens);
            if (admission instanceof Reservation reservation) {
                reservation.cancel(time.read());
                return false;
            }
            assertThat(((Refusal) admission).kind()).isEqualTo(RefusalKind.OVER_BUDGET);
            return true;
        }

        /** Spends a token at a time until it is refused. */
        long spendAll() {
            long spent = 0;
            Spender spender = spender("s");
            while (ask(spender, 1) instanceof Reservation reservation) {
                reservation.settle(Usage.of(1, 0), time.read());
                reservation.release();
                spent++;
            }
            return spent;
        }

        Balance balance(String budget) {
            return budgets.balance(budget, "s").orElseThrow();
        }
    }

    @AfterEach
    void closeAll() {
        members.forEach(member -> member.budgets.close());
    }

    private static Sharing leased() {
        return Sharing.leased(SLICE, WhenUnreachable.RUN_ON_LEASE);
    }

    /** A ceiling in each way that the ledger knows. */
    private List<Budget> each(String name) {
        Budget plain = Budget.tokens(name, CEILING, Per.session());
        return shared()
                ? List.of(
                        plain.shared(leased()),
                        Budget.tokens(name + "-strict", CEILING, Per.session()).shared(Sharing.strict()))
                : List.of(plain);
    }

    private static <T> void together(List<Callable<T>> all) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(all.size());
        try {
            for (Future<T> each : pool.invokeAll(all)) {
                each.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    /** Reserves and settles at random amounts; {@code open} is what is held by these threads and settled ones together. */
    private Callable<Void> spending(Member member, int number, int calls, AtomicLong held, AtomicLong most) {
        return () -> {
            Random random = new Random(seed + number);
            Spender spender = member.spender("s");
            for (int i = 0; i < calls; i++) {
                int wanted = 1 + random.nextInt(200);
                if (member.ask(spender, wanted) instanceof Reservation reservation) {
                    most.accumulateAndGet(held.addAndGet(wanted), Math::max);
                    int used = random.nextInt(4) == 0 ? random.nextInt(1 + wanted / 10) : 0;
                    held.addAndGet(used - wanted); // before it is given back
                    reservation.settle(Usage.of(used, 0), time.read());
                    reservation.release();
                }
            }
            return null;
        };
    }

    @Test
    void threadsOfOneProcessNeverExceedACeiling() throws Exception {
        for (Budget budget : each("threads")) {
            Member one = new Member(budget);
            AtomicLong held = new AtomicLong();
            AtomicLong most = new AtomicLong();
            List<Callable<Void>> all = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                all.add(spending(one, t, 200, held, most));
            }
            together(all);
            assertThat(most.get()).as("seed %d, %s", seed, budget).isBetween(1L, CEILING);
            assertThat(one.balance(budget.name()).spent()).as("seed %d", seed).isEqualTo(held.get());
            assertThat(one.budgets.reservations()).isZero();
        }
    }

    @Test
    void severalCeilingsAreTakenAllOrNone() {
        for (Budget budget : each("large")) {
            Budget small = budget.sharing()
                    .map(sharing -> Budget.tokens(budget.name() + "-small", 150, Per.session())
                            .shared(sharing))
                    .orElse(Budget.tokens("small", 150, Per.session()));
            Member one = new Member(budget, small);
            one.spend(50);

            assertThat(one.refuses(101)).isTrue();

            assertThat(one.balance(budget.name()).reserved()).isZero();
            assertThat(one.balance(budget.name()).spent()).isEqualTo(50);
            one.spend(100);
        }
    }

    @Test
    void aCallPaysWhatItUsedAndWhatIsUnknownAsReserved() {
        for (Budget budget : each("usage")) {
            Member one = new Member(budget);
            one.reserve(400).settle(Usage.of(100, 0), time.read());
            assertThat(one.balance(budget.name()).spent()).isEqualTo(100);
            one.reserve(200).settle(Usage.UNKNOWN, time.read());
            assertThat(one.balance(budget.name()).spent()).isEqualTo(300);
            one.reserve(700).cancel(time.read());
            assertThat(one.balance(budget.name()).spent()).isEqualTo(300);

            one.reserve(100).settle(Usage.of(1_100, 0), time.read());

            assertThat(one.overruns).contains("Overrun");
            assertThat(one.balance(budget.name()).overrun()).isEqualTo(400);
            assertThat(one.refuses(1)).isTrue();
            if (shared()) {
                one.budgets.share();
                assertThat(new Member(budget).refuses(1)).isTrue();
            }
        }
    }

    @Test
    void aReservationThatIsNeverSettledIsGivenBack() {
        for (Budget budget : each("lost")) {
            Member one = new Member(budget);
            Reservation lost = one.reserve(CEILING);
            assertThat(one.refuses(1)).isTrue();

            time.advance(EXPIRES);
            one.budgets.expire(time.read());

            one.spend(300);
            lost.settle(Usage.of(200, 0), time.read());
            assertThat(one.balance(budget.name()).spent()).isEqualTo(500);
        }
    }

    @Test
    void aDayAndAMonthBeginByTheClock() {
        for (Budget budget : each("calendar")) {
            Member day = new Member(budget.within(Window.day(ZoneOffset.UTC)));
            Budget monthly =
                    Budget.tokens("m-" + budget.name(), CEILING, Per.session()).within(Window.month(ZoneOffset.UTC));
            Member month = new Member(budget.sharing().map(monthly::shared).orElse(monthly));
            day.spend(900);
            month.spend(900);
            assertThat(day.refuses(200)).isTrue();

            time.advance(Duration.ofHours(13));
            assertThat(day.refuses(200)).isFalse();
            assertThat(month.refuses(200)).isTrue();

            time.advance(Duration.ofDays(31).minusHours(13));
            assertThat(month.refuses(200)).isFalse();
        }
    }

    @Test
    void whatWasSpentIsKnownAfterARestart() {
        assumeTrue(survivesRestart(), "it forgets all when the process ends");
        for (Budget budget : each("restart")) {
            Member first = new Member(budget);
            first.spend(600);
            first.budgets.close();

            Member second = new Member(budget);
            assertThat(second.refuses(401)).isTrue();
            second.spend(400);
            second.budgets.close();
        }
    }

    @Test
    void severalProcessesTogetherNeverExceedACeiling() throws Exception {
        assumeTrue(shared(), "each process has its own ceilings");
        for (Budget budget : each("together")) {
            AtomicLong held = new AtomicLong();
            AtomicLong most = new AtomicLong();
            List<Member> all = List.of(new Member(budget), new Member(budget), new Member(budget));
            List<Callable<Void>> calls = new ArrayList<>();
            for (int t = 0; t < 2 * all.size(); t++) {
                calls.add(spending(all.get(t % all.size()), t, 150, held, most));
            }
            for (Member member : all) {
                calls.add(() -> {
                    for (int i = 0; i < 20; i++) {
                        member.budgets.share();
                    }
                    return null;
                });
            }
            together(calls);
            assertThat(most.get()).as("seed %d, %s", seed, budget).isBetween(1L, CEILING);
        }
    }

    @Test
    void theWholeCeilingIsOfUse() {
        assumeTrue(shared(), "each process has its own ceilings");
        for (Budget budget : each("whole")) {
            Member one = new Member(budget);
            Member two = new Member(budget);
            one.spend(450);
            two.spend(330);
            long spent = 780 + one.spendAll();
            one.budgets.share();
            leasesRunOut();
            spent += two.spendAll();
            assertThat(spent).as("%s", budget).isEqualTo(CEILING);
        }
    }

    @Test
    void aLostProcessCostsNoMoreThanTheBoundThatIsStated() {
        assumeTrue(shared(), "each process has its own ceilings");
        for (Budget budget : each("dropped")) {
            Member lost = new Member(budget);
            Member other = new Member(budget);
            lost.spend(310);
            lost.spend(20); // of its slice, of which nobody is told
            leasesRunOut();

            long spent = 330 + other.spendAll();

            assertThat(spent)
                    .as("%s", budget)
                    .isBetween(CEILING, CEILING + budget.sharing().orElseThrow().overshoot(1));
            members.remove(lost);
        }
    }

    @Test
    void theReservationsOfALostProcessStayCharged() {
        assumeTrue(shared(), "each process has its own ceilings");
        for (Budget budget : each("flight")) {
            Member lost = new Member(budget);
            lost.reserve(600);
            leasesRunOut();

            assertThat(new Member(budget).spendAll()).as("%s", budget).isEqualTo(CEILING - 600);
        }
    }

    @Test
    void aSliceThatNobodyUsesComesBack() {
        assumeTrue(shared(), "each process has its own ceilings");
        Budget budget = Budget.tokens("idle", CEILING, Per.session()).shared(leased());
        Member idle = new Member(budget);
        idle.spend(100);
        idle.budgets.share();
        leasesRunOut();
        time.advance(Duration.ofSeconds(6));
        idle.budgets.share();

        assertThat(new Member(budget).refuses(CEILING - 100)).isFalse();
    }

    @Test
    void closingReturnsTheSlice() {
        assumeTrue(shared(), "each process has its own ceilings");
        Budget budget = Budget.tokens("closed", CEILING, Per.session()).shared(leased());
        Member one = new Member(budget);
        one.spend(100);
        one.budgets.close();

        assertThat(new Member(budget).refuses(CEILING - 100)).isFalse();
    }

    @Test
    void aProcessAloneHasItsCeilingToItself() {
        assumeFalse(shared(), "all processes share their ceilings");
        assumeFalse(survivesRestart(), "one process owns it");
        Budget budget = each("alone").get(0);
        assertThat(new Member(budget).spendAll() + new Member(budget).spendAll())
                .isEqualTo(2 * CEILING);
    }
}
