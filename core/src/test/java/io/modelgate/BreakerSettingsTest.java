package io.modelgate;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.TransitionCheckResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BreakerSettingsTest {

    private static CircuitBreakerConfig.Builder custom() {
        return CircuitBreakerConfig.custom();
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                argumentSet(
                        "clock",
                        custom().clock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)),
                        "clock is FixedClock[1970-01-01T00:00:00Z,Z]; leave it out"),
                argumentSet(
                        "timestamps",
                        custom().currentTimestampFunction(Clock::millis, TimeUnit.MILLISECONDS),
                        "currentTimestampFunction is a function of its own; leave it out"),
                argumentSet(
                        "recordResult",
                        custom().recordResult("bad"::equals),
                        "recordResult is a predicate; use the gate's accept(...)"),
                argumentSet(
                        "transitionOnResult",
                        custom().transitionOnResult(any -> TransitionCheckResult.noTransition()),
                        "transitionOnResult is a function; use the gate's accept(...)"),
                argumentSet(
                        "initialState",
                        custom().initialState(State.FORCED_OPEN),
                        "initialState is FORCED_OPEN; leave it CLOSED: a kill"),
                argumentSet(
                        "lock-free time window",
                        custom().slidingWindow(
                                        10,
                                        10,
                                        SlidingWindowType.TIME_BASED,
                                        SlidingWindowSynchronizationStrategy.LOCK_FREE),
                        "slidingWindowSynchronizationStrategy is LOCK_FREE with a TIME_BASED window; use SYNCHRONIZED"),
                argumentSet(
                        "automatic transition",
                        custom().enableAutomaticTransitionFromOpenToHalfOpen(),
                        "automaticTransitionFromOpenToHalfOpen is true; leave it off"),
                argumentSet(
                        "no wait",
                        custom().waitIntervalFunctionInOpenState(null),
                        "waitIntervalFunctionInOpenState is null; name one"));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void aSettingThatBreaksAPromiseIsRefusedWithTheFix(CircuitBreakerConfig.Builder builder, String message) {
        assertThatThrownBy(() -> Breaker.check("credit-risk", builder.build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("gate \"credit-risk\": breaker setting " + message);
    }

    @Test
    void everyOtherSettingIsResilience4jsOwn() {
        CircuitBreakerConfig config = custom().slidingWindow(
                        20, 5, SlidingWindowType.COUNT_BASED, SlidingWindowSynchronizationStrategy.LOCK_FREE)
                .maxWaitDurationInHalfOpenState(Duration.ofSeconds(5))
                .transitionToStateAfterWaitDuration(State.CLOSED)
                .ignoreExceptions(IllegalStateException.class)
                .recordException(error -> true)
                .slowCallDurationThreshold(Duration.ofMillis(1))
                .slowCallRateThreshold(1)
                .writableStackTraceEnabled(false)
                .build();

        assertThatCode(() -> Breaker.check("credit-risk", config)).doesNotThrowAnyException();
        assertThatCode(() -> Breaker.check("credit-risk", CircuitBreakerConfig.ofDefaults()))
                .doesNotThrowAnyException();
        assertThatCode(() -> Breaker.check("credit-risk", Breaker.defaults())).doesNotThrowAnyException();
    }
}
