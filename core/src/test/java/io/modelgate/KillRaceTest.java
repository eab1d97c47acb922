package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Invariant 2 with real threads: after {@code kill} returns, no invocation of the killed model starts. jcstress goes deeper. */
class KillRaceTest {

    private static final int ROUNDS = 300;
    private static final int THREADS = 3;

    /** Whether the call that this thread makes began after the kill had returned. */
    private static final ThreadLocal<Boolean> BEGAN_AFTER = ThreadLocal.withInitial(() -> false);

    private volatile boolean killReturned;

    @Test
    void noInvocationStartsAfterKillReturns() throws InterruptedException {
        AtomicInteger violations = new AtomicInteger();
        int answeredBefore = 0;
        for (int round = 0; round < ROUNDS; round++) {
            killReturned = false;
            try (Gates gates = Gates.open(g -> {})) {
                ModelGate<String, String> gate = gates.gate(
                        "credit",
                        g -> g.stable("v1", input -> {
                                    if (BEGAN_AFTER.get()) {
                                        violations.incrementAndGet();
                                    }
                                    return input;
                                })
                                .version("v2", input -> input)
                                .fallback(Rungs.previous()));
                boolean version = round % 2 == 0;
                long startedAtKill = race(gate, version);
                answeredBefore += gate.stats().answered().get("v1") > 0 ? 1 : 0;

                assertThat(gate.version("v1").invocations())
                        .as("round %d", round)
                        .isLessThanOrEqualTo(startedAtKill);
                assertThat(gate.version("v1").inFlight()).as("round %d", round).isZero();
            }
        }
        assertThat(violations).hasValue(0);
        assertThat(answeredBefore).as("rounds in which the race was on").isPositive();
    }

    /** Calls from several threads, kills meanwhile; returns the invocations known when the kill returned. */
    private long race(ModelGate<String, String> gate, boolean version) throws InterruptedException {
        CountDownLatch calling = new CountDownLatch(THREADS);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            Thread thread = new Thread(() -> {
                calling.countDown();
                for (int after = 0; after < 20; after += killReturned ? 1 : 0) {
                    BEGAN_AFTER.set(killReturned);
                    gate.decide("x", Caller.anonymous());
                }
            });
            thread.start();
            threads.add(thread);
        }
        assertThat(calling.await(30, TimeUnit.SECONDS)).isTrue();
        Actor actor = Actor.of("alice");
        KillReceipt kill = version ? gate.version("v1").kill(actor, "") : gate.kill(actor, "");
        long started = gate.version("v1").invocations();
        killReturned = true;
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(kill.inFlight()).isZero();
        return started;
    }
}
