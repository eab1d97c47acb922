package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits on runaways stand beside the ceilings. */
class RunawayBudgetTest {

    private static final Budget SESSION = Budget.tokens("session", 10_000, Per.session());

    private final BudgetRig rig = new BudgetRig();

    @Test
    void aCallThatIsRefusedForItsSessionHoldsNothing() {
        GateBudgets gate = rig.gate(List.of(Runaway.callsPerSession(2, Reaction.REFUSE)), SESSION);
        Spender spender = rig.session(gate, "s");
        rig.spend(spender, 10, 0);
        rig.spend(spender, 10, 0);

        assertThat(rig.refusal(spender, 10, 0)).isEqualTo(new Refusal(RefusalKind.TOO_MANY_CALLS, "", 0, 0, 0, ""));
        assertThat(rig.balance("session", "s").remaining()).isEqualTo(9_980);
        assertThat(rig.events)
                .containsExactly(new BudgetEvent.Tripped("gate", RefusalKind.TOO_MANY_CALLS, Reaction.REFUSE));
        assertThat(rig.ask(rig.session(gate, "t"), 10, 0)).isInstanceOf(Reservation.class);
    }

    @Test
    void aCallThatIsNotCoveredIsNotCounted() {
        GateBudgets gate = rig.gate(List.of(Runaway.callsPerSession(1, Reaction.REFUSE)), SESSION);
        Spender spender = rig.session(gate, "s");
        assertThat(rig.refusal(spender, 20_000, 0).kind()).isEqualTo(RefusalKind.OVER_BUDGET);

        assertThat(rig.ask(spender, 10, 0)).isInstanceOf(Reservation.class);
    }

    @Test
    void aKilledSessionIsRefusedByEveryGateUntilItIsRevived() {
        GateBudgets one = rig.gate(List.of(Runaway.repeatedInput(2, Reaction.KILL_SESSION)), SESSION);
        GateBudgets other = rig.gate();
        Spender spender = rig.session(one, "s");
        for (int i = 0; i < 2; i++) {
            assertThat(one.reserve(spender, "v1", 1, 1, false, 77, 0)).isInstanceOf(Reservation.class);
        }

        assertThat(one.reserve(spender, "v1", 1, 1, false, 77, 0))
                .extracting(refusal -> ((Refusal) refusal).kind())
                .isEqualTo(RefusalKind.REPEATED_INPUT);
        assertThat(rig.events)
                .containsExactly(
                        new BudgetEvent.Tripped("gate", RefusalKind.REPEATED_INPUT, Reaction.KILL_SESSION),
                        new BudgetEvent.SessionKilled("gate", RefusalKind.REPEATED_INPUT));
        assertThat(rig.refusal(rig.session(other, "s"), 1, 1).kind()).isEqualTo(RefusalKind.SESSION_KILLED);
        assertThat(rig.budgets.killedSessions()).containsExactly("s");
        assertThat(rig.budgets.reviveSession("s")).isTrue();
        assertThat(rig.budgets.reviveSession("s")).isFalse();
        assertThat(one.reserve(spender, "v1", 1, 1, false, 77, 0)).isInstanceOf(Reservation.class);
    }

    @Test
    void whatIsOnlyObservedIsReportedAndLetThrough() {
        GateBudgets gate = rig.gate(List.of(Runaway.callsPerSession(1, Reaction.OBSERVE)), SESSION);
        Spender spender = rig.session(gate, "s");
        rig.spend(spender, 1, 0);
        rig.spend(spender, 1, 0);
        rig.spend(spender, 1, 0);

        assertThat(rig.events)
                .containsExactly(new BudgetEvent.Tripped("gate", RefusalKind.TOO_MANY_CALLS, Reaction.OBSERVE));
    }

    @Test
    void whatIsSettledFeedsTheSpendRate() {
        GateBudgets gate = rig.gate(
                List.of(
                        Runaway.spendRate(1_000, Duration.ofMinutes(1), Reaction.REFUSE),
                        Runaway.spendRate(Money.of("0.5", "USD"), Duration.ofMinutes(1), Reaction.REFUSE)),
                SESSION);
        Spender spender = rig.session(gate, "s");
        rig.spend(spender, 1_001, 0);

        assertThat(rig.refusal(spender, 1, 0).kind()).isEqualTo(RefusalKind.SPENDING_TOO_FAST);
        rig.pass(Duration.ofMinutes(2));
        assertThat(rig.ask(spender, 1, 0)).isInstanceOf(Reservation.class);
    }

    @Test
    void limitsHoldWithoutAnyCeiling() {
        GateBudgets gate = rig.gate(List.of(Runaway.callsPerSession(1, Reaction.REFUSE)));
        rig.spend(rig.session(gate, "s"), 1, 0);

        assertThat(rig.refusal(rig.session(gate, "s"), 1, 0).kind()).isEqualTo(RefusalKind.TOO_MANY_CALLS);
    }
}
