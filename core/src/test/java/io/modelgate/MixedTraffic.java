package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Everything at once against one gate, at random: calls that wait and calls that do not, permits, cancellations, exceptions, errors, late
 * and missing answers, kills and revives. The models keep books of their own of what each of them should be charged.
 */
final class MixedTraffic implements AutoCloseable {

    static final int INPUT = 7;
    static final int MOST = 50;
    private static final int CALLERS = 6;
    private static final int SESSIONS = 40;
    private static final Actor OPERATOR = Actor.of("operator");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What has to happen to some call or other: how long that takes depends on who is on a processor when. */
    private static final Set<Cause> CAUSES = Set.of(Cause.KILLED, Cause.CUT, Cause.TIMEOUT, Cause.ERROR);

    private final long seed;
    private final ExecutorService models = Executors.newCachedThreadPool();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService backend = Executors.newScheduledThreadPool(1);
    private final Queue<CompletableFuture<Usage>> stubborn = new ConcurrentLinkedQueue<>();
    private final Queue<CompletableFuture<?>> started = new ConcurrentLinkedQueue<>();
    private final Gates gates = Gates.open(g -> g.executor(models));

    /** What all invocations together should have been charged. */
    final LongAdder owed = new LongAdder();

    final LongAdder outcomes = new LongAdder();
    final LongAdder errors = new LongAdder();
    final ModelGate<Integer, Usage> gate;

    MixedTraffic(long seed) {
        this.seed = seed;
        gate = gates.gate(
                "mixed",
                g -> g.callAwareStable("v1", this::synchronous, v -> {})
                        .asyncVersion("v2", this::asynchronous, v -> {})
                        .router(new WeightRouter())
                        .breaker(CircuitBreakerConfig.custom()
                                .waitDurationInOpenState(Duration.ofMillis(20))
                                .minimumNumberOfCalls(20)
                                .failureRateThreshold(70)
                                .build())
                        .tokens(t -> t.input(Integer::longValue).maxOutput(MOST).usage(usage -> usage))
                        .budget(Budget.tokens("all", 1L << 44, Per.gate()))
                        .budget(Budget.tokens("session", 1L << 40, Per.session()))
                        .maxConcurrent(64)
                        .cutInFlightOnKill()
                        .modelTimeout(Duration.ofMillis(20))
                        .deadline(Duration.ofMillis(60))
                        .fallback(Rungs.constant(Usage.UNKNOWN)));
        gates.append(gates.decision("c", WeightRouter.CANARY, "mixed", OPERATOR, "", Map.of("version", "v2")))
                .stored(Duration.ofSeconds(10));
    }

    private static int dice(int sides) {
        return ThreadLocalRandom.current().nextInt(sides);
    }

    private Usage owing(Usage usage) {
        owed.add(usage.input().orElseThrow() + usage.output().orElseThrow());
        return usage;
    }

    /** What is charged when nobody says what was used. */
    private void owingUnknown(long produced) {
        owed.add(INPUT + (produced < 0 ? MOST : produced));
    }

    private Usage synchronous(Integer input, Call call) {
        long produced = dice(3) == 0 ? dice(MOST) : -1;
        if (produced >= 0) {
            call.produced(produced);
        }
        int kind = dice(100);
        if (kind < 8) {
            owingUnknown(produced);
            throw new IllegalStateException("at random");
        }
        if (kind < 10) {
            owingUnknown(produced);
            throw new StackOverflowError("at random");
        }
        if (kind < 20) {
            boolean heeds = dice(2) == 0;
            long until = Ticker.system().read() + TimeUnit.MILLISECONDS.toNanos(dice(40));
            while (Ticker.system().read() < until && !(heeds && call.cancelled())) {
                LockSupport.parkNanos(100_000);
            }
        }
        return owing(Usage.of(input, dice(kind == 99 ? 10 * MOST : MOST)));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the books are kept in the stage itself
    private CompletionStage<Usage> asynchronous(Integer input, Call call) {
        long produced = dice(3) == 0 ? dice(MOST) : -1;
        if (produced >= 0) {
            call.produced(produced);
        }
        CompletableFuture<Usage> answer = new CompletableFuture<>();
        answer.whenComplete((usage, thrown) -> {
            if (usage == null) {
                owingUnknown(produced);
            } else {
                owing(usage);
            }
        });
        Usage usage = Usage.of(input, dice(MOST));
        int kind = dice(100);
        if (kind < 50) {
            answer.complete(usage);
        } else if (kind < 58) {
            answer.completeExceptionally(new IllegalStateException("at random"));
        } else if (kind < 60) {
            answer.completeExceptionally(new AssertionError("at random"));
        } else if (kind < 95) {
            backend.schedule(() -> answer.complete(usage), dice(35_000), TimeUnit.MICROSECONDS);
        } else if (kind < 98) {
            return answer; // never completes by itself
        } else {
            stubborn.add(answer);
            return answer.minimalCompletionStage();
        }
        return answer;
    }

    /** Runs for a time, and until everything has happened once, then waits until nothing runs any more. */
    void run(Duration duration) throws Exception {
        long until = Ticker.system().read() + duration.toNanos();
        List<Future<?>> all = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < CALLERS; i++) {
            SplittableRandom own = random.split();
            all.add(threads.submit(() -> {
                while (goesOn(until)) {
                    callOnce(own);
                }
            }));
        }
        SplittableRandom own = random.split();
        all.add(threads.submit(() -> {
            while (goesOn(until)) {
                killAndRevive(own);
            }
        }));
        for (Future<?> each : all) {
            each.get();
        }
        settle();
    }

    private boolean goesOn(long until) {
        long now = Ticker.system().read();
        return now < until || (!everythingHappened() && now < until + PATIENCE.toNanos());
    }

    private boolean everythingHappened() {
        return gate.stats().byCause().keySet().containsAll(CAUSES)
                && gate.version("v1").invocations() > 0
                && gate.version("v2").invocations() > 0;
    }

    private void callOnce(SplittableRandom random) {
        Caller caller = Caller.of((random.nextBoolean() ? "c-" : "s-") + random.nextInt(1_000))
                .session("session-" + random.nextInt(SESSIONS));
        try {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> gate.call(INPUT, caller);
                case 3 -> gate.decide(INPUT, caller);
                case 4, 5 -> keep(gate.callAsync(INPUT, caller));
                case 6 -> keep(gate.decideAsync(INPUT, caller));
                case 7 -> {
                    CompletableFuture<Usage> call = gate.callAsync(INPUT, caller);
                    keep(call);
                    LockSupport.parkNanos(random.nextInt(200_000));
                    call.cancel(true);
                }
                default -> permit(random, caller);
            }
            outcomes.increment();
        } catch (StackOverflowError | AssertionError e) {
            errors.increment();
        }
    }

    private void keep(CompletableFuture<?> call) {
        started.add(call);
        while (started.size() > 1_000) {
            CompletableFuture<?> oldest = started.poll();
            if (oldest != null && !oldest.isDone()) {
                started.add(oldest);
                LockSupport.parkNanos(10_000);
            }
        }
    }

    private void permit(SplittableRandom random, Caller caller) {
        try (Permit<Integer, Usage> permit = gate.enter(INPUT, caller)) {
            if (!permit.granted()) {
                permit.fallBack(INPUT);
                return;
            }
            if (random.nextInt(4) == 0) {
                LockSupport.parkNanos(random.nextInt(300_000));
            }
            switch (random.nextInt(4)) {
                case 0 -> {
                    owingUnknown(-1);
                    permit.failure(new IllegalStateException("at random"));
                }
                case 1 -> owingUnknown(-1); // closed unsettled
                default -> {
                    Usage usage = owing(Usage.of(INPUT, random.nextInt(MOST)));
                    if (!permit.success(usage)) {
                        permit.fallBack(INPUT);
                    }
                }
            }
        }
    }

    private void killAndRevive(SplittableRandom random) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(30)));
        KillReceipt kill = switch (random.nextInt(4)) {
            case 0 -> gate.kill(OPERATOR, "at random");
            case 1 -> gates.kill(Scope.fleet(), OPERATOR, "at random");
            case 2 -> gate.version("v1").kill(OPERATOR, "at random");
            default -> gate.version("v2").kill(OPERATOR, "at random");
        };
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(10)));
        gates.revive(kill.id(), OPERATOR, "at random").stored(Duration.ofSeconds(10));
        if (random.nextInt(3) == 0) { // a kill of the candidate ended the canary
            gates.append(gates.decision(
                            "c" + random.nextLong(),
                            WeightRouter.CANARY,
                            "mixed",
                            OPERATOR,
                            "",
                            Map.of("version", "v2")))
                    .stored(Duration.ofSeconds(10));
        }
    }

    private void settle() throws InterruptedException {
        for (CompletableFuture<?> call = started.poll(); call != null; call = started.poll()) {
            call.handle((answer, thrown) -> null).join();
        }
        stubborn.forEach(late -> late.complete(Usage.of(INPUT, 1)));
        backend.shutdown();
        boolean ended = backend.awaitTermination(30, TimeUnit.SECONDS);
        models.shutdown();
        if (!models.awaitTermination(30, TimeUnit.SECONDS) || !ended) {
            throw new IllegalStateException("models still run, seed " + seed);
        }
    }

    long spent(String budget) {
        return gates.budgets().top(budget, 1_000_000).stream()
                .mapToLong(balance -> balance.spent())
                .sum();
    }

    int reservations() {
        return gates.budgets().reservations();
    }

    @Nullable
    Limits limits() {
        return gate.limits();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        backend.shutdownNow();
        models.shutdownNow();
        gates.close();
    }
}
