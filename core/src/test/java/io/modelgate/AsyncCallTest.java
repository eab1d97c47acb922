package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls whose answers come later: the same guarantees, and everything given back however they end. Time is driven by hand. */
class AsyncCallTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42");
    private static final Duration TIMEOUT = Duration.ofMillis(200);

    private final HandDrivenTime time = new HandDrivenTime();
    private final Gates gates = Gates.open(g -> g.ticker(time)
            .scheduler(time)
            .executor(Runnable::run)
            .ladderExecutor(Runnable::run)
            .eventExecutor(Runnable::run));

    private final CompletableFuture<String> backend = new CompletableFuture<>();

    @AfterEach
    void close() {
        gates.close();
    }

    private ModelGate<String, String> gate(Consumer<GateBuilder<String, String>> more) {
        return gates.gate("credit", g -> more.accept(g.asyncStable("v1", (input, call) -> backend, v -> {})));
    }

    private static void assertGivenBack(ModelGate<?, ?> gate) {
        assertThat(gate.version("v1").inFlight()).as("in flight").isZero();
        assertThat(gate.version("v1").overdue()).as("overdue").isZero();
        if (gate.limits() != null) {
            assertThat(gate.limits().running()).as("concurrency permits").isZero();
        }
    }

    private static <T> CompletableFuture<T> done(CompletableFuture<T> call) {
        assertThat(call).isDone();
        return call;
    }

    @Test
    void theAnswerComesWithTheModels() {
        ModelGate<String, String> gate = gate(g -> g.maxConcurrent(1));
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
        assertThat(call).isNotDone();
        assertThat(gate.version("v1").inFlight()).isOne();
        assertThat(gate.decideAsync("y", CALLER).join().cause()).contains(Cause.FULL);

        backend.complete("yes");

        assertThat(done(call).join()).isEqualTo(new Outcome.Answered<>("yes", "v1"));
        assertThat(gate.callAsync("x", CALLER).join()).isEqualTo("yes");
        assertGivenBack(gate);
        assertThat(gate.stats().answered()).containsEntry("v1", 2L);
    }

    @Test
    void aFailedStageGoesDownTheLadderWithTheSameException() {
        ModelGate<String, String> gate = gate(g -> g.fallback(Rungs.constant("safe")));
        IllegalStateException broken = new IllegalStateException("backend");
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
        backend.completeExceptionally(broken);

        Outcome<String> outcome = done(call).join();

        assertThat(outcome.answer()).contains("safe");
        assertThat(((Outcome.FellBack<String>) outcome).error()).isSameAs(broken);
        assertGivenBack(gate);
    }

    @Test
    void aStageDerivedFromAFailedOneIsUnwrapped() {
        IllegalStateException broken = new IllegalStateException("backend");
        CompletionStage<String> derived = backend.thenApply(answer -> answer + "!");
        ModelGate<String, String> gate =
                gates.gate("derived", g -> g.asyncStable("v1", (input, call) -> derived, v -> {}));
        CompletableFuture<String> call = gate.callAsync("x", CALLER);
        backend.completeExceptionally(broken);

        assertThatThrownBy(() -> done(call).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(GateException.class)
                .cause()
                .isSameAs(broken);
    }

    @Test
    void whatTheModelThrowsBeforeThereIsAStageIsAFailureToo() {
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.asyncStable(
                                "v1",
                                (input, call) -> {
                                    throw new java.io.IOException("no route");
                                },
                                v -> {})
                        .fallback(Rungs.constant("safe")));

        assertThat(gate.decideAsync("x", CALLER).join().cause()).contains(Cause.ERROR);
        assertGivenBack(gate);
    }

    @Test
    @SuppressWarnings("NullAway") // what a careless model does
    void neitherANullStageNorANullAnswerIsUsable() {
        ModelGate<String, String> gate =
                gate(g -> g.asyncVersion("v2", (input, call) -> null, v -> {}).fallback(Rungs.constant("safe")));
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
        backend.complete(null);

        assertThat(done(call).join().cause()).contains(Cause.INVALID_OUTPUT);
        gate.version("v2").promote(ALICE, "").stored(Duration.ofSeconds(5));
        assertThat(gate.decideAsync("x", CALLER).join().cause()).contains(Cause.INVALID_OUTPUT);
        assertGivenBack(gate);
        assertThat(gate.version("v2").inFlight()).isZero();
    }

    @Test
    void anErrorReachesTheCallerAndEverythingIsGivenBack() {
        ModelGate<String, String> gate = gate(g -> g.maxConcurrent(3).fallback(Rungs.constant("safe")));
        OutOfMemoryError error = new OutOfMemoryError("staged");
        CompletableFuture<String> call = gate.callAsync("x", CALLER);
        backend.completeExceptionally(error);

        assertThatThrownBy(() -> done(call).join()).cause().isSameAs(error);
        assertGivenBack(gate);
        assertThat(gate.stats().failed()).isOne();
    }

    @Test
    void theDeadlineIsEnforcedByTheLadderAndTheModelIsCancelled() {
        ModelGate<String, String> gate = gate(g -> g.maxConcurrent(3)
                .modelTimeout(TIMEOUT)
                .deadline(Duration.ofSeconds(1))
                .fallback(Rungs.constant("safe")));
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
        time.advance(TIMEOUT.minusNanos(1));
        assertThat(call).isNotDone();

        time.advance(Duration.ofNanos(1));

        assertThat(done(call).join().cause()).contains(Cause.TIMEOUT);
        assertThat(call.join().answer()).contains("safe");
        assertThat(backend).isCancelled();
        assertGivenBack(gate);
    }

    @Test
    void eachCallIsTimedOutAtItsOwnDeadline() {
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.asyncStable("v1", (input, call) -> new CompletableFuture<>(), v -> {})
                        .modelTimeout(TIMEOUT));
        CompletableFuture<Outcome<String>> first = gate.decideAsync("x", CALLER);
        time.advance(Duration.ofMillis(50));
        CompletableFuture<Outcome<String>> second = gate.decideAsync("y", CALLER);
        time.advance(Duration.ofMillis(150));
        assertThat(first).isDone();
        assertThat(second).isNotDone();
        time.advance(Duration.ofMillis(50));
        assertThat(second).isDone();
    }

    @Test
    void deadlinesCostOneTimerForAllCallsOfAGate() {
        ModelGate<String, String> gate = gate(g -> g.modelTimeout(TIMEOUT));
        List<CompletableFuture<String>> calls = java.util.stream.IntStream.range(0, 1_000)
                .mapToObj(i -> gate.callAsync("x", CALLER))
                .toList();
        assertThat(time.waiting()).isOne();
        time.advance(TIMEOUT);
        assertThat(calls).allMatch(CompletableFuture::isDone);
        assertGivenBack(gate);
    }

    @Test
    void aStageThatCannotBeCancelledIsOverdueUntilItEnds() {
        CompletionStage<String> stubborn = backend.minimalCompletionStage();
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.asyncStable("v1", (input, call) -> stubborn, v -> {})
                        .modelTimeout(TIMEOUT)
                        .fallback(Rungs.constant("safe")));
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
        time.advance(TIMEOUT);

        assertThat(done(call).join().cause()).contains(Cause.TIMEOUT);
        assertThat(gate.version("v1").overdue()).isOne();
        assertThat(gate.version("v1").inFlight()).isZero();
        assertThat(gate.kill(ALICE, "").inFlight())
                .as("still running, says the receipt")
                .isOne();

        backend.complete("late");
        assertGivenBack(gate);
        assertThat(gate.stats().answered()).containsEntry("v1", 0L);
    }

    @Test
    void cancellingTheCallersStageCancelsTheModels() {
        ModelGate<String, String> gate = gate(g -> g.maxConcurrent(1).fallback(Rungs.constant("safe")));
        CompletableFuture<String> call = gate.callAsync("x", CALLER);

        assertThat(call.cancel(true)).isTrue();

        assertThat(backend).isCancelled();
        assertGivenBack(gate);
        assertThat(gate.stats().failed()).as("nobody waits for the ladder").isOne();
        assertThatThrownBy(call::join).isInstanceOf(CancellationException.class);
    }

    @Test
    void aTimeoutThatTheCallerSetsOnTheStageCancelsTheModel() throws Exception {
        ModelGate<String, String> gate = gate(g -> {});
        CompletableFuture<String> call = gate.callAsync("x", CALLER).orTimeout(1, TimeUnit.MILLISECONDS);
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                .hasCauseInstanceOf(java.util.concurrent.TimeoutException.class);
        assertThatThrownBy(() -> backend.get(30, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        long patience = Ticker.system().read() + TimeUnit.SECONDS.toNanos(30);
        while (gate.version("v1").overdue() > 0 && Ticker.system().read() < patience) {
            Thread.onSpinWait(); // the thread of the JDK that cancels the stage wakes this one before it tells the gate
        }
        assertGivenBack(gate);
    }

    @Test
    void aModelThatCancelsItsOwnStageHasFailed() {
        ModelGate<String, String> gate = gate(g -> g.fallback(Rungs.constant("safe")));
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
        backend.cancel(true);
        assertThat(done(call).join().cause()).contains(Cause.ERROR);
        assertThat(call.join().answer()).contains("safe");
        assertGivenBack(gate);
    }

    @Test
    void aModelThatCompletesItsStageTwiceIsHeardOnce() {
        ModelGate<String, String> gate = gate(g -> {});
        CompletableFuture<String> call = gate.callAsync("x", CALLER);
        backend.complete("first");
        backend.obtrudeValue("second");
        assertThat(call.join()).isEqualTo("first");
        assertGivenBack(gate);
    }

    @Test
    void aStageThatCallsBackTwiceAndThenThrowsIsHeardOnce() {
        CompletableFuture<String> twice = new CompletableFuture<>() {
            @Override
            public CompletableFuture<String> whenComplete(
                    java.util.function.BiConsumer<? super String, ? super Throwable> action) {
                action.accept("yes", null);
                action.accept("no", null);
                throw new IllegalStateException("hostile");
            }
        };
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.asyncStable("v1", (input, call) -> twice, v -> {}).maxConcurrent(1));
        assertThat(gate.callAsync("x", CALLER).join()).isEqualTo("yes");
        assertGivenBack(gate);
    }

    @Test
    void aCandidateThatFailsIsStoodInForByStable() {
        CompletableFuture<String> candidate = new CompletableFuture<>();
        ModelGate<String, String> gate = gates.gate(
                "credit",
                g -> g.asyncStable("v1", (input, call) -> CompletableFuture.completedFuture("stable"), v -> {})
                        .asyncVersion("v2", (input, call) -> candidate, v -> {})
                        .router(new WeightRouter()));
        assertThat(gates.append(gates.decision(
                                "canary", WeightRouter.CANARY, "credit", ALICE, "", Map.of("version", "v2")))
                        .stored(Duration.ofSeconds(5)))
                .isTrue();
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", Caller.of("c-1"));
        candidate.completeExceptionally(new IllegalStateException());

        assertThat(done(call).join().answeredBy()).contains("v1");
        assertThat(call.join().routed()).contains("v2");
        assertThat(gate.version("v2").inFlight()).isZero();
        assertGivenBack(gate);
    }

    @Test
    void aSynchronousVersionAnswersLaterOnTheExecutor() {
        ModelGate<String, String> gate = gates.gate("credit", g -> g.stable("v1", input -> "v1:" + input));
        assertThat(gate.callAsync("x", CALLER).join()).isEqualTo("v1:x");
        assertGivenBack(gate);
    }

    @Test
    void anAsynchronousVersionAnswersACallThatWaits() {
        ModelGate<String, String> gate = gate(g -> {});
        backend.completeAsync(() -> "yes");
        assertThat(gate.call("x", CALLER)).isEqualTo("yes");
        assertThat(gate.decide("x", CALLER)).isEqualTo(new Outcome.Answered<>("yes", "v1"));
        assertGivenBack(gate);
    }

    @Test
    void aKilledGateAnswersAtOnceAndAsksNoModel() {
        ModelGate<String, String> gate = gate(g -> g.fallback(Rungs.constant("safe")));
        gate.kill(ALICE, "");
        assertThat(done(gate.callAsync("x", CALLER)).join()).isEqualTo("safe");
        assertThat(gate.version("v1").invocations()).isZero();
    }

    @Test
    void aRejectedModelIsARefusalAndLeavesNothingBehind() {
        Gates full = Gates.open(g -> g.executor(task -> {
            throw new RejectedExecutionException("full");
        }));
        try (full) {
            ModelGate<String, String> gate = full.gate(
                    "credit",
                    g -> g.stable("v1", input -> input).maxConcurrent(1).fallback(Rungs.constant("safe")));
            Outcome<String> outcome = gate.decideAsync("x", CALLER).join();
            assertThat(outcome.cause()).contains(Cause.FULL);
            assertThat(outcome.answer()).contains("safe");
            assertThat(gate.version("v1").invocations()).isZero();
            assertGivenBack(gate);
        }
    }

    @Test
    void whatDependsOnTheStageAndThrowsIsNotOurTrouble() {
        ModelGate<String, String> gate = gate(g -> {});
        CompletableFuture<String> call = gate.callAsync("x", CALLER);
        CompletableFuture<Void> dependent = call.thenAccept(answer -> {
            throw new IllegalStateException("theirs");
        });
        backend.complete("yes");
        assertThat(dependent).isCompletedExceptionally();
        assertThat(call.join()).isEqualTo("yes");
        assertGivenBack(gate);
    }
}
