package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SessionWatchTest {

    @Test
    void exactlyTheAllowedCallsPassUnderConcurrency() throws InterruptedException {
        SessionWatch watch = new SessionWatch(List.of(
                Runaway.callsPerSession(500, Reaction.OBSERVE), Runaway.callsPerSession(1000, Reaction.KILL_SESSION)));
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger observed = new AtomicInteger();
        Thread[] threads = new Thread[8];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                for (int call = 0; call < 1000; call++) {
                    Tripped tripped = watch.check(call, 0);
                    if (tripped == null || tripped.reaction() == Reaction.OBSERVE) {
                        passed.incrementAndGet();
                        observed.addAndGet(tripped == null ? 0 : 1);
                    }
                }
            });
            threads[i].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(passed).hasValue(1000);
        assertThat(observed).hasValue(1);
        assertThat(watch.killed()).isTrue();
        watch.revive();
        assertThat(watch.killed()).isFalse();
        assertThat(watch.check(1, 0)).isNull();
    }

    @Test
    void anInputRepeatedTooOftenIsRefusedUntilOthersPushItOut() {
        SessionWatch watch = new SessionWatch(List.of(Runaway.repeatedInput(3, Reaction.REFUSE)));
        for (int i = 0; i < 3; i++) {
            assertThat(watch.check(7, 0)).isNull();
        }
        assertThat(watch.check(7, 0)).isNotNull();
        assertThat(watch.check(7, 0)).isNotNull();
        assertThat(watch.calls()).isEqualTo(3);
        for (int other = 100; other < 161; other++) {
            assertThat(watch.check(other, 0)).isNull();
        }
        assertThat(watch.check(7, 0)).isNull();
    }

    @Test
    void spendingTooFastIsRefusedUntilTimeHasPassed() {
        SessionWatch watch = new SessionWatch(List.of(Runaway.spendRate(100, Duration.ofSeconds(16), Reaction.REFUSE)));
        watch.spent(100, 0, -5);
        assertThat(watch.check(1, -5)).isNull();
        watch.spent(1, 0, -5);
        assertThat(watch.check(1, -5)).isNotNull();
        assertThat(watch.check(1, -5 + Duration.ofSeconds(16).toNanos())).isNotNull();
        assertThat(watch.check(1, -5 + Duration.ofSeconds(17).toNanos())).isNull();
    }
}
