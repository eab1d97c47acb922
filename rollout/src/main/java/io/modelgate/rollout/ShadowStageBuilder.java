package io.modelgate.rollout;

import io.modelgate.rollout.ShadowStage.Alike;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Configures a {@link ShadowStage}: {@link PolicyBuilder#shadow}. What is not set comes from the policy's stakes. Not thread-safe. */
public final class ShadowStageBuilder {

    private @Nullable Double sample;
    private @Nullable Duration leastTime;
    private @Nullable Long leastCalls;
    private @Nullable Double agreement;
    private @Nullable Alike alike;

    ShadowStageBuilder() {}

    /**
     * Sets the share of stable's answered calls that is mirrored. Default: 0.1.
     *
     * @param share above 0, at most 1
     * @throws IllegalArgumentException for another value
     */
    public ShadowStageBuilder sample(double share) {
        PolicyRules.require(ShadowRules.sample(share));
        sample = share;
        return this;
    }

    /**
     * Sets how long it takes at least. Default: as long as a step of the stakes.
     *
     * @throws IllegalArgumentException if it is not 1 second to 365 days
     */
    public ShadowStageBuilder atLeast(Duration time) {
        PolicyRules.require(PolicyRules.time("shadow.time", time, PolicyRules.SECOND));
        leastTime = time;
        return this;
    }

    /**
     * Sets how many calls at least must be compared, in one process. Default: as many as the callers of a step of the stakes.
     *
     * @param calls 1 to 100,000,000
     * @throws IllegalArgumentException for another number
     */
    public ShadowStageBuilder calls(long calls) {
        PolicyRules.require(PolicyRules.range("shadow.calls", calls, 1, PolicyRules.MOST_CALLERS));
        leastCalls = calls;
        return this;
    }

    /**
     * Sets the share of compared calls, each caller's first, that must be shown to agree. Default: 0.95.
     *
     * @param share at least 0.01, below 1
     * @throws IllegalArgumentException for another value
     */
    public ShadowStageBuilder agreement(double share) {
        PolicyRules.require(ShadowRules.agreement(share));
        agreement = share;
        return this;
    }

    /**
     * Has answers agree where a metric of the gate reads nearly the same. Default: where they are equal.
     *
     * @param tolerance how far apart at most, in the metric's units, 0 or more
     * @throws IllegalArgumentException for another tolerance, or if it was said already when answers agree
     */
    public ShadowStageBuilder within(String metric, double tolerance) {
        PolicyRules.require(ShadowRules.within(tolerance));
        return alike(new Alike.Within(metric, tolerance));
    }

    /**
     * Has answers agree where a function of this name says so, which each process gives: {@link ShadowBuilder#alike}.
     *
     * @param name 1 to 100 characters, none of them a control character
     * @throws IllegalArgumentException for another name, or if it was said already when answers agree
     */
    public ShadowStageBuilder by(String name) {
        PolicyRules.require(ShadowRules.by(name));
        return alike(new Alike.By(name));
    }

    private ShadowStageBuilder alike(Alike said) {
        if (alike != null) {
            throw new IllegalArgumentException("shadow says twice when answers agree: keep one of metric and by");
        }
        alike = said;
        return this;
    }

    ShadowStage stage(ShadowStage defaults) {
        return new ShadowStage(
                sample == null ? defaults.sample() : sample,
                leastTime == null ? defaults.leastTime() : leastTime,
                leastCalls == null ? defaults.leastCalls() : leastCalls,
                agreement == null ? defaults.agreement() : agreement,
                alike == null ? defaults.alike() : alike);
    }
}
