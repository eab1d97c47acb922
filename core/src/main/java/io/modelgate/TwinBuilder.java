package io.modelgate;

import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.modelgate.budget.Budget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Configures a {@link Twin}. Handed to the function given to {@link ModelGate#twin}, and done when that returns. Not thread-safe. */
public final class TwinBuilder {

    static final int DEFAULT_CONCURRENT = 4;
    private static final int MOST_CONCURRENT = 10_000;

    int maxConcurrent = DEFAULT_CONCURRENT;

    @Nullable
    RateLimiterConfig rateLimit;

    final List<Budget> budgets = new ArrayList<>();

    TwinBuilder() {}

    /**
     * Bounds how many of its invocations run at once; what comes on top is refused as {@link Cause#FULL}. Default: 4.
     *
     * @param calls 1 to 10,000
     * @throws IllegalArgumentException if it is out of range
     */
    public TwinBuilder maxConcurrent(int calls) {
        if (calls < 1 || calls > MOST_CONCURRENT) {
            throw new IllegalArgumentException(
                    "maxConcurrent of a twin is " + calls + ": expected 1 to " + MOST_CONCURRENT);
        }
        maxConcurrent = calls;
        return this;
    }

    /**
     * Bounds how many of its invocations begin in a period; what comes on top is refused as {@link Cause#RATE_LIMITED}. Default: no bound.
     *
     * @throws IllegalArgumentException if its timeout is not zero: a twin waits for nothing either
     */
    public TwinBuilder rateLimit(RateLimiterConfig config) {
        Limits.check("twin", config);
        rateLimit = config;
        return this;
    }

    /** Adds ceilings on what it uses, beside those of the gate, which it does not touch. Needs the gate's {@link GateBuilder#tokens}. Default: none. */
    public TwinBuilder budget(Budget... ceilings) {
        budgets.addAll(List.of(ceilings));
        return this;
    }
}
