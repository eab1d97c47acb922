package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.modelgate.Breaker.Admission;
import io.modelgate.Breaker.Change;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerConcurrencyTest {

    private static final int THREADS = 4;
    private static final int CALLS = 150_000;
    private static final int TRIALS = 5;

    /** How often it has to have tried again: how many calls that takes depends on who is on a processor when. */
    private static final int GENERATIONS = 200;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Trials that are out, by generation; counted down before a release, so never above what the breaker knows. */
    private final ConcurrentHashMap<Long, AtomicInteger> trials = new ConcurrentHashMap<>();

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final Queue<Change> changes = new ConcurrentLinkedQueue<>();
    private final AtomicLong now = new AtomicLong();
    private final AtomicLongArray counted = new AtomicLongArray(Breaker.LAZY_SLOTS);

    @ParameterizedTest
    @EnumSource
    void noGenerationHasMoreTrialsThanPermittedAndNoneLeaks(SlidingWindowType type) throws InterruptedException {
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindow(8, 6, type)
                .waitDurationInOpenState(Duration.ofMillis(1))
                .permittedNumberOfCallsInHalfOpenState(TRIALS)
                .ignoreExceptions(IllegalStateException.class)
                .build();
        Breaker breaker = new Breaker("credit-risk", "v1", config, now::get, counted::get, changes::add);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(i);
            Thread thread = new Thread(() -> call(breaker, random));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(wrong).isEmpty();
        assertThat(trials).hasSizeGreaterThanOrEqualTo(GENERATIONS);
        assertChangesAreOneChain();
        assertAllTrialsAreBack(breaker);
    }

    private void call(Breaker breaker, SplittableRandom random) {
        Queue<Admission> inFlight = new ArrayDeque<>();
        long patience = Ticker.system().read() + PATIENCE.toNanos();
        try {
            for (int call = 0; call < CALLS || trials.size() < GENERATIONS; call++) {
                if (call >= CALLS && Ticker.system().read() > patience) {
                    break;
                }
                long time = random.nextInt(10) == 0 ? now.addAndGet(random.nextInt(300_000)) : now.get();
                Admission admission = breaker.current();
                admission = admission.plain ? admission : breaker.admit(time);
                if (admission != null) {
                    inFlight.add(admission);
                    took(admission);
                }
                while (inFlight.size() > random.nextInt(4)) {
                    settle(breaker, inFlight.remove(), random);
                }
            }
            inFlight.forEach(admission -> settle(breaker, admission, random));
        } catch (RuntimeException | Error e) {
            wrong.add(e.toString());
        }
    }

    private void took(Admission admission) {
        if (admission.state == State.HALF_OPEN) {
            int out = trials.computeIfAbsent(admission.generation, g -> new AtomicInteger())
                    .incrementAndGet();
            if (out > TRIALS) {
                wrong.add(out + " trials in generation " + admission.generation);
            }
        }
    }

    private void gaveBack(Admission admission) {
        if (admission.state == State.HALF_OPEN) {
            trials.get(admission.generation).decrementAndGet();
        }
    }

    private void settle(Breaker breaker, Admission admission, SplittableRandom random) {
        long time = now.get();
        // Times of outage and times of health, so that it opens, tries again, and closes.
        boolean down = (time >> 22 & 1) == 0;
        int what = random.nextInt(20);
        if (what == 0) {
            gaveBack(admission);
            breaker.release(admission);
        } else if (what == 1) {
            gaveBack(admission);
            breaker.failure(admission, time, 0, new IllegalStateException("ignored"));
        } else if (down || what == 2) {
            breaker.failure(admission, time, 0, new IOException("down"));
        } else {
            int slot = breaker.lazySlot(admission, time, 0);
            if (slot >= 0) {
                counted.incrementAndGet(slot);
            } else {
                breaker.success(admission, time, 0);
            }
        }
    }

    private void assertChangesAreOneChain() {
        State state = State.CLOSED;
        for (Change change : changes) {
            assertThat(change.from()).isEqualTo(state);
            state = change.to();
        }
    }

    private void assertAllTrialsAreBack(Breaker breaker) {
        while (breaker.state(now.get()) != State.CLOSED) {
            Admission trial = breaker.admit(now.addAndGet(BreakerRig.SECOND));
            assertThat(trial).as("stuck: %s", breaker.state(now.get())).isNotNull();
            breaker.success(trial, now.get(), 0);
        }
    }
}
