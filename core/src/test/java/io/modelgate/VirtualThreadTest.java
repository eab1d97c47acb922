package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Usage;
import io.modelgate.budget.Window;
import io.modelgate.control.FileControlLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** No gate pins a virtual thread to its carrier: the JDK itself reports each that is. */
@EnabledForJreRange(min = JRE.JAVA_25, disabledReason = "pinning is tested on the JDK that reports it reliably")
class VirtualThreadTest {

    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final int ROUNDS = 3;
    private static final Actor ALICE = Actor.of("alice");

    /** The JDK cannot unmount a thread that initialises a class. */
    private static final class Pins {
        static {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }

        static void touch() {}
    }

    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    private static long pinned(Path folder, Runnable work) throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(PINNED).withoutThreshold().withStackTrace();
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(PINNED))
                .filter(event ->
                        event.getStackTrace() == null || event.toString().contains("io.modelgate"))
                .count();
    }

    @Test
    void theJdkReportsAThreadThatIsPinned(@TempDir Path folder) throws Exception {
        ExecutorService threads = virtualThreads();
        assertThat(pinned(folder, () -> await(threads.submit(Pins::touch)))).isPositive();
        threads.shutdown();
    }

    @Test
    void noKindOfCallPinsItsThread(@TempDir Path folder) throws Exception {
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(folder.resolve("log")))
                .budgets(b -> b.ledger(folder.resolve("budgets"))))) {
            ExecutorService threads = virtualThreads();
            ModelGate<Integer, Usage> gate = gates.gate(
                    "virtual",
                    g -> g.stable("v1", VirtualThreadTest::slow)
                            .asyncVersion(
                                    "v2",
                                    (input, call) -> CompletableFuture.supplyAsync(() -> slow(input), threads),
                                    v -> {})
                            .tokens(t ->
                                    t.input(Integer::longValue).maxOutput(5).usage(usage -> usage))
                            .budget(Budget.tokens("rolling", 1L << 40, Per.gate())
                                    .within(Window.rolling(Duration.ofMinutes(1))))
                            .budget(Budget.tokens("caller", 1L << 40, Per.caller()))
                            .rateLimit(RateLimiterConfig.custom()
                                    .limitForPeriod(1_000_000)
                                    .timeoutDuration(Duration.ZERO)
                                    .build())
                            .maxConcurrent(10)
                            .enforceTimeouts()
                            .cutInFlightOnKill()
                            .latencyHistogram()
                            .modelTimeout(Duration.ofMillis(5))
                            .fallback(Rungs.rule(call -> slow(1))));
            long pinned = 1;
            for (int round = 0; round < ROUNDS && pinned > 0; round++) {
                // Classes are initialised, which does pin the threads that come upon one meanwhile; but only once.
                everything(gate, threads);
                revive(gates);
                pinned = pinned(folder, () -> everything(gate, threads));
                revive(gates);
            }
            assertThat(pinned).isZero();
            threads.shutdown();
        }
    }

    private static void revive(Gates gates) {
        for (Kill kill : gates.kills()) {
            assertThat(gates.revive(kill.id(), ALICE, "").stored(Duration.ofSeconds(30)))
                    .isTrue();
        }
    }

    private static void everything(ModelGate<Integer, Usage> gate, ExecutorService threads) {
        List<Future<?>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int nth = i;
            calls.add(threads.submit(() -> call(gate, nth)));
        }
        calls.add(threads.submit(() -> gate.kill(ALICE, "")));
        calls.forEach(VirtualThreadTest::await);
    }

    private static void call(ModelGate<Integer, Usage> gate, int nth) {
        Caller caller = Caller.of("user-" + nth);
        switch (nth % 3) {
            case 0 -> gate.decide(nth, caller);
            case 1 -> gate.decideAsync(nth, caller).join();
            default -> {
                try (Permit<Integer, Usage> permit = gate.enter(nth, caller)) {
                    if (!permit.granted() || !permit.success(slow(nth))) {
                        permit.fallBack(nth);
                    }
                }
            }
        }
    }

    private static Usage slow(Integer input) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(input % 10));
        return Usage.of(input, 1);
    }

    private static void await(Future<?> call) {
        try {
            call.get(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
