package io.modelgate.spring;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.modelgate.GateBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Makes resilience4j's configurations of properties. */
final class LimitSettings {

    private static final CircuitBreakerConfig DEFAULTS = GateBuilder.breakerDefaults();

    private static final int LONGEST_WINDOW = 86_400;

    private LimitSettings() {}

    /**
     * The breaker that properties say.
     *
     * @param at what stands before their names
     * @throws PropertyMistakes.Refusal with every value that cannot be
     */
    static CircuitBreakerConfig breaker(String at, ModelGateProperties.Breaker settings) {
        CircuitBreakerConfig.Builder builder = CircuitBreakerConfig.custom()
                .failureRateThreshold(DEFAULTS.getFailureRateThreshold())
                .permittedNumberOfCallsInHalfOpenState(DEFAULTS.getPermittedNumberOfCallsInHalfOpenState());
        PropertyMistakes mistakes = new PropertyMistakes();
        mistakes.set(at + "failure-rate-threshold", settings.failureRateThreshold(), builder::failureRateThreshold);
        mistakes.set(at + "slow-call-rate-threshold", settings.slowCallRateThreshold(), builder::slowCallRateThreshold);
        mistakes.set(at + "slow-call-duration", settings.slowCallDuration(), builder::slowCallDurationThreshold);
        if (settings.waitInOpen() == null) { // once: a second is refused
            builder.waitIntervalFunctionInOpenState(DEFAULTS.getWaitIntervalFunctionInOpenState());
        }
        mistakes.set(at + "wait-in-open", settings.waitInOpen(), builder::waitDurationInOpenState);
        mistakes.set(
                at + "calls-in-half-open", settings.callsInHalfOpen(), builder::permittedNumberOfCallsInHalfOpenState);
        mistakes.set(
                at + "max-wait-in-half-open", settings.maxWaitInHalfOpen(), builder::maxWaitDurationInHalfOpenState);
        window(at, settings, builder, mistakes);
        mistakes.refuse();
        return builder.build();
    }

    private static void window(
            String at,
            ModelGateProperties.Breaker settings,
            CircuitBreakerConfig.Builder builder,
            PropertyMistakes mistakes) {
        Duration time = settings.windowTime();
        Integer calls = settings.windowCalls();
        Integer minimum = settings.minimumCalls();
        if (minimum != null && minimum < 1) {
            mistakes.add(at + "minimum-calls", "expected 1 or more");
            return;
        }
        if (time != null) {
            if (calls != null) {
                mistakes.add(at + "window-time", "window-calls is set too; keep one of them");
            } else if (time.toNanosPart() != 0 || time.toSeconds() < 1 || time.toSeconds() > LONGEST_WINDOW) {
                mistakes.add(at + "window-time", "expected whole seconds, 1s to 1d");
            } else {
                builder.slidingWindow(
                        (int) time.toSeconds(),
                        orElse(minimum, DEFAULTS.getMinimumNumberOfCalls()),
                        SlidingWindowType.TIME_BASED);
            }
            return;
        }
        int size = orElse(calls, DEFAULTS.getSlidingWindowSize());
        if (size < 1) {
            mistakes.add(at + "window-calls", "expected 1 or more");
        } else if (minimum != null && minimum > size) { // resilience4j would lower it without a word
            mistakes.add(
                    at + "minimum-calls",
                    "the window has only " + size + " calls, so that there are never that many; lower it, or raise "
                            + at + "window-calls");
        } else {
            builder.slidingWindow(
                    size,
                    minimum == null ? Math.min(size, DEFAULTS.getMinimumNumberOfCalls()) : minimum,
                    SlidingWindowType.COUNT_BASED);
        }
    }

    private static int orElse(@Nullable Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    /**
     * The rate limit that properties say; it never waits.
     *
     * @param at what stands before their names
     * @throws PropertyMistakes.Refusal with every value that cannot be
     */
    static RateLimiterConfig rateLimit(String at, ModelGateProperties.RateLimit settings) {
        RateLimiterConfig.Builder builder = RateLimiterConfig.custom().timeoutDuration(Duration.ZERO);
        PropertyMistakes mistakes = new PropertyMistakes();
        if (settings.calls() == null) {
            mistakes.add(at + "calls", "is missing: say how many calls a period has");
        }
        if (settings.per() == null) {
            mistakes.add(at + "per", "is missing: say how long a period is, for instance 1s");
        }
        mistakes.set(at + "calls", settings.calls(), builder::limitForPeriod);
        mistakes.set(at + "per", settings.per(), builder::limitRefreshPeriod);
        mistakes.refuse();
        return builder.build();
    }
}
