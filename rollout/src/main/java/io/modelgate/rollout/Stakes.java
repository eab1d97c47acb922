package io.modelgate.rollout;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much a bad version can hurt, and so how slowly it is rolled out: the defaults of a policy by name. What the policy says itself
 * overrides them. {@code docs/policies.md} has them all side by side.
 */
public enum Stakes {
    /** Hours: from 5 % on, doubled every half hour up to 50 %, and 6 hours of soak. */
    LOW("5 10 20 40 50", Duration.ofMinutes(30), 100, Duration.ofHours(6), 0.01, 0.05),

    /** Days: from 1 % on, doubled every 6 hours up to 50 %, and 3 days of soak. */
    MEDIUM("1 2 4 8 16 32 50", Duration.ofHours(6), 500, Duration.ofDays(3), 0.005, 0.05),

    /** Weeks: a shadow of a day, which cannot be left out, then from 0.5 % on, raised every day up to 50 %, and 2 weeks of soak. */
    HIGH("0.5 1 2 5 10 25 50", Duration.ofDays(1), 1_000, Duration.ofDays(14), 0.003, 0.01);

    /** The weights, in percent, blanks between. */
    private final String percents;

    final Duration leastTime;
    final long leastCallers;
    final Duration soak;
    final double promotionAlpha;

    /** How many more of the callers may miss the model's answer, as a share of all. */
    private final double margin;

    Stakes(
            String percents,
            Duration leastTime,
            long leastCallers,
            Duration soak,
            double margin,
            double promotionAlpha) {
        this.percents = percents;
        this.leastTime = leastTime;
        this.leastCallers = leastCallers;
        this.soak = soak;
        this.margin = margin;
        this.promotionAlpha = promotionAlpha;
    }

    List<Step> steps(Duration time, long callers) {
        return weights().map(weight -> new Step(weight, time, callers, false)).toList();
    }

    private Stream<Weight> weights() {
        return Stream.of(percents.split(" ", -1)).map(percent -> Weight.percent(Double.parseDouble(percent)));
    }

    /**
     * Errors by a relative margin, which finds a harmful candidate in few calls; everything that missed the model's answer by an
     * absolute one, which can be shown for promotion within the time that a rollout has; and the slow tail of the latency.
     */
    List<Guardrail> guardrails() {
        return List.of(
                Guardrail.rate(Rate.ERRORS).worseBy(0.2),
                Guardrail.rate(Rate.FALLBACK).worseByPoints(margin).requiredForPromotion(),
                Guardrail.latency(0.99).worseBy(0.5));
    }

    /** Whether a policy is refused that has no shadow stage. */
    boolean needsShadow() {
        return this == HIGH;
    }

    /** A shadow stage of which nothing else is said. */
    ShadowStage shadow() {
        return new ShadowStage(0.1, leastTime, leastCallers, 0.95, new ShadowStage.Alike.Equal());
    }

    /** How long promotion's evidence may stay inconclusive before a person is asked: as long as four steps take. */
    Inconclusive inconclusive() {
        return new Inconclusive(leastTime.multipliedBy(4), Inconclusive.Then.HOLD);
    }

    /** As long as all of the default steps take: nobody repairs a model faster than it would have been rolled out. */
    Duration holdDown() {
        return leastTime.multipliedBy(weights().count());
    }
}
