package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Memory is bounded, and nothing that matters is forgotten for it. */
class EvictionTest {

    private static final Budget SESSION = Budget.tokens("session", 1_000, Per.session());
    private static final Duration IDLE = Duration.ofMinutes(10);

    @Test
    void anIdleSessionIsForgotten() {
        BudgetRig rig = new BudgetRig(b -> b.sessionIdle(IDLE));
        GateBudgets gate = rig.gate(SESSION);
        rig.spend(rig.session(gate, "s"), 900, 0);
        rig.pass(IDLE.plusSeconds(1));
        rig.expire();

        assertThat(rig.budgets.sessions()).isZero();
        assertThat(rig.budgets.totals().get("session").evicted()).isEqualTo(1);
        assertThat(rig.ask(rig.session(gate, "s"), 900, 0)).isInstanceOf(Reservation.class);
    }

    @Test
    void aSessionThatIsUsedIsNotIdleHoweverLongItsCallerIsKept() {
        BudgetRig rig = new BudgetRig(b -> b.sessionIdle(IDLE));
        Spender kept = rig.session(rig.gate(SESSION), "s");
        for (int i = 0; i < 10; i++) {
            rig.spend(kept, 100, 0);
            rig.pass(Duration.ofMinutes(4));
            rig.expire();
        }

        assertThat(rig.ask(kept, 1, 0)).isInstanceOf(Refusal.class);
        assertThat(rig.balance("session", "s").spent()).isEqualTo(1_000);
    }

    @Test
    void aSessionWithMoneyInFlightIsNeverForgotten() {
        BudgetRig rig = new BudgetRig(b -> b.sessionIdle(IDLE).reservationTimeout(Duration.ofHours(2)));
        GateBudgets gate = rig.gate(SESSION);
        Reservation inFlight = rig.reserve(rig.session(gate, "s"), 900, 0);
        rig.pass(IDLE.plusSeconds(1));
        rig.expire();
        rig.pass(IDLE.plusSeconds(1));
        rig.expire();

        assertThat(rig.balance("session", "s").reserved()).isEqualTo(900);
        assertThat(rig.refusal(rig.session(gate, "s"), 900, 0).remaining()).isEqualTo(100);
        inFlight.settle(Usage.of(900, 0), rig.now());
        assertThat(rig.refusal(rig.session(gate, "s"), 900, 0).remaining()).isEqualTo(100);
    }

    @Test
    void aSessionWithMoneyInFlightIsFoundAgainBeforeAnyHousekeeping() {
        BudgetRig rig = new BudgetRig(b -> b.sessionIdle(IDLE).reservationTimeout(Duration.ofHours(2)));
        GateBudgets gate = rig.gate(SESSION);
        rig.reserve(rig.session(gate, "s"), 900, 0);
        rig.pass(IDLE.plusSeconds(1));

        assertThat(rig.refusal(rig.session(gate, "s"), 900, 0).remaining()).isEqualTo(100);
    }

    @Test
    void aSessionThatIsPinnedIsForgottenWhenItsMoneyIsSettled() {
        BudgetRig rig = new BudgetRig(b -> b.sessionIdle(IDLE).reservationTimeout(Duration.ofHours(2)));
        GateBudgets gate = rig.gate(SESSION);
        Reservation inFlight = rig.reserve(rig.session(gate, "s"), 900, 0);
        rig.pass(IDLE.plusSeconds(1));
        rig.expire();
        inFlight.settle(Usage.of(900, 0), rig.now());
        rig.expire();

        assertThat(rig.budgets.sessions()).isZero();
    }

    @Test
    void aKilledSessionIsNeverForgotten() {
        BudgetRig rig = new BudgetRig(b -> b.sessionIdle(IDLE));
        GateBudgets gate = rig.gate(List.of(Runaway.callsPerSession(1, Reaction.KILL_SESSION)), SESSION);
        rig.spend(rig.session(gate, "s"), 900, 0);
        assertThat(rig.refusal(rig.session(gate, "s"), 1, 0).kind()).isEqualTo(RefusalKind.TOO_MANY_CALLS);
        for (int i = 0; i < 3; i++) {
            rig.pass(IDLE.plusSeconds(1));
            rig.expire();
        }

        assertThat(rig.refusal(rig.session(gate, "s"), 1, 0).kind()).isEqualTo(RefusalKind.SESSION_KILLED);
        assertThat(rig.balance("session", "s").spent()).isEqualTo(900);
        assertThat(rig.budgets.reviveSession("s")).isTrue();
        assertThat(rig.refusal(rig.session(gate, "s"), 900, 0).kind()).isEqualTo(RefusalKind.OVER_BUDGET);
    }

    @Test
    void onlyAsManySessionsAreKept() {
        BudgetRig rig = new BudgetRig(b -> b.maxAccounts(100));
        GateBudgets gate = rig.gate(SESSION);
        for (int i = 0; i < 1_000; i++) {
            rig.spend(rig.session(gate, "s" + i), 1, 0);
        }
        rig.expire();

        assertThat(rig.budgets.sessions()).isEqualTo(100);
    }

    @Test
    void whereNothingMayBeForgottenANewOneIsRefused() {
        BudgetRig rig = new BudgetRig(b -> b.maxAccounts(10));
        GateBudgets gate = rig.gate(SESSION);
        List<Reservation> inFlight = new ArrayList<>();
        Refusal refusal = null;
        for (int i = 0; i < 100 && refusal == null; i++) {
            Admission admission = rig.ask(rig.session(gate, "s" + i), 900, 0);
            if (admission instanceof Reservation reservation) {
                inFlight.add(reservation);
            } else {
                refusal = (Refusal) admission;
            }
        }

        assertThat(refusal).isEqualTo(new Refusal(RefusalKind.TOO_MANY_SESSIONS, "session", 900, 0, 1_000, "tokens"));
        assertThat(inFlight).hasSizeBetween(19, 22);
        for (int i = 0; i < inFlight.size(); i++) {
            assertThat(rig.balance("session", "s" + i).reserved()).isEqualTo(900);
        }
        inFlight.forEach(reservation -> reservation.settle(Usage.of(900, 0), 0));
        rig.expire();
        assertThat(rig.ask(rig.session(gate, "new"), 900, 0)).isInstanceOf(Reservation.class);
    }

    @Test
    void whatATenantSpentIsNotForgottenForOthers() {
        BudgetRig rig = new BudgetRig(b -> b.maxAccounts(10));
        GateBudgets gate = rig.gate(Budget.tokens("caller", 1_000, Per.caller()));
        for (int i = 0; i < 15; i++) {
            rig.spend(gate.resolve("c" + i, null, attribute -> null, 0), 900, 0);
        }
        for (int i = 0; i < 15; i++) {
            assertThat(rig.refusal(gate.resolve("c" + i, null, attribute -> null, 0), 900, 0)
                            .remaining())
                    .isEqualTo(100);
        }
    }

    @Test
    void aLateSettlementIsChargedWhereTheAccountIsNow() {
        BudgetRig rig = new BudgetRig(b -> b.maxAccounts(1).reservationTimeout(Duration.ofMinutes(1)));
        GateBudgets gate = rig.gate(Budget.tokens("caller", 1_000, Per.caller()));
        Reservation late = rig.reserve(gate.resolve("c", null, attribute -> null, 0), 400, 0);
        rig.pass(Duration.ofMinutes(1));
        rig.expire();
        for (int i = 0; i < 10; i++) {
            rig.reserve(gate.resolve("d" + i, null, attribute -> null, 0), 1, 0).cancel(0);
        }
        rig.expire();
        assertThat(rig.budgets.balance("caller", "c"))
                .as("forgotten: nothing was held")
                .isEmpty();

        late.settle(Usage.of(400, 0), rig.now());

        assertThat(rig.balance("caller", "c").spent()).isEqualTo(400);
    }

    @Test
    void nobodySpendsOnAForgottenAccount() throws Exception {
        // Few places, many threads that keep what they looked up: tenants may not be forgotten once they spent.
        BudgetRig rig = new BudgetRig(b -> b.maxAccounts(4));
        int threads = 8;
        int keys = 8;
        long ceiling = 20_000;
        GateBudgets gate = rig.gate(Budget.tokens("caller", ceiling, Per.caller()));
        AtomicLong[] spent = new AtomicLong[keys];
        for (int k = 0; k < keys; k++) {
            spent[k] = new AtomicLong();
        }
        CyclicBarrier barrier = new CyclicBarrier(threads);
        long seed = System.identityHashCode(rig);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                Random random = new Random(seed + t);
                done.add(pool.submit(() -> {
                    barrier.await();
                    Spender[] kept = new Spender[keys];
                    for (int i = 0; i < 40_000; i++) {
                        int k = random.nextInt(keys);
                        if (kept[k] == null || random.nextInt(4) == 0) {
                            kept[k] = gate.resolve("c" + k, null, attribute -> null, 0);
                        }
                        // Mostly nothing is spent, so that the account may be forgotten between two calls.
                        if (rig.ask(kept[k], 2, 0) instanceof Reservation reservation) {
                            if (random.nextInt(100) == 0) {
                                reservation.settle(Usage.of(1, 0), 0);
                                spent[k].incrementAndGet();
                            } else {
                                reservation.cancel(0);
                            }
                        }
                        if (i % 64 == 0) {
                            rig.expire();
                        }
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
        for (int k = 0; k < keys; k++) {
            assertThat(rig.balance("caller", "c" + k).spent())
                    .as("seed %d, caller %d", seed, k)
                    .isEqualTo(spent[k].get());
        }
        assertThat(rig.budgets.totals().get("caller").evicted())
                .as("some were forgotten")
                .isPositive();
    }
}
