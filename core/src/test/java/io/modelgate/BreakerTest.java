package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.management.ThreadMXBean;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.modelgate.Breaker.Admission;
import io.modelgate.Breaker.Change;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BreakerTest {

    private static final CircuitBreakerConfig COUNT =
            window(SlidingWindowType.COUNT_BASED).build();
    private static final CircuitBreakerConfig TIME =
            window(SlidingWindowType.TIME_BASED).build();

    private static CircuitBreakerConfig.Builder window(SlidingWindowType type) {
        return CircuitBreakerConfig.custom().slidingWindow(10, 4, type).waitDurationInOpenState(Duration.ofSeconds(1));
    }

    @Test
    void defaultsOpenAtTheTenthCallOfAVersionWithOneCallAMinute() {
        BreakerRig rig = new BreakerRig(Breaker.defaults());
        for (int call = 1; call <= 9; call++) {
            rig.fail(1);
            assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);
            rig.now += 60 * BreakerRig.SECOND;
        }

        rig.fail(1);

        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.OPEN);
        assertThat(rig.admit()).isNull();
    }

    @Test
    void defaultsOpenWhenHalfOfTheCallsFailAndNotBefore() {
        BreakerRig rig = new BreakerRig(Breaker.defaults());
        rig.succeed(6);
        rig.fail(5);
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);

        rig.fail(1);

        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.OPEN);
    }

    @Test
    void aSuccessThatReachesTheMinimumOpensAtThatVeryCall() {
        BreakerRig rig = new BreakerRig(Breaker.defaults());
        rig.fail(5);
        rig.succeed(4);
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);

        rig.succeed(1);

        assertThat(rig.breaker.current().state).isEqualTo(State.OPEN);
    }

    @Test
    void oldSuccessesThatLeaveATimeWindowOpenIt() {
        BreakerRig rig = new BreakerRig(TIME);
        rig.succeed(8);
        rig.now += 5 * BreakerRig.SECOND;
        rig.fail(3);
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);
        rig.now += 5 * BreakerRig.SECOND;
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);

        rig.succeed(1);

        assertThat(rig.breaker.current().state).isEqualTo(State.OPEN);
    }

    @Test
    void successesInACountWindowAreNeverBookedByTheirCall() {
        BreakerRig rig = new BreakerRig(COUNT);
        for (int call = 0; call < 10_000; call++) {
            rig.succeed(1);
            rig.now += BreakerRig.MILLI;
            if (call % 100 == 50) {
                rig.fail(1);
            }
        }

        assertThat(rig.booked).isZero();
        assertThat(rig.lazy).isEqualTo(10_000);
    }

    @Test
    void oneSuccessASecondIsBookedInATimeWindow() {
        BreakerRig rig = new BreakerRig(TIME);
        for (int call = 0; call < 10_000; call++) {
            rig.succeed(1);
            rig.now += BreakerRig.MILLI;
            if (call % 100 == 50) {
                rig.fail(1);
            }
        }

        assertThat(rig.booked).isEqualTo(10);
        assertThat(rig.lazy).isEqualTo(9_990);
    }

    @ParameterizedTest
    @EnumSource
    void lazySuccessesCountWhenFailuresCome(SlidingWindowType type) {
        BreakerRig rig = new BreakerRig(window(type).slidingWindowSize(20).build());
        rig.succeed(6);
        rig.fail(5);
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);

        rig.fail(1);

        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.OPEN);
    }

    @ParameterizedTest
    @EnumSource
    void aCountThatComesLateAndReachesTheMinimumIsSeenByTheNextCall(SlidingWindowType type) {
        for (boolean asked : new boolean[] {true, false}) {
            BreakerRig rig = new BreakerRig(window(type).slidingWindowSize(20).build());
            rig.succeed(1);
            int slot = rig.breaker.lazySlot(rig.admit(), rig.now, 0);
            rig.fail(2);
            assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);

            rig.counted.addAndGet(slot, 3); // threads that stood still; the first of them reaches the minimum

            if (asked) {
                assertThat(rig.breaker.state(rig.now)).isEqualTo(State.OPEN);
            } else {
                assertThat(rig.admit()).isNull();
            }
        }
    }

    @Test
    void aSlowSuccessIsOneThatTakesLongerThanTheThreshold() {
        CircuitBreakerConfig config = window(SlidingWindowType.COUNT_BASED)
                .slowCallDurationThreshold(Duration.ofMillis(5))
                .build();
        BreakerRig rig = new BreakerRig(config);
        Admission admission = rig.admit();

        assertThat(rig.breaker.lazySlot(admission, 0, 5 * BreakerRig.MILLI)).isNotNegative();
        assertThat(rig.breaker.lazySlot(admission, 0, 5 * BreakerRig.MILLI + 1)).isNegative();
    }

    @Test
    void everyTransitionIsToldInOrder() {
        BreakerRig rig = new BreakerRig(COUNT);
        rig.openAndWait(BreakerRig.SECOND);
        for (int trial = 0; trial < 10; trial++) {
            rig.succeed(1);
        }

        assertThat(rig.changes)
                .containsExactly(
                        new Change("credit-risk", "v1", State.CLOSED, State.OPEN),
                        new Change("credit-risk", "v1", State.OPEN, State.HALF_OPEN),
                        new Change("credit-risk", "v1", State.HALF_OPEN, State.CLOSED));
    }

    @Test
    void aListenerThatThrowsHurtsNeitherTheCallNorLaterChanges() {
        List<Change> told = new ArrayList<>();
        Breaker breaker = breaker(COUNT, change -> {
            told.add(change);
            throw new AssertionError("listener");
        });

        assertThatCode(() -> fail(breaker, 4, 0)).doesNotThrowAnyException();
        assertThatCode(() -> breaker.admit(2 * BreakerRig.SECOND)).doesNotThrowAnyException();

        assertThat(told).extracting(Change::to).containsExactly(State.OPEN, State.HALF_OPEN);
    }

    @Test
    void aListenerIsToldWithNoLockHeld() {
        List<Admission> admitted = new ArrayList<>();
        Breaker[] breaker = new Breaker[1];
        Executor ownThread = task -> new Thread(task).start();
        // The other thread would wait for the lock if it were held.
        breaker[0] = breaker(
                COUNT,
                change -> admitted.add(
                        CompletableFuture.supplyAsync(() -> breaker[0].admit(2 * BreakerRig.SECOND), ownThread)
                                .orTimeout(20, TimeUnit.SECONDS)
                                .join()));

        fail(breaker[0], 4, 0);

        // And the change that it made meanwhile is told as well.
        assertThat(admitted).hasSize(2).doesNotContainNull();
    }

    @Test
    void aPredicateThatThrowsRecordsAFailure() {
        CircuitBreakerConfig config = window(SlidingWindowType.COUNT_BASED)
                .ignoreException(error -> {
                    throw new StackOverflowError();
                })
                .build();
        Breaker breaker = breaker(config, change -> {});

        assertThatCode(() -> fail(breaker, 4, 0)).doesNotThrowAnyException();

        assertThat(breaker.state(0)).isEqualTo(State.OPEN);
    }

    @Test
    void aFailureWithoutAnErrorIsRecordedWhateverThePredicatesSay() {
        CircuitBreakerConfig config = window(SlidingWindowType.COUNT_BASED)
                .ignoreException(error -> true)
                .build();
        Breaker breaker = breaker(config, change -> {});

        for (int call = 0; call < 4; call++) {
            breaker.failure(breaker.current(), 0, 0, null);
        }

        assertThat(breaker.state(0)).isEqualTo(State.OPEN);
    }

    @Test
    void aWaitFunctionThatThrowsLeavesTheDefaultWait() {
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindow(10, 4, SlidingWindowType.COUNT_BASED)
                .waitIntervalFunctionInOpenState(opening -> {
                    throw new IllegalStateException("wait");
                })
                .build();
        BreakerRig rig = new BreakerRig(config);
        rig.fail(4);
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.OPEN);

        rig.now += 30 * BreakerRig.SECOND;
        assertThat(rig.admit()).isNull();
        rig.now++;
        assertThat(rig.admit()).isNotNull();
    }

    @Test
    void aWaitWithoutEndStaysOpen() {
        CircuitBreakerConfig config = CircuitBreakerConfig.custom()
                .slidingWindow(10, 4, SlidingWindowType.COUNT_BASED)
                .waitIntervalFunctionInOpenState(opening -> Long.MAX_VALUE)
                .build();
        BreakerRig rig = new BreakerRig(config, -1);
        rig.fail(4);

        rig.now += TimeUnit.DAYS.toNanos(20_000);

        assertThat(rig.admit()).isNull();
    }

    @Test
    void twentyThousandIdleBreakersMakeNothingOfResilience4j() {
        IntToLongFunction counted = slot -> 0;
        Consumer<Change> listener = change -> {};
        Ticker ticker = () -> 0;
        Breaker[] breakers = new Breaker[20_000];
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        for (int i = 0; i < breakers.length; i++) {
            breakers[i] = new Breaker("credit-risk", "v1", COUNT, ticker, counted, listener);
        }

        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / breakers.length)
                .as("bytes each")
                .isLessThan(200);
        assertThat(breakers).noneMatch(Breaker::started);
    }

    @Test
    void resilience4jsBreakerIsMadeAtTheFirstOpening() {
        BreakerRig rig = new BreakerRig(COUNT);
        rig.succeed(100);
        rig.fail(4);
        assertThat(rig.breaker.started()).isFalse();

        rig.fail(1);

        assertThat(rig.breaker.started()).isTrue();
    }

    @Test
    void theAnsweredPathAllocatesNothing() {
        BreakerRig rig = new BreakerRig(TIME);
        rig.succeed(20_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();

        rig.succeed(100_000);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
    }

    private static Breaker breaker(CircuitBreakerConfig config, Consumer<Change> listener) {
        return new Breaker("credit-risk", "v1", config, () -> 0, slot -> 0, listener);
    }

    private static void fail(Breaker breaker, int times, long now) {
        for (int i = 0; i < times; i++) {
            breaker.failure(breaker.current(), now, 0, new IOException("down"));
        }
    }
}
