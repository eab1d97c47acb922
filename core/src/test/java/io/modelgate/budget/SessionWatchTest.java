package io.modelgate.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

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

    @Test
    void anObservedRepetitionIsToldOnceEachTimeItBegins() {
        Runaway observe = Runaway.repeatedInput(3, Reaction.OBSERVE);
        SessionWatch watch = new SessionWatch(List.of(observe));
        for (int episode = 0; episode < 2; episode++) {
            for (int i = 1; i <= 10; i++) {
                Tripped tripped = watch.check(7, 0);
                assertThat(tripped).as("time %d", i).isEqualTo(i == 4 ? new Tripped(List.of(observe)) : null);
            }
            for (int other = 0; other < 64; other++) {
                assertThat(watch.check(1000 + other, 0)).isNull();
            }
        }
        assertThat(watch.calls()).isEqualTo(2 * 74);
        assertThat(watch.killed()).isFalse();
    }

    @Test
    void aRepetitionThatFillsAllOfTheMemoryIsToldOnce() {
        SessionWatch watch = new SessionWatch(List.of(Runaway.repeatedInput(63, Reaction.OBSERVE)));
        int told = 0;
        for (int i = 0; i < 1000; i++) {
            told += watch.check(7, 0) == null ? 0 : 1;
        }
        assertThat(told).isEqualTo(1);
    }

    @Test
    void unknownInputsAreLikeNoOther() {
        SessionWatch watch = new SessionWatch(List.of(Runaway.repeatedInput(1, Reaction.KILL_SESSION)));
        for (int i = 0; i < 200; i++) {
            assertThat(watch.check(SessionWatch.NO_DIGEST, 0)).isNull();
        }
        assertThat(watch.check(7, 0)).isNull();
        assertThat(watch.check(7, 0)).isNotNull();
        assertThat(watch.killed()).isTrue();
    }

    @Test
    void anObservedRateIsToldOnceUntilItWasKeptAgain() {
        Runaway observe = Runaway.spendRate(100, Duration.ofSeconds(16), Reaction.OBSERVE);
        SessionWatch watch = new SessionWatch(List.of(observe));
        long now = Long.MAX_VALUE - Duration.ofSeconds(20).toNanos(); // ticks wrap around
        for (int episode = 0; episode < 3; episode++) {
            watch.spent(101, 0, now);
            assertThat(watch.check(1, now)).isEqualTo(new Tripped(List.of(observe)));
            watch.spent(101, 0, now);
            assertThat(watch.check(1, now)).isNull();
            now += Duration.ofSeconds(17).toNanos();
            assertThat(watch.check(1, now)).isNull();
        }
    }

    @Test
    void aRateOfMoneyCountsMoneyAndARateOfTokensTokens() {
        Runaway money = Runaway.spendRate(Money.of("0.0001", "USD"), Duration.ofMinutes(1), Reaction.KILL_SESSION);
        Runaway tokens = Runaway.spendRate(1_000, Duration.ofMinutes(1), Reaction.REFUSE);
        SessionWatch watch = new SessionWatch(List.of(tokens, money));
        watch.spent(1_000, 100, 5);
        assertThat(watch.check(1, 5)).isNull();
        watch.spent(1, 0, 5);
        assertThat(watch.check(1, 5)).isEqualTo(new Tripped(List.of(tokens)));
        assertThat(watch.killed()).isFalse();
        watch.spent(0, 1, 5);
        assertThat(watch.check(1, 5)).as("the stricter one").isEqualTo(new Tripped(List.of(money)));
        assertThat(watch.killed()).isTrue();
        watch.revive();
        assertThat(watch.check(1, 5)).isNull();
    }

    @Test
    void theLimitsHaveRanges() {
        Duration minute = Duration.ofMinutes(1);
        List<Executable> wrong = List.of(
                () -> Runaway.spendRate(new Money(0, "USD"), minute, Reaction.REFUSE),
                () -> Runaway.spendRate(new Money(Amounts.MAX + 1, "USD"), minute, Reaction.REFUSE),
                () -> Runaway.spendRate(Money.of("1", "USD"), Duration.ofMillis(999), Reaction.REFUSE),
                () -> Runaway.spendRate(Money.of("1", "USD"), Duration.ofDays(367), Reaction.REFUSE),
                () -> Runaway.spendRate(0, minute, Reaction.REFUSE),
                () -> Runaway.spendRate(Amounts.MAX + 1, minute, Reaction.REFUSE),
                () -> Runaway.spendRate(1, Duration.ofSeconds(-1), Reaction.REFUSE),
                () -> Runaway.callsPerSession(0, Reaction.REFUSE),
                () -> Runaway.repeatedInput(0, Reaction.REFUSE),
                () -> Runaway.repeatedInput(64, Reaction.REFUSE));
        for (Executable limit : wrong) {
            assertThat(assertThrows(IllegalArgumentException.class, limit)).hasMessageContaining(": expected ");
        }
    }

    @Test
    void spendingBeyondAllMeasureStaysTooFast() {
        SessionWatch watch = new SessionWatch(List.of(Runaway.spendRate(1, Duration.ofSeconds(16), Reaction.REFUSE)));
        for (int second = 0; second < 17; second++) {
            long now = Duration.ofSeconds(second).toNanos();
            for (int i = 0; i < 600_000; i++) {
                watch.spent(Amounts.MAX, 0, now);
            }
            assertThat(watch.check(1, now)).isNotNull();
        }
        assertThat(watch.check(1, Duration.ofSeconds(34).toNanos())).isNull();
    }

    @Test
    void anInputPassesExactlyAsOftenAsAllowedUnderConcurrency() throws InterruptedException {
        Runaway observe = Runaway.repeatedInput(10, Reaction.OBSERVE);
        SessionWatch watch = new SessionWatch(List.of(observe, Runaway.repeatedInput(20, Reaction.REFUSE)));
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger observed = new AtomicInteger();
        atOnce(() -> {
            for (int call = 0; call < 1000; call++) {
                Tripped tripped = watch.check(7, 0);
                if (tripped == null || tripped.limit().equals(observe)) {
                    passed.incrementAndGet();
                    observed.addAndGet(tripped == null ? 0 : 1);
                }
            }
        });
        assertThat(passed).hasValue(20);
        assertThat(observed).hasValue(1);
        assertThat(watch.calls()).isEqualTo(20);
    }

    @Test
    void nothingSpentIsLostUnderConcurrency() throws InterruptedException {
        Runaway tokens = Runaway.spendRate(8_000 * 3L - 1, Duration.ofDays(1), Reaction.OBSERVE);
        Runaway money = Runaway.spendRate(new Money(8_000 * 5L, "USD"), Duration.ofDays(1), Reaction.OBSERVE);
        SessionWatch watch = new SessionWatch(List.of(tokens, money));
        AtomicInteger told = new AtomicInteger();
        atOnce(() -> {
            for (int call = 0; call < 1000; call++) {
                watch.spent(3, 5, call);
                told.addAndGet(watch.check(call, call) == null ? 0 : 1);
            }
        });
        assertThat(told).as("by whoever came after the last token").hasValue(1);
        watch.spent(0, 1, 1000);
        assertThat(watch.check(1, 1000)).isEqualTo(new Tripped(List.of(money)));
    }

    private static void atOnce(Runnable each) throws InterruptedException {
        Thread[] threads = new Thread[8];
        CountDownLatch start = new CountDownLatch(1);
        AtomicReference<Throwable> failed = new AtomicReference<>();
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                try {
                    start.await();
                    each.run();
                } catch (InterruptedException | RuntimeException | Error e) {
                    failed.set(e);
                }
            });
            threads[i].start();
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failed).hasNullValue();
    }
}
