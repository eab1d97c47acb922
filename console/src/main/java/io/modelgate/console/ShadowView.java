package io.modelgate.console;

import io.modelgate.Cause;
import io.modelgate.rollout.ShadowReport;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a rollout's shadow came to as the API shows it: numbers and digests, never what was asked or answered, kept or not. */
record ShadowView(
        boolean running,
        long sampled,
        long dropped,
        long uncompared,
        List<Count> refused,
        List<Count> failed,
        long compared,
        long agreed,
        long callers,
        long callersAgreed,
        double atLeast,
        double atMost,
        double needed,
        List<Difference> differences,
        List<Disagreement> worst) {

    record Count(String cause, long calls) {}

    record Difference(
            String of,
            long count,
            @Nullable Double mean,
            @Nullable Double p50,
            @Nullable Double p90,
            @Nullable Double p99,
            @Nullable Double most) {}

    record Disagreement(
            String at,
            @Nullable Double difference,
            @Nullable String failed,
            String input,
            String stable,
            @Nullable String shadow) {}

    static ShadowView of(ShadowReport report) {
        return new ShadowView(
                report.running(),
                report.sampled(),
                report.dropped(),
                report.uncompared(),
                counts(report.refused()),
                counts(report.failed()),
                report.compared(),
                report.agreed(),
                report.callers(),
                report.callersAgreed(),
                report.atLeast(),
                report.atMost(),
                report.needed(),
                report.differences().stream().map(ShadowView::difference).toList(),
                report.worst().stream().map(ShadowView::disagreement).toList());
    }

    private static List<Count> counts(Map<Cause, Long> by) {
        return by.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> new Count(each.getKey().name(), each.getValue()))
                .toList();
    }

    private static Difference difference(ShadowReport.Difference of) {
        return new Difference(
                of.of(),
                of.count(),
                finite(of.mean()),
                finite(of.p50()),
                finite(of.p90()),
                finite(of.p99()),
                finite(of.most()));
    }

    /** Answers may be numbers that JSON does not know. */
    private static @Nullable Double finite(double number) {
        return Double.isFinite(number) ? (Double) number : null;
    }

    private static Disagreement disagreement(ShadowReport.Disagreement of) {
        Cause failed = of.failed();
        return new Disagreement(
                of.at().toString(),
                of.difference(),
                failed == null ? null : failed.name(),
                of.input(),
                of.stable(),
                of.shadow());
    }
}
