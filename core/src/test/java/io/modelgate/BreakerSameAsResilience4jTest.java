package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.StateTransition;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.modelgate.Breaker.Admission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random histories, each lived by a breaker of ours and by a plain one of resilience4j under the same clock: after every step
 * both are in the same state and give the same answer to a call.
 *
 * <p>Calls overlap. Results of an earlier generation are kept from the plain breaker too (it would take them for trials), and its
 * timer for the half-open state is played by the test, on time.
 */
class BreakerSameAsResilience4jTest {

    private static final int HISTORIES = Boolean.getBoolean("soak") ? 200_000 : 3_000;
    private static final int STEPS = 300;

    @ParameterizedTest
    @EnumSource
    void everyStateAndEveryAnswerIsResilience4js(SlidingWindowType type) {
        Map<StateTransition, Integer> transitions = new EnumMap<>(StateTransition.class);
        int openedBySuccess = 0;
        int gaveUp = 0;
        long lazy = 0;
        long booked = 0;
        for (int seed = 0; seed < HISTORIES; seed++) {
            History history = new History(seed, type);
            history.run();
            history.transitions.forEach((transition, n) -> transitions.merge(transition, n, Integer::sum));
            openedBySuccess += history.openedBySuccess;
            gaveUp += history.gaveUp;
            lazy += history.rig.lazy;
            booked += history.rig.booked;
        }

        // The histories went where the two could differ.
        assertThat(transitions.get(StateTransition.CLOSED_TO_OPEN)).isGreaterThan(HISTORIES);
        assertThat(transitions.get(StateTransition.HALF_OPEN_TO_OPEN)).isGreaterThan(HISTORIES);
        assertThat(transitions.get(StateTransition.HALF_OPEN_TO_CLOSED)).isGreaterThan(HISTORIES / 2);
        assertThat(openedBySuccess).isGreaterThan(HISTORIES / 20);
        assertThat(gaveUp).isGreaterThan(HISTORIES / 20);
        assertThat(lazy).isGreaterThan(booked / 4);
    }

    /** Ours and the plain one's life under one seed. */
    private static final class History {
        private final int seed;
        private final SplittableRandom random;
        private final CircuitBreakerConfig config;
        private final long slow;
        private final long maxTrials;
        private final double failing;
        private final boolean watched;
        private final long start;
        private final BreakerRig rig;
        private final PlainClock clock = new PlainClock();
        private final CircuitBreaker plain;
        private final List<Call> inFlight = new ArrayList<>();
        private final Map<StateTransition, Integer> transitions = new EnumMap<>(StateTransition.class);
        private final StringBuilder told = new StringBuilder();
        private int generation;
        private long plainSince;
        private int openedBySuccess;
        private int gaveUp;

        private record Call(Admission admission, int generation) {}

        History(int seed, SlidingWindowType type) {
            this.seed = seed;
            random = new SplittableRandom(seed);
            config = config(type);
            slow = config.getSlowCallDurationThreshold().toNanos();
            maxTrials = config.getMaxWaitDurationInHalfOpenState().toNanos();
            failing = random.nextDouble();
            watched = random.nextBoolean();
            // Tickers start anywhere, and may overflow.
            start = random.nextInt(4) == 0
                    ? Long.MAX_VALUE - random.nextLong(5 * BreakerRig.SECOND)
                    : random.nextLong();
            rig = new BreakerRig(config, start);
            plain = CircuitBreaker.of(
                    "plain",
                    CircuitBreakerConfig.from(config)
                            .clock(clock)
                            .maxWaitDurationInHalfOpenState(Duration.ZERO)
                            .build());
            plain.getEventPublisher().onStateTransition(event -> {
                generation++;
                plainSince = clock.nanos;
                transitions.merge(event.getStateTransition(), 1, Integer::sum);
            });
        }

        private CircuitBreakerConfig config(SlidingWindowType type) {
            boolean time = type == SlidingWindowType.TIME_BASED;
            int size = time ? random.nextInt(1, 8) : random.nextInt(1, 25);
            CircuitBreakerConfig.Builder builder = CircuitBreakerConfig.custom()
                    .slidingWindowType(type)
                    .slidingWindowSize(size)
                    .minimumNumberOfCalls(random.nextInt(1, 15))
                    .failureRateThreshold(random.nextBoolean() ? random.nextInt(1, 101) : rate())
                    .slowCallRateThreshold(random.nextBoolean() ? 100 : rate())
                    .slowCallDurationThreshold(Duration.ofMillis(random.nextInt(1, 50)))
                    .permittedNumberOfCallsInHalfOpenState(random.nextInt(1, 8));
            int wait = random.nextInt(1, 3_000);
            if (random.nextBoolean()) {
                builder.waitDurationInOpenState(Duration.ofMillis(wait));
            } else {
                builder.waitIntervalFunctionInOpenState(opening -> (long) wait * Math.min(opening, 4));
            }
            if (random.nextInt(3) == 0) {
                builder.maxWaitDurationInHalfOpenState(Duration.ofMillis(random.nextInt(1, 2_000)))
                        .transitionToStateAfterWaitDuration(random.nextBoolean() ? State.OPEN : State.CLOSED);
            }
            switch (random.nextInt(4)) {
                case 0 -> builder.ignoreExceptions(IllegalStateException.class);
                case 1 ->
                    builder.ignoreException(IllegalStateException.class::isInstance)
                            .recordException(error -> !(error instanceof IllegalArgumentException));
                case 2 ->
                    builder.recordExceptions(IOException.class, IllegalStateException.class)
                            .ignoreExceptions(IllegalStateException.class)
                            .ignoreExceptionsPrecedenceEnabled(random.nextBoolean());
                default -> {}
            }
            return builder.build();
        }

        /** A rate that a window can have exactly, up to the rounding. */
        private float rate() {
            int calls = random.nextInt(1, 15);
            return random.nextInt(1, calls + 1) * 100.0f / calls;
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                told.setLength(0);
                State before = plain.getState();
                int what = random.nextInt(100);
                if (what < 15) {
                    pass();
                } else if (what < 55 || inFlight.isEmpty()) {
                    start(step);
                } else {
                    Call call = inFlight.remove(random.nextInt(inFlight.size()));
                    settle(call, before);
                }
                if (watched) {
                    compare(step, rig.breaker.state(rig.now), plain.getState());
                } else if (maxTrials == 0) {
                    // Without asking ours, which would bring it up to date.
                    compare(step, rig.breaker.current().state, plain.getState());
                }
            }
        }

        private void start(int step) {
            boolean permitted = plain.tryAcquirePermission();
            Admission admission = rig.admit();
            told.append("call");
            compare(step, admission != null, permitted);
            if (permitted) {
                inFlight.add(new Call(admission, generation));
            }
        }

        private void settle(Call call, State before) {
            boolean current = call.generation == generation;
            long took = random.nextInt(4) == 0 ? slow + random.nextInt(2) : 0;
            if (random.nextInt(20) == 0) {
                told.append("release");
                rig.breaker.release(call.admission);
                if (current) {
                    plain.releasePermission();
                }
            } else if (random.nextDouble() < failing) {
                Throwable error = switch (random.nextInt(5)) {
                    case 0 -> new IllegalStateException();
                    case 1 -> new IllegalArgumentException();
                    case 2 -> new CompletionException(new IllegalStateException());
                    case 3 -> new UncheckedIOException(new IOException());
                    default -> new IOException();
                };
                told.append(error).append(" after ").append(took);
                rig.fail(call.admission, took, error);
                if (current) {
                    plain.onError(took, TimeUnit.NANOSECONDS, error);
                }
            } else {
                told.append("success after ").append(took);
                rig.succeed(call.admission, took);
                if (current) {
                    plain.onSuccess(took, TimeUnit.NANOSECONDS);
                    if (took <= slow && before == State.CLOSED && plain.getState() == State.OPEN) {
                        openedBySuccess++;
                    }
                }
            }
        }

        private void pass() {
            long elapsed = rig.now - start;
            long step = switch (random.nextInt(6)) {
                case 0 -> BreakerRig.SECOND - Math.floorMod(elapsed, BreakerRig.SECOND);
                case 1 -> random.nextLong(12 * BreakerRig.SECOND);
                case 2 -> wait(random.nextInt(2));
                case 3 -> maxTrials;
                default -> random.nextLong(300 * BreakerRig.MILLI);
            };
            told.append("pass ").append(step);
            rig.now += step;
            long to = rig.now - start;
            if (maxTrials > 0 && plain.getState() == State.HALF_OPEN && to - plainSince >= maxTrials) {
                clock.nanos = plainSince + maxTrials;
                gaveUp++;
                if (config.getTransitionToStateAfterWaitDuration() == State.OPEN) {
                    plain.transitionToOpenState();
                } else {
                    plain.transitionToClosedState();
                }
            }
            clock.nanos = to;
        }

        private long wait(int more) {
            return config.getWaitIntervalFunctionInOpenState().apply(1) * BreakerRig.MILLI + more;
        }

        private void compare(int step, Object ours, Object theirs) {
            if (!ours.equals(theirs)) {
                assertThat(ours)
                        .as("seed %d, step %d (%s), %s", seed, step, told, config)
                        .isEqualTo(theirs);
            }
        }
    }

    private static final class PlainClock extends Clock {
        private long nanos;

        @Override
        public Instant instant() {
            return Instant.EPOCH.plusNanos(nanos);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
