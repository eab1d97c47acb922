package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Runaway;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one gate, checked. Times are in nanoseconds, {@link Long#MAX_VALUE} for none.
 *
 * @param answer what its versions give the gate, where the method that is gated says so; or else any object
 */
record GateConfig<I, O>(
        String name,
        String stable,
        List<VersionBuilder<I, O>> versions,
        Set<String> attributes,
        CircuitBreakerConfig breaker,
        @Nullable RateLimiterConfig rateLimit,
        int maxConcurrent,
        long modelTimeoutNanos,
        long deadlineNanos,
        @Nullable Function<? super O, Verdict> accept,
        @Nullable Router router,
        @Nullable Fallback<I, O> fallback,
        List<Budget> budgets,
        List<Runaway> runaways,
        @Nullable Tokens<I, O> tokens,
        boolean enforceTimeouts,
        boolean cutInFlightOnKill,
        boolean latencyHistogram,
        boolean startWithoutStable,
        List<Metric<O>> metrics,
        List<Label> labels,
        Class<?> answer) {

    /** The settings under which a version's twin is asked: those of the gate, with admission of its own. */
    GateConfig<I, O> ofTwin(
            VersionBuilder<I, O> version,
            @Nullable RateLimiterConfig ownRate,
            int ownConcurrent,
            List<Budget> ownBudgets) {
        return new GateConfig<>(
                name,
                version.id(),
                List.of(version),
                Set.of(),
                breaker,
                ownRate,
                ownConcurrent,
                modelTimeoutNanos,
                deadlineNanos,
                accept,
                null,
                null,
                ownBudgets,
                List.of(),
                ownBudgets.isEmpty() ? null : tokens,
                enforceTimeouts,
                cutInFlightOnKill,
                false,
                startWithoutStable,
                List.of(),
                List.of(),
                answer);
    }
}
