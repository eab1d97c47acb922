package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams whose signals, kills, timeouts and cancellations come at once, on real threads. */
class StreamRaceTest {

    private static final int CALLS = 10_000;

    /** How often each end has to have come: how many calls that takes depends on who is on a processor when. */
    private static final long EACH = 20;

    private static final Set<Cause> ENDS =
            EnumSet.of(Cause.CUT, Cause.KILLED, Cause.TIMEOUT, Cause.ERROR, Cause.INVALID_OUTPUT);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long BETWEEN_KILLS = 200_000;
    private static final Actor ALICE = Actor.of("alice");

    private final HandDrivenTime time = new HandDrivenTime();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Gates gates = Gates.open(g -> g.ticker(time)
            .scheduler(time)
            .executor(Runnable::run)
            .ladderExecutor(threads)
            .eventExecutor(Runnable::run));

    @AfterEach
    void close() {
        threads.shutdownNow();
        gates.close();
    }

    interface Chat {
        @Gated(value = "chat", fallback = "later")
        StreamCallTest.Pieces<String> reply(String prompt);

        default String later(String prompt) {
            return "later";
        }
    }

    @Version("v1")
    static final class Stable implements Chat {
        @Override
        public StreamCallTest.Pieces<String> reply(String prompt) {
            return new StreamCallTest.Pieces<>("v1");
        }
    }

    @Test
    void everyCallEndsOnceWhateverComesTogether() throws Exception {
        Chat chat = gates.guard(
                Chat.class,
                g -> g.answers(new StreamCallTest.PiecesAnswer())
                        .gate(
                                "chat",
                                gate -> gate.cutInFlightOnKill()
                                        .modelTimeout(Duration.ofMillis(1))
                                        .breaker(CircuitBreakerConfig.custom()
                                                .failureRateThreshold(100)
                                                .build())
                                        .maxConcurrent(1_000)),
                new Stable());
        long calls = 0;
        AtomicBoolean over = new AtomicBoolean();
        List<Future<?>> others = new ArrayList<>();
        others.add(threads.submit(() -> killAndRevive(over)));
        others.add(threads.submit(() -> passTime(over)));
        Queue<StreamCall> live = new ConcurrentLinkedQueue<>();
        others.add(threads.submit(() -> cancelSome(live, over)));
        try {
            SplittableRandom random = new SplittableRandom(7);
            long patience = Ticker.system().read() + PATIENCE.toNanos();
            while (calls < CALLS || (!allCame() && Ticker.system().read() < patience)) {
                @SuppressWarnings("unchecked")
                StreamCall call = ((Supplier<StreamCall>) chat.reply("hi").what()).get();
                live.add(call);
                calls += signals(call, random);
            }
        } finally {
            over.set(true);
        }
        for (Future<?> other : others) {
            other.get(1, TimeUnit.MINUTES);
        }

        ModelGate<?, ?> gate = gates.gate("chat");
        assertThat(gate.version("v1").inFlight()).isZero();
        assertThat(gate.version("v1").overdue()).isZero();
        assertThat(gate.limits().running()).isZero();
        assertThat(gate.stats().calls()).isEqualTo(calls);
        assertThat(allCame()).as("what came together: %s", gate.stats()).isTrue();
    }

    private boolean allCame() {
        Map<Cause, Long> came = gates.gate("chat").stats().byCause();
        return ENDS.stream().allMatch(cause -> came.getOrDefault(cause, 0L) >= EACH);
    }

    /**
     * As a library gives them: one after the other, and the next attempt where one came to nothing. The number of calls, none if it was
     * cancelled before it began.
     */
    private static int signals(StreamCall call, SplittableRandom random) {
        int calls = 0;
        try {
            Object stream = call.next();
            calls = 1;
            while (!call.fellBack()) {
                call.onStop(() -> {});
                int items = random.nextInt(4);
                boolean more = true;
                for (int i = 0; i < items && more; i++) {
                    more = call.item(stream);
                }
                if (random.nextInt(4) == 0) {
                    call.failed(new IllegalStateException("no"));
                }
                if (call.finished()) {
                    return 1;
                }
                stream = call.next();
            }
        } catch (GateException broken) {
            assertThat(broken).hasMessageContaining("broke off");
        } catch (CancellationException gone) {
            return calls;
        }
        return 1;
    }

    private void killAndRevive(AtomicBoolean over) {
        ModelGate<?, ?> gate = gates.gate("chat");
        while (!over.get()) {
            KillReceipt kill = gate.kill(ALICE, "race");
            gates.revive(kill.kill().id(), ALICE, "race");
            LockSupport.parkNanos(BETWEEN_KILLS); // each makes the log longer, and nothing is shown by that
        }
    }

    private void passTime(AtomicBoolean over) {
        while (!over.get()) {
            time.advance(Duration.ofMillis(1));
            LockSupport.parkNanos(1);
        }
    }

    private static void cancelSome(Queue<StreamCall> live, AtomicBoolean over) {
        SplittableRandom random = new SplittableRandom(8);
        while (!over.get()) {
            StreamCall call = live.poll();
            if (call == null) {
                LockSupport.parkNanos(1);
            } else if (random.nextBoolean()) {
                call.cancelled();
            }
        }
    }
}
