package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A budget is a ceiling by construction: reserve, then settle. */
class CeilingTest {

    private static final Budget SESSION = Budget.tokens("session", 1_000, Per.session());

    private final BudgetRig rig = new BudgetRig();

    @Test
    void aMillionAttemptsOfManyThreadsNeverExceedOneCeilingAndUseAllOfIt() throws Exception {
        int threads = 64;
        int attempts = 1_000_000 / threads;
        long ceiling = 400_000;
        GateBudgets gate = rig.gate(Budget.tokens("session", ceiling, Per.session()));
        Account account = rig.session(gate, "s").accounts(0)[0];
        assertThat(account).isNotNull();
        CyclicBarrier barrier = new CyclicBarrier(threads);
        AtomicLong spent = new AtomicLong();
        AtomicLong most = new AtomicLong();
        long seed = System.identityHashCode(this);
        ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
        try {
            Future<?> checker = pool.submit(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    most.accumulateAndGet(account.held(0), Math::max);
                }
            });
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Random random = new Random(seed + t);
                done.add(pool.submit(() -> {
                    barrier.await();
                    Spender spender = rig.session(gate, "s");
                    for (int i = 0; i < attempts; i++) {
                        int wanted = 100_000 + random.nextInt(100_000); // two to four fit at once
                        if (rig.ask(spender, wanted, 0) instanceof Reservation reservation) {
                            most.accumulateAndGet(account.held(0), Math::max);
                            if (i % 64 == 0) {
                                LockSupport.parkNanos(1); // holds on while others ask
                            }
                            int used = random.nextInt(2);
                            if (i % 7 == 0) {
                                reservation.cancel(0);
                            } else {
                                reservation.settle(Usage.of(used, 0), 0);
                                spent.addAndGet(used);
                            }
                            reservation.release();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
            checker.cancel(true);
        } finally {
            pool.shutdownNow();
        }
        assertThat(most.get()).as("seed %d", seed).isLessThanOrEqualTo(ceiling).isPositive();
        assertThat(account.held(0)).as("seed %d", seed).isEqualTo(spent.get());
        assertThat(account.open()).isZero();
        assertThat(rig.budgets.reservations()).isZero();
        Spender rest = rig.session(gate, "s");
        if (spent.get() < ceiling) {
            rig.spend(rest, ceiling - spent.get(), 0);
        }
        assertThat(rig.balance("session", "s").spent()).isEqualTo(ceiling);
        assertThat(rig.refusal(rest, 1, 0).remaining()).isZero();
    }

    @Test
    void allOfACeilingIsUsableByThreadsThatAskForOneAtATime() throws Exception {
        int threads = 16;
        long ceiling = 100_000;
        GateBudgets gate = rig.gate(Budget.tokens("session", ceiling, Per.session()));
        AtomicLong granted = new AtomicLong();
        CyclicBarrier barrier = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                done.add(pool.submit(() -> {
                    barrier.await();
                    Spender spender = rig.session(gate, "s");
                    while (rig.ask(spender, 1, 0) instanceof Reservation reservation) {
                        reservation.settle(Usage.of(1, 0), 0);
                        granted.incrementAndGet();
                    }
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(granted.get()).isEqualTo(ceiling);
    }

    @Test
    void severalCeilingsAreTakenAllOrNone() {
        GateBudgets gate = rig.gate(
                SESSION,
                Budget.tokens("caller", 2_000, Per.caller()),
                Budget.money("gate", Money.of("0.0005", "USD"), Per.gate()));
        Spender spender = rig.session(gate, "s");

        Refusal refusal = rig.refusal(spender, 100, 300); // 100 + 2 × 300 = 700 micro-units

        assertThat(refusal).isEqualTo(new Refusal(RefusalKind.OVER_BUDGET, "gate", 700, 500, 500, "USD"));
        assertThat(rig.balance("session", "s").remaining()).isEqualTo(1_000);
        assertThat(rig.balance("caller", "caller").remaining()).isEqualTo(2_000);
        rig.reserve(spender, 100, 200);
        assertThat(rig.balance("session", "s").reserved()).isEqualTo(300);
        assertThat(rig.balance("caller", "caller").reserved()).isEqualTo(300);
        assertThat(rig.balance("gate", "gate").reserved()).isEqualTo(500);
    }

    @Test
    void aReservationIsSettledExactlyOnce() {
        Spender spender = rig.session(rig.gate(SESSION), "s");
        Reservation settled = rig.reserve(spender, 10, 90);
        Reservation cancelled = rig.reserve(spender, 10, 90);

        assertThat(settled.settled()).isFalse();
        settled.settle(Usage.of(10, 5), 0);
        cancelled.cancel(0);

        assertThat(settled.settled()).isTrue();
        for (Reservation reservation : List.of(settled, cancelled)) {
            assertThatIllegalStateException().isThrownBy(() -> reservation.settle(Usage.of(10, 5), 0));
            assertThatIllegalStateException().isThrownBy(() -> reservation.cancel(0));
        }
        assertThat(rig.balance("session", "s").spent()).isEqualTo(15);
    }

    @Test
    void aReleasedReservationIsUsedAgainAndAnOpenOneCannotBeReleased() {
        Spender spender = rig.session(rig.gate(SESSION), "s");
        Reservation first = rig.reserve(spender, 10, 90);
        assertThatIllegalStateException().isThrownBy(first::release);
        first.settle(Usage.of(1, 1), 0);
        first.release();

        Reservation second = rig.reserve(spender, 20, 80);

        assertThat(second).isSameAs(first);
        assertThat(rig.balance("session", "s").reserved()).isEqualTo(100);
        second.settle(Usage.UNKNOWN, 0);
        assertThat(rig.balance("session", "s").spent()).isEqualTo(102);
    }

    @Test
    void anOverrunIsChargedInFullReportedAndBlocks() {
        Spender spender = rig.session(rig.gate(SESSION), "s");

        rig.reserve(spender, 100, 100).settle(Usage.of(100, 1_400), 0);

        assertThat(rig.events).containsExactly(new BudgetEvent.Overrun("gate", "v1", "session", 200, 1_500));
        assertThat(rig.balance("session", "s"))
                .extracting(Balance::spent, Balance::remaining, Balance::overrun)
                .containsExactly(1_500L, 0L, 500L);
        assertThat(rig.refusal(spender, 1, 0).remaining()).isZero();
        assertThat(rig.budgets.totals()).containsEntry("session", new Budgets.Totals(1, 1, 0, 0, 0));
    }

    @Test
    void anOverrunBlocksUntilItIsCovered() {
        GateBudgets gate = rig.gate(SESSION.within(Window.rolling(Duration.ofSeconds(60))));
        Spender spender = rig.session(gate, "s");
        rig.reserve(spender, 100, 100).settle(Usage.of(100, 1_400), 0);
        rig.pass(Duration.ofSeconds(59));
        assertThat(rig.ask(spender, 1, 0)).isInstanceOf(Refusal.class);

        rig.pass(Duration.ofSeconds(2));

        assertThat(rig.ask(spender, 1_000, 0)).isInstanceOf(Reservation.class);
    }

    @Test
    void aCallOnASmallBudgetIsClampedToWhatIsLeft() {
        GateBudgets gate = rig.gate(SESSION, Budget.money("money", Money.of("0.0011", "USD"), Per.session()));
        Spender spender = rig.session(gate, "s");

        Reservation clamped = (Reservation) rig.clamp(spender, 100, 4_000);

        assertThat(clamped.maxOutputTokens()).isEqualTo(500); // 900 tokens are left, and 1,000 micro-units at 2 each
        assertThat(rig.balance("money", "s").remaining()).isZero();
        clamped.settle(Usage.of(100, 1), 0);
        assertThat(rig.balance("session", "s").spent()).isEqualTo(101);
        assertThat(rig.balance("money", "s").spent()).isEqualTo(102);
    }

    @Test
    void aCallWhoseInputAloneDoesNotFitIsRefusedWithTheNumbers() {
        Spender spender = rig.session(rig.gate(SESSION), "s");
        rig.spend(spender, 400, 200);

        Refusal refusal = (Refusal) rig.clamp(spender, 400, 4_000);

        assertThat(refusal).isEqualTo(new Refusal(RefusalKind.OVER_BUDGET, "session", 401, 400, 1_000, "tokens"));
        assertThat(refusal.message())
                .isEqualTo("budget session: the call needs at least 401 tokens, 400 tokens of 1000 tokens remain");
        assertThat(((Reservation) rig.clamp(spender, 399, 4_000)).maxOutputTokens())
                .isEqualTo(1);
    }

    @Test
    void unknownUsageSettlesAtWhatWasReservedAndIsMarkedAsAnEstimate() {
        GateBudgets gate = rig.gate(SESSION, Budget.money("money", Money.of("1", "USD"), Per.session()));
        Spender spender = rig.session(gate, "s");

        Usage all = rig.reserve(spender, 100, 50).settle(Usage.UNKNOWN, 0);
        Usage output = rig.reserve(spender, 100, 50).settle(Usage.ofInput(20), 0);
        Usage known = rig.reserve(spender, 100, 50).settle(Usage.of(20, 3), 0);

        assertThat(all).isEqualTo(Usage.of(100, 50).asEstimate());
        assertThat(output).isEqualTo(Usage.of(20, 50).asEstimate());
        assertThat(known.estimated()).isFalse();
        assertThat(rig.balance("session", "s").spent()).isEqualTo(150 + 70 + 23);
        assertThat(rig.balance("money", "s").spent()).isEqualTo(200 + 120 + 26);
    }

    @Test
    void aCallThatIsCutPaysItsInputAndWhatItProduced() {
        Spender spender = rig.session(rig.gate(SESSION), "s");
        Reservation cut = rig.reserve(spender, 100, 500);
        cut.produced(10);
        cut.produced(30);

        assertThat(cut.settle(Usage.UNKNOWN, 0)).isEqualTo(Usage.of(100, 30).asEstimate());
        assertThat(rig.balance("session", "s").spent()).isEqualTo(130);
        cut.release();
        assertThat(rig.reserve(spender, 100, 50).settle(Usage.UNKNOWN, 0))
                .as("progress belongs to one call")
                .isEqualTo(Usage.of(100, 50).asEstimate());
    }

    @Test
    void aReservationThatIsNeverSettledExpiresAndIsReported() {
        Spender spender = rig.session(rig.gate(SESSION), "s");
        Reservation lost = rig.reserve(spender, 100, 500);
        rig.pass(Duration.ofMinutes(15).minusSeconds(1));
        rig.expire();
        assertThat(rig.balance("session", "s").reserved()).isEqualTo(600);

        rig.pass(Duration.ofSeconds(1));
        rig.expire();
        rig.expire();

        assertThat(rig.balance("session", "s").remaining()).isEqualTo(1_000);
        assertThat(rig.events).containsExactly(new BudgetEvent.Expired("gate", "v1", "session", 600));
        assertThat(lost.settled()).isFalse();
        lost.settle(Usage.of(100, 700), rig.now());
        assertThat(rig.balance("session", "s").spent())
                .as("late, and still charged")
                .isEqualTo(800);
        assertThat(rig.events.get(1)).isEqualTo(new BudgetEvent.Overrun("gate", "v1", "session", 600, 800));
        assertThatIllegalStateException().isThrownBy(() -> lost.settle(Usage.of(1, 1), rig.now()));
    }

    @Test
    void aReservationUsedAgainDoesNotExpireWithTheAgeOfAnEarlierCall() {
        Spender spender = rig.session(rig.gate(SESSION), "s");
        for (int i = 0; i < 4; i++) {
            Reservation reservation = rig.reserve(spender, 1, 1);
            rig.pass(Duration.ofMinutes(10));
            rig.expire();
            rig.expire();
            rig.expire();
            reservation.settle(Usage.of(1, 1), rig.now());
            reservation.release();
            rig.expire();
            rig.expire();
            rig.expire();
        }
        Reservation lost = rig.reserve(spender, 1, 1);
        rig.pass(Duration.ofMinutes(15));
        rig.expire();

        assertThat(rig.events).hasSize(1);
        assertThat(lost.settled()).isFalse();
        assertThat(rig.budgets.reservations()).isZero();
    }

    @Test
    void callsWithoutASessionOrAttributeShareOneAccount() {
        GateBudgets gate = rig.gate(SESSION, Budget.tokens("tenant", 1_500, Per.attribute("tenant")));
        Spender none = rig.session(gate, null);
        rig.spend(none, 600, 0);

        assertThat(rig.refusal(rig.session(gate, null), 600, 0).budget()).isEqualTo("session");
        Spender acme = gate.resolve(null, "s", attribute -> attribute.equals("tenant") ? "acme" : null, 0);
        rig.spend(acme, 900, 0);
        assertThat(rig.balance("tenant", "acme").spent()).isEqualTo(900);
        assertThat(rig.balance("tenant", "").spent()).isEqualTo(600);
    }

    @Test
    void versionsAndGatesHaveAccountsOfTheirOwn() {
        List<Budget> both =
                List.of(Budget.tokens("version", 100, Per.version()), Budget.tokens("gate", 1_000, Per.gate()));
        GateBudgets one = rig.budgets.gate("one", both, List.of(), Map.of("v1", "v1", "v2", "v2"));
        GateBudgets two = rig.budgets.gate("two", both, List.of(), Map.of("v1", "v1"));
        rig.spend(rig.session(one, "s"), 100, 0);

        assertThat(rig.refusal(rig.session(one, "t"), 1, 0).budget()).isEqualTo("version");
        assertThat(one.reserve(rig.session(one, "s"), "v2", 1, 0, false, 0, 0)).isInstanceOf(Reservation.class);
        rig.spend(rig.session(two, "s"), 100, 0);
        two.version("v3", "v3");
        assertThat(two.reserve(rig.session(two, "s"), "v3", 1, 0, false, 0, 0)).isInstanceOf(Reservation.class);
        assertThat(rig.balance("version", "one/v1").spent()).isEqualTo(100);
        assertThat(rig.balance("gate", "two").spent()).isEqualTo(100);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.reserve(rig.session(one, "s"), "v9", 1, 0, false, 0, 0))
                .withMessageContaining("v9");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> one.reserve(rig.session(two, "s"), "v1", 1, 0, false, 0, 0))
                .withMessageContaining("two");
    }

    @Test
    void moneyWithoutAPriceIsRefusedWhenTheGateIsBuilt() {
        Budget money = Budget.money("money", Money.of("1", "USD"), Per.session());
        Budget euros = Budget.money("euros", Money.of("1", "EUR"), Per.session());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.budgets.gate(
                        "gate", List.of(money, euros), List.of(), Map.of("v1", "small", "v2", "big", "v3", "huge")))
                .withMessageContainingAll("v2", "big", "v3", "huge", "euros is in EUR", "[small]")
                .withMessageNotContaining("v1");
        GateBudgets gate = rig.gate(money);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gate.version("v2", "big"))
                .withMessageContaining("big");
        BudgetLedger without = BudgetLedger.open(b -> {}, () -> 0, () -> rig.instant, key -> key, event -> {});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> without.gate("gate", List.of(money), List.of(), Map.of("v1", "small")))
                .withMessageContaining("there are no prices");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> without.gate(
                        "gate",
                        List.of(),
                        List.of(Runaway.spendRate(Money.of("1", "USD"), Duration.ofMinutes(1), Reaction.REFUSE)),
                        Map.of("v1", "small")))
                .withMessageContaining("there are no prices");
    }

    @Test
    void oneNameIsOneBudget() {
        GateBudgets one = rig.gate(SESSION);
        GateBudgets other = rig.budgets.gate("other", List.of(SESSION), List.of(), Map.of("v1", "v1"));
        rig.spend(rig.session(one, "s"), 600, 0);

        assertThat(rig.ask(rig.session(other, "s"), 600, 0)).isInstanceOf(Refusal.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.gate(Budget.tokens("session", 2_000, Per.session())))
                .withMessageContaining("another gate has defined it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.gate(SESSION, SESSION))
                .withMessageContaining("twice");
    }

    @Test
    void operatorsSeeWhatIsLeftAndTheTopSpenders() {
        GateBudgets gate = rig.gate(SESSION);
        for (int i = 1; i <= 9; i++) {
            rig.spend(rig.session(gate, "s" + i), i * 100L, 0);
        }
        rig.reserve(rig.session(gate, "s3"), 50, 0);

        assertThat(rig.budgets.top("session", 2)).extracting(Balance::key).containsExactly("s9", "s8");
        assertThat(rig.balance("session", "s3"))
                .extracting(Balance::spent, Balance::reserved, Balance::remaining)
                .containsExactly(300L, 50L, 650L);
        assertThat(rig.budgets.balance("session", "s99")).isEmpty();
        assertThat(rig.budgets.sessions()).isEqualTo(9);
        assertThat(rig.budgets.names()).containsExactly("session");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rig.budgets.top("sesion", 2))
                .withMessageContaining("sesion");
    }

    @Test
    void aListenerThatThrowsReachesNoCall() {
        BudgetLedger budgets = BudgetLedger.open(b -> {}, () -> 0, () -> rig.instant, key -> key, event -> {
            throw new IllegalStateException("listener");
        });
        GateBudgets gate = budgets.gate("gate", List.of(SESSION), List.of(), Map.of("v1", "v1"));

        rig.reserve(rig.session(gate, "s"), 10, 0).settle(Usage.of(20, 0), 0);

        assertThat(budgets.balance("session", "s").orElseThrow().spent()).isEqualTo(20);
    }
}
