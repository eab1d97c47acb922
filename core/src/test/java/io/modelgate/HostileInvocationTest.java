package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Usage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users' code throws in the middle of an invocation: everything that was taken is given back. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileInvocationTest {

    private static final Caller CALLER = Caller.of("user-42").session("s");

    private final HandDrivenTime time = new HandDrivenTime();

    private Gates gates(Executor executor) {
        return Gates.open(g -> g.ticker(time).scheduler(time).executor(executor).eventExecutor(Runnable::run));
    }

    private ModelGate<Integer, Usage> badUsage(
            Gates gates, java.util.function.Consumer<GateBuilder<Integer, Usage>> more) {
        return gates.gate("g", g -> {
            g.stable("v1", i -> Usage.of(i, 1))
                    .maxConcurrent(1)
                    .tokens(t -> t.input(Integer::longValue).maxOutput(5).usage(u -> {
                        throw new NoClassDefFoundError("UsageParser");
                    }))
                    .budget(Budget.tokens("b", 1000, Per.gate()));
            more.accept(g);
        });
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException sneak(Throwable t) throws E {
        throw (E) t;
    }

    @Test
    void anErrorOfTheUsageFunctionLosesNothing() {
        try (Gates gates = gates(Runnable::run)) {
            ModelGate<Integer, Usage> gate = badUsage(gates, g -> {});
            Throwable ignored = catchThrowable(() -> gate.call(1, CALLER));
            assertThat(gate.version("v1").inFlight()).as("marks").isZero();
            assertThat(gate.limits().running()).as("permits").isZero();
            assertThat(gates.budgets().reservations()).as("reservations").isZero();
        }
    }

    @Test
    void anErrorOfTheUsageFunctionLosesNothingInAFlight() {
        try (Gates gates = gates(Runnable::run)) {
            ModelGate<Integer, Usage> gate = badUsage(gates, g -> {});
            CompletableFuture<Usage> call = gate.callAsync(1, CALLER);
            assertThat(call).isDone();
            assertThat(gate.version("v1").inFlight()).as("marks").isZero();
            assertThat(gate.limits().running()).as("permits").isZero();
            assertThat(gates.budgets().reservations()).as("reservations").isZero();
        }
    }

    @Test
    void aCallEndsThoughAcceptAndUsageBothFail() {
        Executor pool = task -> {
            try {
                task.run();
            } catch (Throwable t) {
                // as a pool's thread: what a task throws is nobody's
            }
        };
        try (Gates gates = gates(pool)) {
            ModelGate<Integer, Usage> gate = badUsage(
                    gates,
                    g -> g.modelTimeout(Duration.ofMillis(100)).accept(u -> {
                        throw new NoClassDefFoundError("UsageParser");
                    }));
            CompletableFuture<Usage> call = gate.callAsync(1, CALLER);
            time.advance(Duration.ofSeconds(10));
            assertThat(call).isDone();
        }
    }

    @Test
    void anExecutorThatThrowsLeavesNothingTaken() {
        Executor broken = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        try (Gates gates = gates(broken)) {
            ModelGate<Integer, Usage> gate = gates.gate(
                    "g",
                    g -> g.stable("v1", i -> Usage.of(i, 1))
                            .maxConcurrent(1)
                            .cutInFlightOnKill()
                            .tokens(t ->
                                    t.input(Integer::longValue).maxOutput(5).usage(u -> u))
                            .budget(Budget.tokens("b", 1000, Per.gate())));
            Throwable ignored = catchThrowable(() -> gate.call(1, CALLER));
            assertThat(gate.version("v1").inFlight()).as("marks").isZero();
            assertThat(gate.limits().running()).as("permits").isZero();
            assertThat(gates.budgets().reservations()).as("reservations").isZero();
        }
    }

    @Test
    void aSchedulerThatAlwaysThrowsKeepsNoCall() {
        try (Gates gates = Gates.open(g -> g.ticker(time)
                .scheduler((task, delay) -> {
                    throw new RejectedExecutionException("shut down");
                })
                .ladderExecutor(Runnable::run))) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.asyncStable("v1", (i, c) -> CompletableFuture.completedFuture(i))
                            .maxConcurrent(1)
                            .modelTimeout(Duration.ofMillis(100)));
            assertThat(gate.callAsync("x", CALLER).join()).isEqualTo("x");
            assertThat(gate.callAsync("x", CALLER).join()).isEqualTo("x");
        }
    }

    @Test
    void aSchedulerThatThrowsOnceIsAskedAgain() {
        AtomicBoolean broken = new AtomicBoolean(true);
        Scheduler once = (task, delay) -> {
            if (broken.getAndSet(false)) {
                throw new RejectedExecutionException("not now");
            }
            time.schedule(task, delay);
        };
        try (Gates gates = Gates.open(
                g -> g.ticker(time).scheduler(once).executor(Runnable::run).ladderExecutor(Runnable::run))) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.asyncStable("v1", (i, c) -> new CompletableFuture<>(), v -> {})
                            .maxConcurrent(5)
                            .modelTimeout(Duration.ofMillis(100)));
            Throwable ignored = catchThrowable(() -> gate.callAsync("x", CALLER));
            CompletableFuture<String> second = gate.callAsync("x", CALLER);
            time.advance(Duration.ofSeconds(10));
            assertThat(second).as("the deadline of the next call").isDone();
            assertThat(gate.limits().running()).as("permits").isZero();
        }
    }

    @Test
    void anUndeclaredCheckedExceptionOfTheUsageFunctionLosesNothing() {
        try (Gates gates = gates(Runnable::run)) {
            ModelGate<Integer, Usage> gate = gates.gate(
                    "g",
                    g -> g.stable("v1", i -> Usage.of(i, 1))
                            .cutInFlightOnKill()
                            .tokens(t -> t.input(Integer::longValue)
                                    .maxOutput(5)
                                    .usage(u -> {
                                        throw sneak(new java.io.IOException("parse"));
                                    }))
                            .budget(Budget.tokens("b", 1000, Per.gate())));
            Throwable thrown = catchThrowable(() -> gate.call(1, CALLER));
            assertThat(thrown).isNull(); // unknown usage, as for any other exception
        }
    }

    @Test
    void aContextThatCannotBeSetDoesNotKeepTheModelFromRunning() throws Exception {
        ExecutorService pool = Executors.newCachedThreadPool();
        String key = "hunt";
        io.micrometer.context.ContextRegistry.getInstance()
                .registerThreadLocalAccessor(
                        key,
                        () -> "value",
                        value -> {
                            throw new IllegalStateException("accessor");
                        },
                        () -> {});
        try (Gates gates = gates(pool)) {
            ModelGate<String, String> gate = gates.gate(
                    "g", g -> g.stable("v1", i -> "v1").maxConcurrent(1).cutInFlightOnKill());
            CompletableFuture<Outcome<String>> call =
                    CompletableFuture.supplyAsync(() -> gate.decide("x", CALLER), task -> new Thread(task).start());
            assertThat(catchThrowable(() -> call.get(30, TimeUnit.SECONDS))).isNull();
        } finally {
            io.micrometer.context.ContextRegistry.getInstance().removeThreadLocalAccessor(key);
            pool.shutdownNow();
        }
    }

    @Test
    void anInterruptOfACallerThatRunsItsModelIsKept() throws Exception {
        AtomicReference<Object> seen = new AtomicReference<>();
        AtomicBoolean flag = new AtomicBoolean();
        CountDownLatch asked = new CountDownLatch(1);
        try (Gates gates = gates(Runnable::run)) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.stable("v1", i -> {
                                asked.countDown();
                                new CountDownLatch(1).await();
                                return "v1";
                            })
                            .fallback(Rungs.constant("safe"))
                            .cutInFlightOnKill());
            Thread caller = new Thread(() -> {
                try {
                    seen.set(gate.decide("x", CALLER));
                } catch (Throwable t) {
                    seen.set(t);
                }
                flag.set(Thread.currentThread().isInterrupted());
            });
            caller.start();
            asked.await();
            caller.interrupt();
            caller.join();
            assertThat(flag).as("the interrupt flag; outcome " + seen.get()).isTrue();
        }
    }
}
