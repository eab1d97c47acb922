package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timers, kills and deadlines against hostile executors, stages and models. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileFlightTest {

    private static final Actor ALICE = Actor.of("alice");
    private static final Caller CALLER = Caller.of("user-42").session("s");

    /** Seconds after which something hangs and is not only waiting for a processor. */
    private static final long PATIENCE = 30;

    private final HandDrivenTime time = new HandDrivenTime();

    private Gates gates(Executor executor) {
        return Gates.open(g -> g.ticker(time).scheduler(time).executor(executor).eventExecutor(Runnable::run));
    }

    private ModelGate<String, String> canary(
            Gates gates, java.util.function.Consumer<GateBuilder<String, String>> more) {
        ModelGate<String, String> gate = gates.gate("g", g -> {
            g.router(new WeightRouter());
            more.accept(g);
        });
        gates.append(gates.decision(
                        UUID.randomUUID().toString(), WeightRouter.CANARY, "g", ALICE, "", Map.of("version", "v2")))
                .stored(Duration.ofSeconds(10));
        return gate;
    }

    @Test
    void oneTimerServesAllDeadlinesHoweverTheyFall() {
        AtomicLong scheduled = new AtomicLong();
        Scheduler counting = (task, delay) -> {
            if (scheduled.incrementAndGet() < 300_000) {
                time.schedule(task, delay);
            }
        };
        List<CompletableFuture<String>> open = new ArrayList<>();
        try (Gates gates = Gates.open(g -> g.ticker(time).scheduler(counting).executor(Runnable::run))) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.asyncStable(
                                    "v1",
                                    (i, c) -> {
                                        CompletableFuture<String> stage = new CompletableFuture<>();
                                        open.add(stage);
                                        return stage;
                                    },
                                    v -> {})
                            .modelTimeout(Duration.ofMillis(100)));
            // 200 calls a second, each of them answered after 40 ms or so: 8 in flight.
            java.util.Random random = new java.util.Random(1);
            int calls = 0;
            while (calls < 800 && scheduled.get() < 300_000) {
                assertThat(gate.callAsync("x", CALLER)).isNotNull();
                calls++;
                time.advance(Duration.ofMillis(5));
                if (open.size() > 8) {
                    open.remove(random.nextInt(open.size())).complete("yes");
                }
            }
            assertThat(scheduled.get())
                    .as("looks scheduled in " + calls * 5 + " ms of 8 calls in flight; tasks waiting " + time.waiting())
                    .isLessThan(2L * calls);
        }
    }

    @Test
    void aKillIsStoredAndCutsWhateverTheExecutorDoes() {
        AtomicBoolean full = new AtomicBoolean();
        Executor executor = task -> {
            if (full.get()) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            task.run();
        };
        try (Gates gates = gates(executor)) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.asyncStable("v1", (i, c) -> new CompletableFuture<>(), v -> {})
                            .cutInFlightOnKill());
            CompletableFuture<String> one = gate.callAsync("x", CALLER);
            CompletableFuture<String> two = gate.callAsync("x", CALLER);
            full.set(true);
            Throwable thrown = catchThrowable(() -> gate.kill(ALICE, "bad"));
            full.set(false);
            assertThat(gates.control().log().read(0, 100).stream()
                            .anyMatch(e -> e.type().equals(EntryTypes.KILL)))
                    .as("the kill is in the log; kill threw " + thrown)
                    .isTrue();
            assertThat(catchThrowable(() -> one.get(PATIENCE, TimeUnit.SECONDS)))
                    .hasCauseInstanceOf(GateException.class);
            assertThat(catchThrowable(() -> two.get(PATIENCE, TimeUnit.SECONDS)))
                    .hasCauseInstanceOf(GateException.class);
        }
    }

    @Test
    void aKillDoesNotWaitForALadder() throws Exception {
        CountDownLatch ladder = new CountDownLatch(1);
        Executor rejecting = task -> {
            throw new RejectedExecutionException("full");
        };
        try (Gates gates = gates(rejecting)) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.asyncStable("v1", (i, c) -> new CompletableFuture<>(), v -> {})
                            .fallback(Rungs.rule(call -> {
                                try {
                                    ladder.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                return "slow";
                            }))
                            .cutInFlightOnKill());
            CompletableFuture<String> call = gate.callAsync("x", CALLER);
            CompletableFuture<KillReceipt> kill =
                    CompletableFuture.supplyAsync(() -> gate.kill(ALICE, "bad"), task -> new Thread(task).start());
            Throwable late = catchThrowable(() -> kill.get(PATIENCE, TimeUnit.SECONDS));
            boolean stored = gates.control().log().read(0, 100).stream()
                    .anyMatch(e -> e.type().equals(EntryTypes.KILL));
            ladder.countDown();
            kill.get(PATIENCE, TimeUnit.SECONDS);
            assertThat(call.get(PATIENCE, TimeUnit.SECONDS)).isEqualTo("slow");
            assertThat(late)
                    .as("kill returned; it was stored meanwhile: " + stored)
                    .isNull();
        }
    }

    @Test
    void aStageWhoseCancelThrowsDoesNotKeepAKillFromBeingStored() {
        try (Gates gates = gates(Runnable::run)) {
            CompletableFuture<String> hostile = new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean may) {
                    throw new AssertionError("no");
                }
            };
            ModelGate<String, String> gate = gates.gate(
                    "g", g -> g.asyncStable("v1", (i, c) -> hostile, v -> {}).cutInFlightOnKill());
            CompletableFuture<String> call = gate.callAsync("x", CALLER);
            Throwable thrown = catchThrowable(() -> gate.kill(ALICE, "bad"));
            assertThat(gates.control().log().read(0, 100).stream()
                            .anyMatch(e -> e.type().equals(EntryTypes.KILL)))
                    .as("stored; kill threw " + thrown)
                    .isTrue();
            assertThat(catchThrowable(() -> call.get(PATIENCE, TimeUnit.SECONDS)))
                    .hasCauseInstanceOf(GateException.class);
        }
    }

    @Test
    void aLadderThatAnExecutorTakesAndThrowsForRunsOnce() {
        AtomicReference<Runnable> taken = new AtomicReference<>();
        try (Gates gates = Gates.open(g -> g.ticker(time).ladderExecutor(task -> {
            taken.set(task);
            throw new IllegalStateException("after it took the task");
        }))) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.asyncStable("v1", (i, c) -> CompletableFuture.failedFuture(new IllegalStateException()))
                            .fallback(Rungs.constant("safe")));
            assertThat(gate.callAsync("x", CALLER).join()).isEqualTo("safe");
            taken.get().run();
            assertThat(gate.stats().calls()).isOne();
        }
    }

    @Test
    void aKillThatMeetsARejectingExecutorLeavesNothingTaken() {
        AtomicReference<ModelGate<String, String>> killed = new AtomicReference<>();
        try (Gates gates = gates(task -> {
            killed.get().kill(ALICE, "bad");
            throw new RejectedExecutionException("full");
        })) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.stable("v1", i -> i)
                            .maxConcurrent(1)
                            .cutInFlightOnKill()
                            .tokens(t -> t.input(String::length).maxOutput(5))
                            .budget(Budget.tokens("b", 100, Per.gate())));
            killed.set(gate);
            assertThat(gate.decide("x", CALLER).cause()).contains(Cause.CUT);
            assertThat(gate.version("v1").overdue()).isZero();
            assertThat(gates.budgets().reservations()).isZero();
            assertThat(gates.budgets().balance("b", "g").orElseThrow().spent()).isZero();
        }
    }

    @Test
    void aWaitingThreadIsWokenWhateverTheExecutorDoes() throws Exception {
        AtomicReference<Thread> waiting = new AtomicReference<>();
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<String> backend = new CompletableFuture<>();
        Executor broken = task -> {
            throw new OutOfMemoryError("unable to create native thread");
        };
        Gates gates = gates(broken);
        ModelGate<String, String> gate = gates.gate(
                "g",
                g -> g.asyncStable(
                                "v1",
                                (i, c) -> {
                                    asked.countDown();
                                    return backend;
                                },
                                v -> {})
                        .modelTimeout(Duration.ofMillis(100)));
        CompletableFuture<Outcome<String>> call =
                CompletableFuture.supplyAsync(() -> gate.decide("x", CALLER), task -> {
                    waiting.set(new Thread(task));
                    waiting.get().start();
                });
        asked.await();
        while (waiting.get().getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        Throwable ignored = catchThrowable(() -> time.advance(Duration.ofSeconds(1)));
        backend.complete("late");
        assertThat(catchThrowable(() -> call.get(PATIENCE, TimeUnit.SECONDS))).isNull();
    }

    @Test
    void aStandInOfAnAsynchronousCallKeepsTheDeadline() throws Exception {
        ExecutorService pool = Executors.newCachedThreadPool();
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (Gates gates = gates(pool)) {
            ModelGate<String, String> gate = canary(
                    gates,
                    g -> g.stable("v1", i -> {
                                asked.countDown();
                                released.await();
                                return "v1";
                            })
                            .version("v2", i -> {
                                throw new IllegalStateException("v2");
                            })
                            .modelTimeout(Duration.ofMillis(100))
                            .deadline(Duration.ofMillis(200)));
            CompletableFuture<Outcome<String>> call = gate.decideAsync("x", Caller.of("c1"));
            asked.await();
            Throwable hangs = null;
            // The thread that began the call may not have set its timer yet.
            for (int i = 0; i < 100 && !call.isDone(); i++) {
                time.advance(Duration.ofSeconds(1));
                hangs = catchThrowable(() -> call.get(200, TimeUnit.MILLISECONDS));
            }
            released.countDown();
            assertThat(hangs).as("the call ends within its deadline").isNull();
        } finally {
            released.countDown();
            pool.shutdownNow();
        }
    }

    @Test
    void aLadderDoesNotWaitForTheExecutorOfTheModels() {
        ExecutorService pool = Executors.newFixedThreadPool(1);
        try (Gates gates = gates(pool)) {
            ModelGate<String, String> gate = canary(
                    gates,
                    g -> g.stable("v1", i -> "v1")
                            .version("v2", i -> {
                                throw new IllegalStateException("v2");
                            })
                            .cutInFlightOnKill());
            CompletableFuture<Outcome<String>> call = gate.decideAsync("x", Caller.of("c1"));
            assertThat(catchThrowable(() -> call.get(PATIENCE, TimeUnit.SECONDS)))
                    .isNull();
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aTimeoutIsAnsweredThoughHungModelsFillTheExecutor() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(1);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (Gates gates = gates(pool)) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.stable("v1", i -> {
                                asked.countDown();
                                boolean done = false;
                                while (!done) {
                                    try {
                                        released.await();
                                        done = true;
                                    } catch (InterruptedException e) {
                                        // hangs regardless
                                    }
                                }
                                return "v1";
                            })
                            .deadline(Duration.ofMillis(200)));
            CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER); // no ladder at all
            asked.await();
            time.advance(Duration.ofSeconds(1));
            Throwable hangs = catchThrowable(() -> call.get(PATIENCE, TimeUnit.SECONDS));
            released.countDown();
            assertThat(hangs).isNull();
        } finally {
            released.countDown();
            pool.shutdownNow();
        }
    }

    @Test
    void theDeadlineHoldsWhileTheAnswerIsJudged() throws Exception {
        ExecutorService pool = Executors.newCachedThreadPool();
        CountDownLatch judging = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (Gates gates = gates(pool)) {
            ModelGate<String, String> gate = gates.gate(
                    "g",
                    g -> g.stable("v1", i -> "v1")
                            .enforceTimeouts()
                            .cutInFlightOnKill()
                            .deadline(Duration.ofMillis(200))
                            .accept(answer -> {
                                judging.countDown();
                                try {
                                    released.await();
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                                return Verdict.ACCEPT;
                            }));
            CompletableFuture<Outcome<String>> call = gate.decideAsync("x", CALLER);
            judging.await();
            time.advance(Duration.ofSeconds(1));
            gate.kill(ALICE, "bad");
            Throwable hangs = catchThrowable(() -> call.get(PATIENCE, TimeUnit.SECONDS));
            released.countDown();
            assertThat(hangs).isNull();
        } finally {
            released.countDown();
            pool.shutdownNow();
        }
    }
}
