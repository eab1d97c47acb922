package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TwinTest {

    private static final Actor ALICE = Actor.of("alice");

    private final HandDrivenTime time = new HandDrivenTime();
    private final Gates gates = Gates.open(
            g -> g.ticker(time).scheduler(time).executor(Runnable::run).ladderExecutor(Runnable::run));

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> gate() {
        return gates.gate(
                "chat",
                g -> g.stable("v1", input -> "one")
                        .version("v2", input -> "two")
                        .attributes("region"));
    }

    private static Cause cause(Outcome<String> outcome) {
        return outcome.cause().orElseThrow();
    }

    @Test
    void aTwinAnswersForItsVersionWhoeverIsStable() {
        try (Twin<String, String> twin = gate().twin("v2", t -> {})) {
            assertThat(twin.ask("hi", Caller.anonymous())).isEqualTo(new Outcome.Answered<>("two", "v2"));
        }
    }

    @Test
    void everyKillThatBarsTheVersionBarsItsTwin() {
        ModelGate<String, String> gate = gate();
        Twin<String, String> twin = gate.twin("v2", t -> {});
        List<Scope> scopes = List.of(
                Scope.fleet(),
                Scope.gate("chat"),
                Scope.version("chat", "v2"),
                Scope.version("chat", "v2").where("region", "eu"));
        Caller european = Caller.of("user-42").with("region", "eu");
        for (Scope scope : scopes) {
            KillReceipt kill = gates.kill(scope, ALICE, "wrong");
            assertThat(cause(twin.ask("hi", european))).as("%s", scope).isEqualTo(Cause.KILLED);
            gates.revive(kill.id(), ALICE, "right").stored(Duration.ofSeconds(5));
            assertThat(twin.ask("hi", european).answer()).contains("two");
        }
        gates.kill(Scope.version("chat", "v2").where("region", "eu"), ALICE, "wrong");
        assertThat(twin.ask("hi", Caller.of("user-43").with("region", "us")).answer())
                .contains("two");
        assertThat(cause(twin.ask("hi", Caller.of("user-44")))).isEqualTo(Cause.KILLED);
    }

    @Test
    void aKillAfterTheTwinLookedStopsItBeforeTheModel() {
        List<String> asked = new ArrayList<>();
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> "one")
                        .version("v2", input -> {
                            asked.add(input);
                            return "two";
                        })
                        .tokens(t -> t.input(input -> {
                                    gates.kill(Scope.version("chat", "v2"), ALICE, "between");
                                    return 1;
                                })
                                .maxOutput(input -> 1)));
        Twin<String, String> twin = gate.twin("v2", t -> t.budget(Budget.tokens("shadow", 100, Per.gate())));

        assertThat(cause(twin.ask("hi", Caller.anonymous()))).isEqualTo(Cause.KILLED);
        assertThat(asked).isEmpty();
        assertThat(twin.inFlight()).isZero();
    }

    @Test
    void whatATwinRunsIsInViewOfAKillEvenOnceItIsClosed() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> "one").version("v2", input -> {
                    running.countDown();
                    go.await();
                    return "two";
                }));
        Twin<String, String> twin = gate.twin("v2", t -> {});
        CompletableFuture<Outcome<String>> asked =
                CompletableFuture.supplyAsync(() -> twin.ask("hi", Caller.anonymous()));
        running.await();
        twin.close();
        gate.twin("v2", t -> {}).close(); // forgets those that are over

        KillReceipt kill = gate.version("v2").kill(ALICE, "wrong");
        assertThat(kill.inFlight()).isOne();
        assertThat(gate.version("v2").inFlight()).isZero();
        go.countDown();
        assertThat(asked.get().answer()).contains("two");
        assertThat(kill.inFlight()).isZero();
        assertThat(cause(twin.ask("hi", Caller.anonymous()))).isEqualTo(Cause.UNAVAILABLE);
    }

    @Test
    void whatATwinDoesWeighsNowhereInTheGate() {
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> "one")
                        .version("v2", input -> {
                            throw new IllegalStateException("broken");
                        })
                        .breaker(CircuitBreakerConfig.custom()
                                .slidingWindowSize(4)
                                .minimumNumberOfCalls(4)
                                .build())
                        .maxConcurrent(1));
        List<ServedCall<String, String>> heard = new ArrayList<>();
        gate.onServed(heard::add);
        Twin<String, String> twin = gate.twin("v2", t -> {});
        for (int i = 0; i < 4; i++) {
            assertThat(cause(twin.ask("hi", Caller.anonymous()))).isEqualTo(Cause.ERROR);
        }

        assertThat(cause(twin.ask("hi", Caller.anonymous()))).isEqualTo(Cause.BREAKER_OPEN);
        assertThat(gate.version("v2").breaker()).contains(CircuitBreaker.State.CLOSED);
        assertThat(gate.version("v2").invocations()).isZero();
        gates.flushServed();
        assertThat(heard).isEmpty();
    }

    @Test
    void aVersionThatKnowsItsCallIsToldThatNobodyGetsTheAnswer() {
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.callAwareStable("v1", (input, call) -> call.shadow() ? "shadow" : "real")
                        .asyncVersion(
                                "v2", (input, call) -> CompletableFuture.completedFuture("" + call.shadow()), v -> {})
                        .version("v3", input -> input));

        assertThat(gate.twin("v1", t -> {}).ask("hi", Caller.anonymous()).answer())
                .contains("shadow");
        assertThat(gate.twin("v2", t -> {}).ask("hi", Caller.anonymous()).answer())
                .contains("true");
        assertThat(gate.call("hi", Caller.anonymous())).isEqualTo("real");
        assertThat(gate.version("v1").knowsItsCall()).isTrue();
        assertThat(gate.version("v2").knowsItsCall()).isTrue();
        assertThat(gate.version("v3").knowsItsCall()).isFalse();
    }

    @Test
    void aTwinHasTheGatesChecksAndAnErrorIsAnOutcome() {
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> "one")
                        .version("v2", input -> {
                            if (input.equals("error")) {
                                throw new AssertionError("broken");
                            }
                            return input;
                        })
                        .accept(answer -> answer.equals("bad") ? Verdict.INVALID : Verdict.ACCEPT));
        Twin<String, String> twin = gate.twin("v2", t -> {});

        assertThat(cause(twin.ask("bad", Caller.anonymous()))).isEqualTo(Cause.INVALID_OUTPUT);
        assertThat(cause(twin.ask("error", Caller.anonymous()))).isEqualTo(Cause.ERROR);
        assertThat(twin.ask("good", Caller.anonymous()).answer()).contains("good");
        assertThat(twin.inFlight()).isZero();
    }

    @Test
    void aTwinSpendsItsOwnBudgetAndNeverTheGates() {
        Budget ofGate = Budget.tokens("chat", 1_000, Per.gate());
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.stable("v1", input -> "one")
                        .version("v2", input -> "two")
                        .budget(ofGate)
                        .tokens(t -> t.input(input -> 10).maxOutput(input -> 10)));
        Twin<String, String> twin = gate.twin("v2", t -> t.budget(Budget.tokens("shadow", 30, Per.gate())));

        assertThat(twin.ask("hi", Caller.anonymous()).answer()).contains("two");
        assertThat(cause(twin.ask("hi", Caller.anonymous()))).isEqualTo(Cause.OVER_BUDGET);
        assertThat(gates.budgets().top("chat", 1)).allMatch(balance -> balance.spent() == 0);
        assertThatThrownBy(() -> gate.twin("v2", t -> t.budget(ofGate)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the gate's own");
    }

    @Test
    void aTwinIsBoundedByItselfAndItsMistakesAreNamed() {
        ModelGate<String, String> gate = gate();
        assertThatThrownBy(() -> gate.twin("v9", t -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"v9\"")
                .hasMessageContaining("[v1, v2]");
        assertThatThrownBy(() -> gate.twin("v2", t -> t.maxConcurrent(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 10000");
        assertThatThrownBy(() -> gate.twin("v2", t -> t.budget(Budget.tokens("shadow", 30, Per.gate()))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tokens");
    }
}
