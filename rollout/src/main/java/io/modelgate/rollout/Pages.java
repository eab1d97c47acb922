package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Limit;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the pages of a policy's guardrails, and splits α over them: by share, and by the processes, each of which may be wrong on its own.
 * Immutable.
 *
 * <p>Promotion's α is not split: it takes all required guardrails, and a bad candidate is not worse by one of them only if that one is
 * wrong.
 */
record Pages(
        RolloutPolicy policy,
        List<String> metricNames,
        List<double[]> metricRanges,
        Function<String, @Nullable GuardrailTest> tests) {

    Pages {
        metricNames = List.copyOf(metricNames);
        metricRanges = List.copyOf(metricRanges);
    }

    /** What checkpoints have to hold for these pages. */
    SavedCounts saved() {
        return new SavedCounts(latencies(Unit.CALL), latencies(Unit.CALLER));
    }

    private boolean latencies(Unit unit) {
        return policy.guardrails().stream()
                .anyMatch(each -> each.kind() == Guardrail.Kind.LATENCY && each.unit() == unit);
    }

    List<Page> open() {
        double shares =
                policy.guardrails().stream().mapToDouble(Guardrail::share).sum();
        return policy.guardrails().stream()
                .map(each -> page(each, policy.alpha() * each.share() / shares / policy.processes()))
                .toList();
    }

    private Page page(Guardrail guardrail, double alpha) {
        double promotion = policy.promotionAlpha();
        return switch (guardrail.kind()) {
            case RATE -> rate(guardrail, Objects.requireNonNull(guardrail.rate()), alpha, promotion);
            case LATENCY ->
                guardrail.limit() instanceof Limit.Bound bound
                        ? ShareLimitPage.slowerThan(guardrail, bound.value(), guardrail.quantile(), alpha, promotion)
                        : new LatencyPage(guardrail, alpha, promotion);
            case MEAN -> mean(guardrail, Objects.requireNonNull(guardrail.metric()), alpha, promotion);
            case SAMPLE_RATIO -> new SampleRatioPage(guardrail, alpha, promotion);
            case CUSTOM -> {
                GuardrailTest test = guardrail.test();
                yield new CustomPage(guardrail, test == null ? tests.apply(guardrail.name()) : test, alpha, promotion);
            }
        };
    }

    private static Page rate(Guardrail guardrail, Rate rate, double alpha, double promotion) {
        Limit limit = guardrail.limit();
        if (limit instanceof Limit.Bound bound) {
            return ShareLimitPage.of(guardrail, rate, bound.value(), alpha, promotion);
        }
        return limit instanceof Limit.Absolute absolute
                ? new RateMarginPage(guardrail, rate, absolute.points(), alpha, promotion)
                : new RatePage(guardrail, rate, ((Limit.Relative) limit).share(), alpha, promotion);
    }

    private Page mean(Guardrail guardrail, String metric, double alpha, double promotion) {
        int index = metricNames.indexOf(metric);
        return index < 0
                ? new NoDataPage(
                        guardrail,
                        "the gate has no metric or label \"" + metric + "\" in this process, only " + metricNames)
                : new MeanPage(guardrail, index, metricRanges.get(index), alpha, promotion);
    }
}
