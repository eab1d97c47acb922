package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Limit;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
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
                .flatMap(each ->
                        pages(each, policy.alpha() * each.share() / shares / policy.processes(), paid(each, shares)))
                .toList();
    }

    private String paid(Guardrail guardrail, double shares) {
        return "; α " + Figures.three(policy.alpha()) + " × " + Figures.three(guardrail.share()) + "/"
                + Figures.three(shares) + (policy.processes() == 1 ? "" : " × 1/" + policy.processes());
    }

    /** One page, or one for each group: then each has its part of the guardrail's α, since each may be wrong on its own. */
    private Stream<Page> pages(Guardrail guardrail, double alpha, String paid) {
        Groups by = guardrail.by();
        if (by == null || guardrail.kind() == Guardrail.Kind.GROUP_RATIO || unknown(guardrail)) {
            Page page = page(guardrail, alpha);
            page.paid = paid + " over " + (by == null ? 1 : by.groups().size()) + " groups";
            return Stream.of(page);
        }
        int groups = by.groups().size();
        return Group.of(by).stream().map(group -> {
            Page page = page(guardrail, alpha / groups);
            page.group = group;
            page.paid = paid + " × 1/" + groups;
            return page;
        });
    }

    private boolean unknown(Guardrail guardrail) {
        return guardrail.metric() != null && !metricNames.contains(guardrail.metric());
    }

    private Page page(Guardrail guardrail, double alpha) {
        double promotion = policy.promotionAlpha();
        return switch (guardrail.kind()) {
            case RATE -> rate(guardrail, Objects.requireNonNull(guardrail.rate()), alpha, promotion);
            case LATENCY ->
                guardrail.limit() instanceof Limit.Bound bound
                        ? ShareLimitPage.slowerThan(guardrail, bound.value(), guardrail.quantile(), alpha, promotion)
                        : new LatencyPage(guardrail, alpha, promotion);
            case MEAN, GROUP_RATIO, DISTRIBUTION ->
                metric(guardrail, Objects.requireNonNull(guardrail.metric()), alpha, promotion);
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

    private Page metric(Guardrail guardrail, String metric, double alpha, double promotion) {
        int index = metricNames.indexOf(metric);
        if (index < 0) {
            return new NoDataPage(
                    guardrail,
                    "the gate has no metric or label \"" + metric + "\" in this process, only " + metricNames);
        }
        double[] range = metricRanges.get(index);
        Groups by = guardrail.by();
        return switch (guardrail.kind()) {
            case GROUP_RATIO ->
                by == null || range[0] < 0
                        ? new NoDataPage(guardrail, "it has no groups to compare, or their metric goes below 0")
                        : new GroupRatioPage(guardrail, by, index, range, alpha, promotion);
            case DISTRIBUTION -> new DistributionPage(guardrail, index, alpha, promotion);
            default -> new MeanPage(guardrail, index, range, alpha, promotion);
        };
    }
}
