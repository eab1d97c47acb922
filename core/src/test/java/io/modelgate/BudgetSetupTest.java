package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.budget.Budget;
import io.modelgate.budget.BudgetRefusedException;
import io.modelgate.budget.Per;
import io.modelgate.budget.Refusal;
import io.modelgate.budget.Usage;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Budgets where they meet the rest: the log that a ledger belongs to, gates without ceilings, annotated versions. */
class BudgetSetupTest {

    private static final Caller CALLER = Caller.of("user-42").session("s-7");

    private static ModelGate<Integer, Usage> gate(Gates gates) {
        return gates.gate(
                "chat",
                g -> g.stable("v1", input -> Usage.of(input, 5))
                        .tokens(t -> t.input(Integer::longValue).maxOutput(5).usage(usage -> usage))
                        .budget(Budget.tokens("caller", 1_000, Per.caller())));
    }

    @Test
    void aLedgerBesideAnotherControlLogIsRefusedBecauseItWouldForgetAllSpending(@TempDir Path folder) {
        Path ledger = folder.resolve("ledger");
        try (Gates gates = Gates.open(
                g -> g.controlLog(FileControlLog.open(folder.resolve("one"))).budgets(b -> b.ledger(ledger)))) {
            gate(gates).call(100, CALLER);
        }
        assertThatThrownBy(() -> Gates.open(g ->
                        g.controlLog(FileControlLog.open(folder.resolve("two"))).budgets(b -> b.ledger(ledger))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another control log");
        try (Gates gates = Gates.open(
                g -> g.controlLog(FileControlLog.open(folder.resolve("one"))).budgets(b -> b.ledger(ledger)))) {
            gate(gates).call(100, CALLER);
            assertThat(gates.budgets()
                            .balance("caller", "user-42")
                            .orElseThrow()
                            .spent())
                    .isEqualTo(210);
        }
    }

    @Test
    void aStartThatFailsLetsGoOfTheLedger(@TempDir Path folder) {
        Path ledger = folder.resolve("ledger");
        FileControlLog.open(folder.resolve("log")).close();
        FileControlLog closed = FileControlLog.open(folder.resolve("log"));
        closed.close(); // reading it fails
        assertThatThrownBy(() -> Gates.open(g -> g.controlLog(closed).budgets(b -> b.ledger(ledger))))
                .isInstanceOf(RuntimeException.class);
        Gates.open(g -> g.controlLog(FileControlLog.open(folder.resolve("log"))).budgets(b -> b.ledger(ledger)))
                .close();
        assertThat(ledger).exists();
    }

    @Test
    void aRefusedSetupLeavesNoMarkOnANewLedger(@TempDir Path folder) {
        Path ledger = folder.resolve("ledger");
        assertThatThrownBy(() -> Gates.open(g -> g.budgets(b -> b.ledger(ledger))))
                .isInstanceOf(IllegalArgumentException.class);
        try (Gates killed = Gates.open(g -> g.controlLog(() -> {
                    throw new ControlLogException("damaged");
                })
                .startKilledIfLogRefuses()
                .budgets(b -> b.ledger(ledger)))) {
            assertThat(gate(killed).decide(1, CALLER).cause()).contains(Cause.KILLED);
        }
        try (Gates gates = Gates.open(
                g -> g.controlLog(FileControlLog.open(folder.resolve("log"))).budgets(b -> b.ledger(ledger)))) {
            gate(gates).call(100, CALLER);
        }
        try (Gates killed = Gates.open(g -> g.controlLog(() -> {
                    throw new ControlLogException("damaged");
                })
                .startKilledIfLogRefuses()
                .budgets(b -> b.ledger(ledger)))) {
            assertThat(gate(killed).decide(1, CALLER).cause()).contains(Cause.KILLED);
        }
    }

    @Test
    void aGateThatCountsTokensTellsItsVersionsTheMostEvenWithoutACeiling() {
        try (Gates gates = Gates.open(g -> {})) {
            ModelGate<Integer, Long> gate = gates.gate(
                    "chat",
                    g -> g.callAwareStable("v1", (input, call) -> call.maxOutputTokens())
                            .tokens(t -> t.input(Integer::longValue).maxOutput(800)));
            assertThat(gate.call(1, CALLER)).isEqualTo(800);
        }
    }

    @Test
    void anOutcomeHasTheNumbersOfItsRefusal() {
        try (Gates gates = Gates.open(g -> {})) {
            Outcome<Usage> refused = gate(gates).decide(2_000, CALLER);
            Refusal numbers = refused.refusal().orElseThrow();
            assertThat(numbers.needed()).isEqualTo(2_005);
            assertThat(numbers.remaining()).isEqualTo(1_000);
            assertThat(((Outcome.Refused<Usage>) refused).error()).isInstanceOf(BudgetRefusedException.class);
            assertThat(gate(gates, "other").decide(1, CALLER).refusal()).isEmpty();
        }
    }

    private static ModelGate<Integer, Usage> gate(Gates gates, String name) {
        return gates.gate(name, g -> g.stable("v1", input -> Usage.of(input, 5)));
    }

    @Test
    void whatIsChargedByEstimateIsCounted() {
        try (Gates gates = Gates.open(g -> {})) {
            ModelGate<Integer, Usage> gate = gates.gate(
                    "chat",
                    g -> g.stable("v1", input -> Usage.UNKNOWN)
                            .tokens(t ->
                                    t.input(Integer::longValue).maxOutput(5).usage(usage -> usage))
                            .budget(Budget.tokens("caller", 1_000, Per.caller())));
            gate.call(10, CALLER);
            assertThat(gates.budgets().totals().get("caller").estimated()).isOne();
            assertThat(gates.budgets()
                            .balance("caller", "user-42")
                            .orElseThrow()
                            .spent())
                    .isEqualTo(15);
        }
    }

    interface Chat {
        @Gated("chat")
        CompletionStage<Usage> say(int tokens, @CallerKey String user);
    }

    @Version("v1")
    static final class ChatV1 implements Chat {
        @Override
        public CompletionStage<Usage> say(int tokens, String user) {
            return CompletableFuture.completedFuture(Usage.of(tokens, 20));
        }
    }

    @Test
    void anAnnotatedVersionCannotBeToldWhatIsLeftAndIsRefusedRatherThanClamped() {
        try (Gates gates = Gates.open(g -> {})) {
            Chat chat = gates.guard(
                    Chat.class,
                    b -> b.gate(
                            "chat",
                            Usage.class,
                            g -> g.tokens(t -> t.input(
                                                    i -> (Integer) i.arguments().get(0))
                                            .maxOutput(20)
                                            .usage(usage -> usage))
                                    .budget(Budget.tokens("gate", 100, Per.gate()))),
                    new ChatV1());
            assertThatThrownBy(() -> chat.say(95, "u").toCompletableFuture().join())
                    .hasCauseInstanceOf(GateException.class);
            assertThat(chat.say(80, "u").toCompletableFuture().join()).isEqualTo(Usage.of(80, 20));
            assertThat(gates.budgets().balance("gate", "chat").orElseThrow().overrun())
                    .isZero();
        }
    }

    @Test
    void aSessionHasAName() {
        assertThatThrownBy(() -> CALLER.session("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSessionThatIsNotUsedForLongBeginsAnew() {
        HandDrivenTime time = new HandDrivenTime();
        try (Gates gates =
                Gates.open(g -> g.ticker(time).scheduler(time).budgets(b -> b.sessionIdle(Duration.ofMinutes(1))))) {
            ModelGate<Integer, Usage> gate = gates.gate(
                    "chat",
                    g -> g.stable("v1", input -> Usage.of(input, 0))
                            .tokens(t ->
                                    t.input(Integer::longValue).maxOutput(5).usage(usage -> usage))
                            .budget(Budget.tokens("session", 100, Per.session())));
            gate.call(90, CALLER);
            assertThat(gate.decide(90, CALLER).cause()).contains(Cause.OVER_BUDGET);
            time.advance(Duration.ofMinutes(3));
            assertThat(gate.decide(90, CALLER).answer()).isPresent();
        }
    }
}
