package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.modelgate.Breaker.Admission;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BreakerTrialsTest {

    private static final long WAIT = BreakerRig.SECOND;

    /** The common pool has one thread on a small machine. */
    private static final Executor OWN_THREAD = task -> new Thread(task).start();

    private static CircuitBreakerConfig.Builder threeTrials() {
        return CircuitBreakerConfig.custom()
                .slidingWindow(10, 4, SlidingWindowType.COUNT_BASED)
                .waitDurationInOpenState(Duration.ofSeconds(1))
                .permittedNumberOfCallsInHalfOpenState(3);
    }

    private static BreakerRig waited(CircuitBreakerConfig config) {
        BreakerRig rig = new BreakerRig(config);
        rig.openAndWait(WAIT);
        return rig;
    }

    @Test
    void theWaitIsOverStrictlyAfterItsEnd() {
        BreakerRig rig = waited(threeTrials().build());
        rig.now--;
        assertThat(rig.admit()).isNull();
        rig.now++;
        assertThat(rig.admit()).isNotNull();
    }

    @Test
    void lateSuccessesDoNotCloseAHalfOpenBreaker() {
        BreakerRig rig = new BreakerRig(threeTrials().build());
        List<Admission> late = List.of(rig.admit(), rig.admit(), rig.admit());
        rig.openAndWait(WAIT);
        Admission trial = rig.admit();

        late.forEach(call -> rig.succeed(call, 0));

        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.HALF_OPEN);
        rig.succeed(trial, 0);
        rig.succeed(2);
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);
    }

    @Test
    void lateFailuresDoNotReopenAHalfOpenBreaker() {
        BreakerRig rig = new BreakerRig(threeTrials().build());
        List<Admission> late = List.of(rig.admit(), rig.admit(), rig.admit());
        rig.openAndWait(WAIT);
        Admission trial = rig.admit();

        late.forEach(rig::fail);
        late.forEach(rig.breaker::release);

        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.HALF_OPEN);
        rig.succeed(trial, 0);
        rig.succeed(2);
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);
    }

    /** What the two tests above are about. */
    @Test
    void plainResilience4jClosesAndReopensOnLateResults() {
        for (boolean success : new boolean[] {true, false}) {
            CircuitBreaker plain = CircuitBreaker.of("plain", threeTrials().build());
            plain.transitionToOpenState();
            plain.transitionToHalfOpenState();
            plain.acquirePermission();

            for (int late = 0; late < 3; late++) {
                if (success) {
                    plain.onSuccess(0, TimeUnit.NANOSECONDS);
                } else {
                    plain.onError(0, TimeUnit.NANOSECONDS, new IOException());
                }
            }

            assertThat(plain.getState()).isEqualTo(success ? State.CLOSED : State.OPEN);
        }
    }

    @Test
    void resultsOfTrialsThatTookTooLongAreDropped() {
        BreakerRig rig = waited(threeTrials()
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(2))
                .transitionToStateAfterWaitDuration(State.OPEN)
                .build());
        List<Admission> late = List.of(rig.admit(), rig.admit(), rig.admit());
        rig.now += 2 * BreakerRig.SECOND;

        late.forEach(call -> rig.succeed(call, 0));

        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.OPEN);
    }

    @Test
    void theWaitAfterTrialsThatTookTooLongCountsFromWhenTheirTimeWasOver() {
        BreakerRig rig = waited(threeTrials()
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(2))
                .transitionToStateAfterWaitDuration(State.OPEN)
                .build());
        rig.admit();
        rig.now += 10 * BreakerRig.SECOND;

        assertThat(rig.admit()).as("the wait is long over").isNotNull();

        assertThat(rig.changes)
                .extracting(Breaker.Change::to)
                .containsExactly(State.OPEN, State.HALF_OPEN, State.OPEN, State.HALF_OPEN);
    }

    @Test
    void successesNotYetBookedAreDroppedWhenTheBreakerOpens() {
        CircuitBreakerConfig config =
                threeTrials().slidingWindow(2, 2, SlidingWindowType.COUNT_BASED).build();
        BreakerRig rig = new BreakerRig(config);
        Admission slow = rig.admit();
        int slot = rig.breaker.lazySlot(slow, rig.now, 0);
        rig.openAndWait(WAIT);
        rig.succeed(2);
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);

        rig.counted.incrementAndGet(slot); // a thread that stood still since before the breaker opened
        rig.fail(1);

        // One failure of two results would open it.
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.CLOSED);
        assertThat(rig.breaker.current().slot).isNotEqualTo(slot);
    }

    @Test
    void aTrialThatIsReleasedIsGivenToAnotherCall() {
        BreakerRig rig = waited(threeTrials().build());
        for (int i = 0; i < 100; i++) {
            Admission trial = rig.admit();
            assertThat(trial).isNotNull();
            rig.breaker.release(trial);
        }
        assertNumberOfTrials(rig, 3);
    }

    @Test
    void aTrialWhoseFailureIsIgnoredIsGivenToAnotherCall() {
        BreakerRig rig = new BreakerRig(
                threeTrials().ignoreExceptions(IllegalStateException.class).build());
        rig.openAndWait(WAIT);
        for (int i = 0; i < 100; i++) {
            rig.fail(rig.admit(), 0, new IllegalStateException());
        }
        assertNumberOfTrials(rig, 3);
    }

    @Test
    void aReleaseAfterARefusalIsSeenByTheNextCall() {
        BreakerRig rig = waited(threeTrials().build());
        Admission trial = rig.admit();
        assertNumberOfTrials(rig, 2);
        assertThat(rig.admit()).isNull();

        rig.breaker.release(trial);

        assertNumberOfTrials(rig, 1);
    }

    @Test
    void aTrialWhosePredicateThrowsIsAFailure() {
        BreakerRig rig = waited(threeTrials()
                .recordException(error -> {
                    throw new IllegalStateException("predicate");
                })
                .build());

        rig.fail(3);

        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.OPEN);
        rig.now += WAIT + 1;
        assertNumberOfTrials(rig, 3);
    }

    @Test
    void aReleaseOfAClosedCallChangesNothing() {
        BreakerRig rig = new BreakerRig(threeTrials().build());
        Admission call = rig.admit();
        rig.breaker.release(call);
        rig.openAndWait(WAIT);
        Admission trial = rig.admit();

        rig.breaker.release(call);

        assertThat(trial.generation).isNotEqualTo(call.generation);
        assertNumberOfTrials(rig, 2);
    }

    @Test
    void aBreakerWithoutATrialLeftRefusesWithoutTheLock() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        BreakerRig rig = waited(CircuitBreakerConfig.custom()
                .slidingWindow(10, 4, SlidingWindowType.COUNT_BASED)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitIntervalFunctionInOpenState(opening -> {
                    if (opening == 2) {
                        // Called under the lock, which the other thread keeps until this one has been refused.
                        inside.countDown();
                        awaitSafely(leave);
                    }
                    return 1_000L;
                })
                .build());
        Admission trial = rig.admit();
        assertThat(rig.admit()).isNull();

        CompletableFuture<Void> reopening = CompletableFuture.runAsync(() -> rig.fail(trial), OWN_THREAD);
        awaitSafely(inside);
        CompletableFuture<Admission> refused = CompletableFuture.supplyAsync(rig::admit, OWN_THREAD);

        assertThat(refused.orTimeout(20, TimeUnit.SECONDS).join()).isNull();
        leave.countDown();
        reopening.join();
        assertThat(rig.breaker.state(rig.now)).isEqualTo(State.OPEN);
    }

    private static void awaitSafely(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertNumberOfTrials(BreakerRig rig, int trials) {
        List<Admission> admitted = new ArrayList<>();
        for (Admission next = rig.admit(); next != null && admitted.size() <= trials; next = rig.admit()) {
            admitted.add(next);
        }
        assertThat(admitted).hasSize(trials);
    }
}
