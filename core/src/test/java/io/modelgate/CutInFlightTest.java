package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kills and deadlines that end calls whose models still run, on real threads: the models wait for the test, never for time. */
class CutInFlightTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42");
    private static final long PATIENCE = 30;

    private final HandDrivenTime time = new HandDrivenTime();
    private final ExecutorService models = Executors.newCachedThreadPool();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final Gates gates =
            Gates.open(g -> g.ticker(time).scheduler(time).executor(models).eventExecutor(Runnable::run));

    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @AfterEach
    void close() {
        released.countDown();
        callers.shutdownNow();
        models.shutdownNow();
        gates.close();
    }

    /** Runs until it is interrupted. */
    private String patient(String input) throws InterruptedException {
        running.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
        return input;
    }

    /** Runs until the test releases it, whatever else happens. */
    private String stubborn(String input) {
        running.countDown();
        boolean done = false;
        while (!done) {
            try {
                released.await();
                done = true;
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        }
        return input;
    }

    private ModelGate<String, String> gate(Model<String, String> model, Consumer<GateBuilder<String, String>> more) {
        return gates.gate("credit", g -> more.accept(g.stable("v1", model).fallback(Rungs.constant("safe"))));
    }

    private Future<Outcome<String>> inFlight(ModelGate<String, String> gate, Caller caller) throws Exception {
        Future<Outcome<String>> call = callers.submit(() -> gate.decide("x", caller));
        awaits(running);
        return call;
    }

    private static void awaits(CountDownLatch latch) throws InterruptedException {
        assertThat(latch.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
    }

    private static <T> T get(Future<T> call) throws Exception {
        return call.get(PATIENCE, TimeUnit.SECONDS);
    }

    private void assertNothingLeft(ModelGate<?, ?> gate) throws InterruptedException {
        models.shutdown();
        assertThat(models.awaitTermination(PATIENCE, TimeUnit.SECONDS)).isTrue();
        assertThat(gate.version("v1").inFlight()).isZero();
        assertThat(gate.version("v1").overdue()).isZero();
        if (gate.limits() != null) {
            assertThat(gate.limits().running()).isZero();
        }
    }

    @Test
    void aKillEndsARunningCallWithTheLaddersAnswerAndInterruptsTheModel() throws Exception {
        ModelGate<String, String> gate =
                gate(this::patient, g -> g.cutInFlightOnKill().maxConcurrent(1));
        Future<Outcome<String>> call = inFlight(gate, CALLER);

        gate.version("v1").kill(ALICE, "");

        assertThat(gate.version("v1").inFlight())
                .as("given back when the kill returns")
                .isZero();
        assertThat(gate.limits().running()).isZero();
        assertThat(get(call).answer()).contains("safe");
        assertThat(get(call).cause()).contains(Cause.CUT);
        awaits(interrupted);
        assertNothingLeft(gate);
    }

    @Test
    void aModelThatIgnoresTheInterruptIsOverdueAndItsAnswerIsDropped() throws Exception {
        ModelGate<String, String> gate = gate(this::stubborn, g -> g.cutInFlightOnKill());
        Future<Outcome<String>> call = inFlight(gate, CALLER);

        KillReceipt kill = gate.kill(ALICE, "");

        assertThat(get(call).answer()).contains("safe");
        assertThat(kill.inFlight()).as("honest about what still runs").isOne();
        assertThat(gate.version("v1").overdue()).isOne();
        released.countDown();
        assertNothingLeft(gate);
        assertThat(kill.inFlight()).isZero();
        assertThat(gate.stats().answered()).containsEntry("v1", 0L);
    }

    @Test
    void aNarrowedKillCutsOnlyItsCallers() throws Exception {
        ModelGate<String, String> gate =
                gate(this::patient, g -> g.cutInFlightOnKill().attributes("region"));
        Future<Outcome<String>> eu = inFlight(gate, CALLER.with("region", "eu"));
        CompletableFuture<Outcome<String>> us = gate.decideAsync("y", CALLER.with("region", "us"));

        gates.kill(Scope.gate("credit").where("region", "eu"), ALICE, "");

        assertThat(get(eu).cause()).contains(Cause.CUT);
        assertThat(us).isNotDone();
        released.countDown();
        assertThat(get(us).answer()).contains("y");
    }

    @Test
    void withoutTheSettingAKillLetsRunningCallsFinish() throws Exception {
        ModelGate<String, String> gate = gate(this::patient, g -> {});
        Future<Outcome<String>> call = inFlight(gate, CALLER);
        KillReceipt kill = gate.kill(ALICE, "");
        assertThat(kill.inFlight()).isOne();
        released.countDown();
        assertThat(get(call).answer()).contains("x");
    }

    @Test
    void aKillCutsAnAsynchronousCallAndCancelsItsStage() throws Exception {
        CompletableFuture<String> backend = new CompletableFuture<>();
        AtomicReference<Call> seen = new AtomicReference<>();
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.asyncStable(
                                "v1",
                                (input, call) -> {
                                    seen.set(call);
                                    return backend;
                                },
                                v -> {})
                        .cutInFlightOnKill()
                        .fallback(Rungs.constant("safe")));
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
        assertThat(seen.get().cancelled()).isFalse();

        gate.kill(ALICE, "");

        assertThat(seen.get().cancelled()).isTrue();
        assertThat(get(call).cause()).contains(Cause.CUT);
        assertThatThrownBy(() -> backend.get(PATIENCE, TimeUnit.SECONDS))
                .isInstanceOf(java.util.concurrent.CancellationException.class);
    }

    @Test
    void whatDependsOnACutStageNeverRunsUnderTheKill() throws Exception {
        CountDownLatch hung = new CountDownLatch(1);
        CompletableFuture<String> backend = new CompletableFuture<>();
        CompletableFuture<Void> hangs = backend.handle((answer, thrown) -> null).thenRun(() -> {
            try {
                hung.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ModelGate<String, String> gate = gates.gate(
                "chat",
                g -> g.asyncStable("v1", (input, call) -> backend, v -> {}).cutInFlightOnKill());
        CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);

        gate.kill(ALICE, ""); // returns although the dependent hangs

        assertThat(get(call).cause()).contains(Cause.CUT);
        assertThat(hangs).isNotDone();
        hung.countDown();
    }

    @Test
    void aPermitThatIsCutSaysSoAndItsAnswerIsNotUsed() {
        ModelGate<String, String> gate =
                gate(input -> input, g -> g.cutInFlightOnKill().maxConcurrent(1));
        try (Permit<String, String> permit = gate.enter(CALLER)) {
            gate.kill(ALICE, "");
            assertThat(permit.call().cancelled()).isTrue();
            assertThat(gate.limits().running()).isZero();
            assertThat(permit.success("late")).isFalse();
            assertThat(permit.cause()).contains(Cause.CUT);
            assertThat(permit.fallBack("x").answer()).contains("safe");
        }
        assertThat(gate.version("v1").overdue()).isZero();
        assertThat(gate.version("v1").inFlight()).isZero();
    }

    @Test
    void anEnforcedTimeoutFreesTheCallerAndInterruptsTheModel() throws Exception {
        ModelGate<String, String> gate = gate(
                this::patient,
                g -> g.enforceTimeouts().modelTimeout(Duration.ofMillis(100)).maxConcurrent(1));
        Future<Outcome<String>> call = inFlight(gate, CALLER);

        time.advance(Duration.ofMillis(100));

        assertThat(get(call).cause()).contains(Cause.TIMEOUT);
        assertThat(gate.limits().running()).isZero();
        awaits(interrupted);
        assertNothingLeft(gate);
    }

    @Test
    void aHungBackendShowsAsOverdueWorkUntilItReallyEnds() throws Exception {
        ModelGate<String, String> gate =
                gate(this::stubborn, g -> g.enforceTimeouts().modelTimeout(Duration.ofMillis(100)));
        Future<Outcome<String>> call = inFlight(gate, CALLER);
        time.advance(Duration.ofMillis(100));
        assertThat(get(call).answer()).contains("safe");
        assertThat(gate.version("v1").overdue()).isOne();
        assertThat(gate.version("v1").inFlight()).isZero();
        released.countDown();
        assertNothingLeft(gate);
    }

    @Test
    void anInterruptOfTheCallerEndsTheCallAndTheModelAndSkipsTheLadder() throws Exception {
        ModelGate<String, String> gate = gate(this::patient, g -> g.enforceTimeouts());
        AtomicBoolean flagKept = new AtomicBoolean();
        AtomicReference<Thread> caller = new AtomicReference<>();
        Future<Outcome<String>> call = callers.submit(() -> {
            caller.set(Thread.currentThread());
            Outcome<String> outcome = gate.decide("x", CALLER);
            flagKept.set(Thread.interrupted());
            return outcome;
        });
        awaits(running);

        caller.get().interrupt();

        assertThat(get(call)).isInstanceOf(Outcome.Failed.class);
        assertThat(get(call).cause()).contains(Cause.CUT);
        assertThat(flagKept).isTrue();
        awaits(interrupted);
        assertNothingLeft(gate);
    }

    @Test
    void theInterruptOfACutModelDoesNotReachTheNextTaskOfItsThread() throws Exception {
        ExecutorService one = Executors.newSingleThreadExecutor();
        try (Gates single = Gates.open(g -> g.executor(one))) {
            ModelGate<String, String> gate = single.gate(
                    "credit",
                    g -> g.stable("v1", this::stubborn).cutInFlightOnKill().fallback(Rungs.constant("safe")));
            Future<Outcome<String>> call = inFlight(gate, CALLER);
            gate.kill(ALICE, "");
            get(call);
            awaits(interrupted);
            released.countDown();
            assertThat(get(one.submit(() -> Thread.currentThread().isInterrupted())))
                    .isFalse();
        } finally {
            one.shutdownNow();
        }
    }

    @Test
    void anErrorOnTheExecutorReachesTheCallerAsTheSameInstance() throws Exception {
        StackOverflowError error = new StackOverflowError("staged");
        ModelGate<String, String> gate = gate(
                input -> {
                    throw error;
                },
                g -> g.enforceTimeouts().maxConcurrent(1));
        assertThatThrownBy(() -> gate.call("x", CALLER)).isSameAs(error);
        assertNothingLeft(gate);
    }

    @Test
    void aCallThatIsCutBeforeItsModelBeganNeverInvokesIt() throws Exception {
        AtomicReference<Runnable> queued = new AtomicReference<>();
        AtomicBoolean invoked = new AtomicBoolean();
        try (Gates held = Gates.open(g -> g.executor(task -> {
            if (!queued.compareAndSet(null, task)) {
                task.run(); // the ladder
            }
        }))) {
            ModelGate<String, String> gate = held.gate(
                    "credit",
                    g -> g.stable("v1", input -> {
                                invoked.set(true);
                                return input;
                            })
                            .cutInFlightOnKill()
                            .fallback(Rungs.constant("safe")));
            CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
            gate.kill(ALICE, "");
            assertThat(get(call).answer()).contains("safe");
            queued.get().run();
            assertThat(invoked).isFalse();
            assertThat(gate.version("v1").overdue()).isZero();
        }
    }
}
