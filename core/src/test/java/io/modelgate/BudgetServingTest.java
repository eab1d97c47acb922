package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.modelgate.budget.Balance;
import io.modelgate.budget.Budget;
import io.modelgate.budget.BudgetEvent;
import io.modelgate.budget.BudgetRefusedException;
import io.modelgate.budget.Money;
import io.modelgate.budget.Per;
import io.modelgate.budget.Prices;
import io.modelgate.budget.Reaction;
import io.modelgate.budget.Runaway;
import io.modelgate.budget.Usage;
import io.modelgate.budget.Window;
import io.modelgate.control.FileControlLog;
import java.io.StringReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Budgets as calls meet them: reserved before, settled after, on every path. An input is its number of tokens, an answer its usage. */
class BudgetServingTest {

    private static final Caller SESSION = Caller.of("user-42").session("s-7").with("tenant", "acme");
    private static final Budget HUNDRED = Budget.tokens("session", 100, Per.session());

    private final HandDrivenTime time = new HandDrivenTime();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Gates gates = Gates.open(g -> g.ticker(time)
            .scheduler(time)
            .executor(Runnable::run)
            .ladderExecutor(Runnable::run)
            .eventExecutor(Runnable::run)
            .meters(meters)
            .budgets(b -> b.prices(prices())));

    @AfterEach
    void close() {
        gates.close();
    }

    private static Prices prices() {
        return Prices.parse(
                "prices",
                new StringReader(
                        "version=1\ncurrency=USD\nbig.input=1.00\nbig.output=10.00\nsmall.input=0.1\nsmall.output=1"));
    }

    private static void counted(GateBuilder<Integer, Usage> gate) {
        gate.tokens(t -> t.input(Integer::longValue).maxOutput(20).usage(usage -> usage));
    }

    private ModelGate<Integer, Usage> gate(
            CallAwareModel<Integer, Usage> model, Consumer<GateBuilder<Integer, Usage>> more) {
        return gates.gate("chat", g -> {
            counted(g.callAwareStable("v1", model, v -> v.price("big")));
            more.accept(g);
        });
    }

    private Balance balance(String budget, String key) {
        return gates.budgets().balance(budget, key).orElseThrow();
    }

    private void assertSpent(long tokens) {
        assertThat(balance("session", "s-7").spent()).isEqualTo(tokens);
        assertThat(gates.budgets().reservations()).as("open reservations").isZero();
    }

    @Test
    void aCallReservesItsMostAndSettlesToWhatItUsed() {
        AtomicReference<Balance> during = new AtomicReference<>();
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> {
                    during.set(balance("session", "s-7"));
                    return Usage.of(input, 5);
                },
                g -> g.budget(HUNDRED));

        gate.call(10, SESSION);

        assertThat(during.get().reserved()).isEqualTo(30);
        assertThat(during.get().remaining()).isEqualTo(70);
        assertSpent(15);
    }

    @Test
    void theSessionIsOneAccountHoweverOftenItsCallerIsMade() {
        ModelGate<Integer, Usage> gate = gate((input, call) -> Usage.of(input, 5), g -> g.budget(HUNDRED));
        gate.call(10, SESSION);
        gate.call(10, Caller.of("user-42").session("s-7"));
        gate.call(10, Caller.of("other").session("s-8"));
        assertSpent(30);
        assertThat(balance("session", "s-8").spent()).isEqualTo(15);
    }

    @Test
    void aCallThatDoesNotFitIsClampedAndTheVersionIsTold() {
        AtomicReference<Long> left = new AtomicReference<>();
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> {
                    left.set(call.maxOutputTokens());
                    return Usage.of(input, call.maxOutputTokens());
                },
                g -> g.budget(HUNDRED));

        gate.call(95, SESSION);

        assertThat(left).hasValue(5L);
        assertSpent(100);
    }

    @Test
    void whatIsNotCoveredIsRefusedWithTheNumbersAndAsksNoModel() {
        ModelGate<Integer, Usage> gate = gate((input, call) -> Usage.of(input, 0), g -> g.budget(HUNDRED));
        gate.call(60, SESSION);

        assertThatThrownBy(() -> gate.call(50, SESSION))
                .isInstanceOf(GateException.class)
                .cause()
                .isInstanceOf(BudgetRefusedException.class)
                .hasMessage("budget session: the call needs at least 51 tokens, 40 tokens of 100 tokens remain");
        Outcome<Usage> refused = gate.decide(50, SESSION);
        assertThat(refused).isInstanceOf(Outcome.Refused.class);
        assertThat(refused.cause()).contains(Cause.OVER_BUDGET);
        assertThat(gate.version("v1").invocations()).isOne();
        assertSpent(60);
    }

    @Test
    void aVersionThatCannotAskIsRefusedRatherThanClamped() {
        ModelGate<Integer, Usage> gate = gates.gate("plain", g -> {
            counted(g.stable("v1", input -> Usage.of(input, 20)));
            g.budget(HUNDRED);
        });
        assertThat(gate.decide(90, SESSION).cause()).contains(Cause.OVER_BUDGET);
        assertThat(gate.decide(80, SESSION).answer()).isPresent();
        assertSpent(100);
    }

    @Test
    void anOverrunIsChargedInFullReportedAndBlocksUntilCovered() {
        List<GateEvent> events = new ArrayList<>();
        gates.onEvent(events::add);
        ModelGate<Integer, Usage> gate = gate((input, call) -> Usage.of(input, 150), g -> g.budget(HUNDRED));
        gate.call(10, SESSION);
        assertSpent(160);
        assertThat(balance("session", "s-7").overrun()).isEqualTo(60);
        assertThat(events).contains(new GateEvent.Budgeted(new BudgetEvent.Overrun("chat", "v1", "session", 30, 160)));
        assertThat(gate.decide(1, SESSION).cause()).contains(Cause.OVER_BUDGET);
    }

    @Test
    void aFailedCallIsChargedWhatWasReservedBecauseUnknownIsNotZero() {
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> {
                    throw new IllegalStateException("lost the connection");
                },
                g -> g.budget(HUNDRED));
        gate.decide(10, SESSION);
        assertSpent(30);
    }

    @Test
    void whatTheVersionSaysGoesBeforeWhatIsReadOffTheAnswer() {
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> {
                    call.used(Usage.of(input, 1));
                    if (input == 7) {
                        throw new IllegalStateException();
                    }
                    return Usage.of(input, 20);
                },
                g -> g.budget(HUNDRED));
        gate.call(10, SESSION);
        assertSpent(11);
        gate.decide(7, SESSION);
        assertSpent(19);
    }

    @Test
    void aUsageFunctionThatThrowsOrReturnsNullMeansUnknown() {
        ModelGate<Integer, Usage> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> Usage.of(1, 1))
                        .tokens(t -> t.input(Integer::longValue).maxOutput(20).usage(answer -> {
                            throw new IllegalStateException();
                        }))
                        .budget(HUNDRED));
        assertThat(gate.call(10, SESSION)).isEqualTo(Usage.of(1, 1));
        assertSpent(30);
    }

    @Test
    void anEstimateThatThrowsOrIsNegativeRefusesTheCall() {
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> Usage.of(0, 0),
                g -> g.budget(HUNDRED)
                        .maxConcurrent(1)
                        .tokens(t -> t.input(input -> {
                                    if (input == 0) {
                                        throw new IllegalStateException();
                                    }
                                    return input;
                                })
                                .maxOutput(20)));
        assertThat(gate.decide(0, SESSION).cause()).contains(Cause.INPUT_BLOCKED);
        assertThat(gate.decide(-5, SESSION).cause()).contains(Cause.INPUT_BLOCKED);
        assertThat(gate.limits().running()).isZero();
        assertThat(gate.version("v1").invocations()).isZero();
    }

    @Test
    void aRefusalFurtherDownGivesTheReservationBack() {
        ModelGate<Integer, Usage> gate = gate((input, call) -> Usage.of(0, 0), g -> g.budget(HUNDRED));
        try (Permit<Integer, Usage> permit = gate.enter(10, SESSION)) {
            assertThat(permit.granted()).isTrue();
            assertThat(permit.call().maxOutputTokens()).isEqualTo(20);
            assertThat(balance("session", "s-7").reserved()).isEqualTo(30);
            permit.call().produced(3);
            permit.failure(new IllegalStateException());
        }
        assertSpent(13);
    }

    @Test
    void aPermitWithoutItsInputIsRefusedUnderABudget() {
        ModelGate<Integer, Usage> gate = gate((input, call) -> Usage.of(0, 0), g -> g.budget(HUNDRED));
        assertThatThrownBy(() -> gate.enter(SESSION))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("enter(input, caller)");
    }

    @Test
    void aCallThatIsCutIsChargedItsInputAndWhatWasProduced() {
        CompletableFuture<Usage> backend = new CompletableFuture<>();
        ModelGate<Integer, Usage> gate = gates.gate("async", g -> {
            counted(g.asyncStable(
                    "v1",
                    (input, call) -> {
                        call.produced(4);
                        return backend;
                    },
                    v -> {}));
            g.budget(HUNDRED).cutInFlightOnKill();
        });
        CompletableFuture<Outcome<Usage>> call = gate.decideAsync(10, SESSION);
        gate.kill(Actor.of("alice"), "");
        assertThat(call.join().cause()).contains(Cause.CUT);
        assertSpent(14);
    }

    @Test
    void aCancelledCallIsChargedItsInputAndWhatWasProduced() {
        ModelGate<Integer, Usage> gate = gates.gate("async", g -> {
            counted(g.asyncStable(
                    "v1",
                    (input, call) -> {
                        call.produced(4);
                        return new CompletableFuture<>();
                    },
                    v -> {}));
            g.budget(HUNDRED);
        });
        gate.callAsync(10, SESSION).cancel(true);
        assertSpent(14);
    }

    @Test
    void aLateResultIsDroppedAndStillSettled() {
        CompletableFuture<Usage> backend = new CompletableFuture<>();
        ModelGate<Integer, Usage> gate = gates.gate("async", g -> {
            counted(g.asyncStable("v1", (input, call) -> backend.minimalCompletionStage(), v -> {}));
            g.budget(HUNDRED).modelTimeout(Duration.ofMillis(100));
        });
        CompletableFuture<Outcome<Usage>> call = gate.decideAsync(10, SESSION);
        time.advance(Duration.ofMillis(100));
        assertThat(call.join().cause()).contains(Cause.TIMEOUT);
        assertThat(balance("session", "s-7").reserved())
                .as("held while the model runs on")
                .isEqualTo(30);
        backend.complete(Usage.of(10, 9));
        assertSpent(19);
    }

    @Test
    void aReservationThatIsNeverSettledExpiresAndALateSettlementIsStillCharged() {
        CompletableFuture<Usage> backend = new CompletableFuture<>();
        ModelGate<Integer, Usage> gate = gates.gate("async", g -> {
            counted(g.asyncStable("v1", (input, call) -> backend.minimalCompletionStage(), v -> {}));
            g.budget(HUNDRED);
        });
        List<GateEvent> events = new ArrayList<>();
        gates.onEvent(events::add);
        CompletableFuture<Outcome<Usage>> call = gate.decideAsync(10, SESSION);
        time.advance(Duration.ofMinutes(16));
        assertSpent(0);
        assertThat(events).contains(new GateEvent.Budgeted(new BudgetEvent.Expired("async", "v1", "session", 30)));
        backend.complete(Usage.of(10, 9));
        assertThat(call.join().answer()).isPresent();
        assertSpent(19);
    }

    @Test
    void severalCeilingsAreTakenAllOrNone() {
        Budget tenant = Budget.tokens("tenant", 50, Per.attribute("tenant"));
        Budget money =
                Budget.money("gate-day", Money.of("0.001", "USD"), Per.gate()).within(Window.day(ZoneOffset.UTC));
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> Usage.of(input, 5), g -> g.attributes("tenant").budget(HUNDRED, tenant, money));
        gate.call(20, SESSION); // 25 tokens, 20 × 1 + 5 × 10 micro-units
        assertThat(balance("gate-day", "chat").spent()).isEqualTo(70);
        assertThat(gate.decide(30, SESSION).cause()).contains(Cause.OVER_BUDGET);
        assertThat(balance("tenant", "acme").spent()).isEqualTo(25);
        assertSpent(25);
    }

    @Test
    void aCandidateOverItsOwnCeilingIsStoodInForByStable() {
        ModelGate<Integer, Usage> gate = gates.gate("canary", g -> {
            counted(g.stable("v1", input -> Usage.of(1, 1)).version("v2", input -> Usage.of(2, 2)));
            g.budget(Budget.tokens("version", 30, Per.version())).router(new WeightRouter());
        });
        gates.append(gates.decision("c", WeightRouter.CANARY, "canary", Actor.of("a"), "", Map.of("version", "v2")))
                .stored(Duration.ofSeconds(5));
        Caller canary = Caller.of("c-1");
        assertThat(gate.decide(10, canary).answeredBy()).contains("v2");
        Outcome<Usage> second = gate.decide(10, canary);
        assertThat(second.cause()).contains(Cause.OVER_BUDGET);
        assertThat(second.answeredBy()).contains("v1");
    }

    @Test
    void aVersionWithoutAPriceUnderAMoneyBudgetFailsTheBuild() {
        Budget money = Budget.money("money", Money.of("1", "USD"), Per.session());
        assertThatThrownBy(() -> gates.gate("priced", (GateBuilder<Integer, Usage> g) -> {
                    counted(g.stable("v1", input -> Usage.of(1, 1), v -> v.price("huge")));
                    g.budget(money);
                }))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("huge")
                .hasMessageContaining("big");
        ModelGate<Integer, Usage> gate = gate((input, call) -> Usage.of(1, 1), g -> g.budget(money));
        assertThatThrownBy(() -> gate.register("v2", input -> Usage.of(1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("chat/v2");
        gate.register("v3", input -> Usage.of(1, 1), v -> v.price("small"));
    }

    @Test
    void aBudgetPerAnAttributeThatTheGateDoesNotDeclareFailsTheBuild() {
        assertThatThrownBy(() -> gate(
                        (input, call) -> Usage.of(1, 1),
                        g -> g.attributes("tenant").budget(Budget.tokens("t", 50, Per.attribute("tenent")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenent")
                .hasMessageContaining("[tenant]");
    }

    @Test
    void aBudgetWithoutACountFailsTheBuild() {
        assertThatThrownBy(() -> gates.gate(
                        "uncounted",
                        (GateBuilder<Integer, Usage> g) ->
                                g.stable("v1", input -> Usage.of(1, 1)).budget(HUNDRED)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokens(");
    }

    @Test
    void runawaySessionsAreObservedRefusedOrKilledEachWithACauseOfItsOwn() {
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> Usage.of(input, 1),
                g -> g.runaway(
                        Runaway.callsPerSession(4, Reaction.KILL_SESSION),
                        Runaway.callsPerSession(2, Reaction.OBSERVE),
                        Runaway.repeatedInput(1, Reaction.REFUSE)));
        assertThat(gate.decide(1, SESSION).answer()).isPresent();
        assertThat(gate.decide(1, SESSION).cause()).contains(Cause.REPEATED_INPUT);
        for (int input = 2; input <= 4; input++) {
            assertThat(gate.decide(input, SESSION).answer()).isPresent();
        }
        assertThat(meters.get("modelgate.runaway")
                        .tag("limit", "too_many_calls")
                        .tag("reaction", "observe")
                        .functionCounter()
                        .count())
                .isOne();
        assertThat(gate.decide(5, SESSION).cause()).contains(Cause.TOO_MANY_CALLS);
        assertThat(gate.decide(6, SESSION).cause()).contains(Cause.SESSION_KILLED);
        assertThat(gate.decide(6, SESSION.session("s-8")).answer()).isPresent();
        assertThat(gates.budgets().killedSessions()).containsExactly("s-7");
        assertThat(gates.budgets().reviveSession("s-7")).isTrue();
        assertThat(gate.decide(6, SESSION).answer()).isPresent();
        assertThat(gates.budgets().reservations()).isZero();
    }

    @Test
    void aSessionThatSpendsTooFastIsRefusedUntilTheTimeHasPassed() {
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> Usage.of(input, 0),
                g -> g.runaway(Runaway.spendRate(50, Duration.ofMinutes(1), Reaction.REFUSE)));
        gate.call(60, SESSION);
        assertThat(gate.decide(1, SESSION).cause()).contains(Cause.SPENDING_TOO_FAST);
        time.advance(Duration.ofMinutes(2));
        assertThat(gate.decide(1, SESSION).answer()).isPresent();
    }

    @Test
    void aFallbackToAnotherVersionIsNoRepeatedInput() {
        AtomicInteger failures = new AtomicInteger();
        ModelGate<Integer, Usage> gate = gates.gate("canary", g -> {
            counted(g.stable("v1", input -> Usage.of(1, 1)).version("v2", input -> {
                failures.incrementAndGet();
                throw new IllegalStateException();
            }));
            g.runaway(Runaway.repeatedInput(1, Reaction.REFUSE)).router(new WeightRouter());
        });
        gates.append(gates.decision("c", WeightRouter.CANARY, "canary", Actor.of("a"), "", Map.of("version", "v2")))
                .stored(Duration.ofSeconds(5));
        assertThat(gate.decide(10, Caller.of("c-1").session("s")).answeredBy()).contains("v1");
        assertThat(failures).hasValue(1);
    }

    @Test
    void metersCarryNoSessionAndNoCaller() {
        ModelGate<Integer, Usage> gate = gate(
                (input, call) -> Usage.of(input, 5),
                g -> g.budget(HUNDRED).runaway(Runaway.callsPerSession(1, Reaction.OBSERVE)));
        gate.call(10, SESSION);
        gate.decide(99, SESSION);
        assertThat(meters.get("modelgate.budget.refused")
                        .tag("budget", "session")
                        .functionCounter()
                        .count())
                .isOne();
        assertThat(meters.getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getTags())
                        .noneMatch(tag -> List.of("s-7", "user-42", "acme").contains(tag.getValue())));
    }

    @Test
    void aLifetimeCeilingSurvivesARestart(@TempDir Path folder) {
        Budget caller = Budget.tokens("caller", 100, Per.caller());
        for (int start = 0; start < 2; start++) {
            try (Gates durable = Gates.open(g -> g.controlLog(FileControlLog.open(folder.resolve("log")))
                    .budgets(b -> b.ledger(folder.resolve("budgets"))))) {
                ModelGate<Integer, Usage> gate = durable.gate("chat", g -> {
                    counted(g.stable("v1", input -> Usage.of(input, 20)));
                    g.budget(caller);
                });
                assertThat(gate.decide(40, SESSION).cause().isPresent()).isEqualTo(start == 1);
                assertThat(durable.budgets()
                                .balance("caller", "user-42")
                                .orElseThrow()
                                .spent())
                        .isEqualTo(60);
            }
        }
    }

    @Test
    void aDurableLedgerNeedsAControlLogThatStays(@TempDir Path folder) {
        assertThatThrownBy(() -> Gates.open(g -> g.budgets(b -> b.ledger(folder.resolve("budgets")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("in memory");
    }

    @Test
    void operatorsSeeTheTopSpenders() {
        ModelGate<Integer, Usage> gate = gate((input, call) -> Usage.of(input, 0), g -> g.budget(HUNDRED));
        gate.call(10, Caller.of("a").session("s-1"));
        gate.call(30, Caller.of("b").session("s-2"));
        assertThat(gates.budgets().top("session", 1)).singleElement().satisfies(top -> {
            assertThat(top.key()).isEqualTo("s-2");
            assertThat(top.spent()).isEqualTo(30);
        });
    }
}
