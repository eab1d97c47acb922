package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The fallback of an annotation is a rung: bounded, in time, and named in the outcome. */
class GuardRungTest {

    private static final AtomicReference<Runnable> IN_RUNG = new AtomicReference<>(() -> {});

    private final Gates gates = Gates.open(g -> {});

    @AfterEach
    void close() {
        IN_RUNG.set(() -> {});
        gates.close();
    }

    interface Model {
        @Gated(value = "model", fallback = "safe")
        String ask(String input);

        static String safe(String input) {
            IN_RUNG.get().run();
            return input.isEmpty() ? null : "safe";
        }
    }

    @Version("v1")
    static final class Broken implements Model {
        @Override
        public String ask(String input) {
            throw new IllegalStateException("broken");
        }
    }

    private final Model model = gates.guard(Model.class, new Broken());

    @Test
    @SuppressWarnings("unchecked")
    void outcomeNamesTheRung() {
        Outcome<Object> outcome = ((ModelGate<Invocation, Object>) gates.gate("model"))
                .decide(new Invocation("ask", new Object[] {"x"}), Caller.anonymous());

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.FellBack.class, fell -> assertThat(fell.rung()).isEqualTo("safe"));
    }

    @Test
    void nullOfTheRungIsNoAnswer() {
        assertThatThrownBy(() -> model.ask("")).isInstanceOf(GateException.class);
    }

    @Test
    void rungThatThrowsIsPassedOverAndErrorsPropagate() {
        IN_RUNG.set(() -> {
            throw new IllegalStateException("rung");
        });
        assertThatThrownBy(() -> model.ask("x"))
                .isInstanceOf(GateException.class)
                .hasRootCauseMessage("broken");
        Error error = new AssertionError("rung");
        IN_RUNG.set(() -> {
            throw error;
        });
        assertThatThrownBy(() -> model.ask("x")).isSameAs(error);
        IN_RUNG.set(() -> {});
        for (int i = 0; i < 2 * GuardRung.MAX_CONCURRENT; i++) {
            assertThat(model.ask("x")).isEqualTo("safe");
        }
    }

    @Test
    void interruptInTheRungKeepsTheFlag() {
        IN_RUNG.set(() -> {
            throw GuardVersion.<RuntimeException>asItIs(new InterruptedException());
        });

        assertThatThrownBy(() -> model.ask("x")).isInstanceOf(GateException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void asManyAsItsBoundAreInTheRungAndNoMore() throws Exception {
        int callers = GuardRung.MAX_CONCURRENT + 1;
        CountDownLatch inside = new CountDownLatch(GuardRung.MAX_CONCURRENT);
        CountDownLatch leave = new CountDownLatch(1);
        IN_RUNG.set(() -> {
            inside.countDown();
            try {
                leave.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            for (int i = 0; i < GuardRung.MAX_CONCURRENT; i++) {
                Future<String> unused = threads.submit(() -> model.ask("x"));
            }
            assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();

            assertThatThrownBy(() -> model.ask("x")).isInstanceOf(GateException.class);
        } finally {
            leave.countDown();
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(model.ask("x")).isEqualTo("safe");
    }

    @Test
    void manyThreadsLearnTheMethodsAtOnce() throws Exception {
        int callers = 8;
        CyclicBarrier together = new CyclicBarrier(callers);
        Set<String> answers = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(callers);
        try {
            for (int i = 0; i < callers; i++) {
                Future<?> unused = threads.submit(() -> {
                    together.await();
                    answers.add(model.ask("x"));
                    answers.add(model.toString());
                    return null;
                });
            }
        } finally {
            threads.shutdown();
        }
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(answers).containsExactlyInAnyOrder("safe", "guarded Model");
    }

    private static final AtomicReference<CompletableFuture<String>> LATER = new AtomicReference<>();

    interface Later {
        @Gated(value = "later", fallback = "never")
        CompletableFuture<String> ask(String input);

        static CompletionStage<String> never(String input) {
            IN_RUNG.get().run();
            return LATER.get();
        }
    }

    @Version("v1")
    static final class Down implements Later {
        @Override
        public CompletableFuture<String> ask(String input) {
            return CompletableFuture.failedFuture(new IllegalStateException("down"));
        }
    }

    @Test
    void whoGivesACallUpEndsTheFallbackThatAnswersLater() throws Exception {
        Queue<Thread> ladders = new ConcurrentLinkedQueue<>();
        try (Gates own = Gates.open(g -> g.ladderExecutor(task -> {
            Thread ladder = new Thread(task);
            ladder.setDaemon(true);
            ladders.add(ladder);
            ladder.start();
        }))) {
            Later later = own.guard(Later.class, new Down());
            for (int i = 0; i < GuardRung.MAX_CONCURRENT; i++) {
                CountDownLatch begun = new CountDownLatch(1);
                IN_RUNG.set(begun::countDown);
                CompletableFuture<String> stage = new CompletableFuture<>();
                LATER.set(stage);
                CompletableFuture<String> call = later.ask("x");
                assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();

                if (i % 2 == 0) {
                    call.cancel(true);
                } else {
                    call.complete("given up for this");
                }

                Thread ladder = ladders.remove();
                ladder.join(TimeUnit.SECONDS.toMillis(30));
                assertThat(ladder.isAlive()).as("the thread still waits").isFalse();
                assertThat(stage).isCancelled();
            }
            LATER.set(CompletableFuture.completedFuture("safe"));

            assertThat(later.ask("x").get(30, TimeUnit.SECONDS)).isEqualTo("safe");
        }
    }

    @Test
    void interruptInTheWaitEndsTheFallbackToo() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        LATER.set(stage);
        IN_RUNG.set(Thread.currentThread()::interrupt);
        try (Gates own = Gates.open(g -> g.ladderExecutor(Runnable::run).executor(Runnable::run))) {
            CompletableFuture<String> call = own.guard(Later.class, new Down()).ask("x");

            assertThat(Thread.interrupted()).isTrue();
            assertThat(call).isCompletedExceptionally();
            assertThat(stage).isCancelled();
        }
    }
}
