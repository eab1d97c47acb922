package io.modelgate.rollout;

import io.modelgate.Cause;
import io.modelgate.Identities;
import io.modelgate.Metric;
import io.modelgate.rollout.ShadowReport.Disagreement;
import io.modelgate.rollout.ShadowReport.Kept;
import io.modelgate.rollout.ShadowStage.Alike;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares a shadow's answers with those that callers got, and keeps what a person wants to see of it. Thread-safe: what is users' code runs
 * outside of its lock.
 */
final class ShadowBook<I, O> {

    static final int WORST = 50;

    /** The largest differences first; what has no number last, the latest of it first. */
    private static final Comparator<Disagreement> ORDER = Comparator.<Disagreement>comparingDouble(ShadowBook::far)
            .reversed()
            .thenComparing(Comparator.comparing(Disagreement::at).reversed());

    private final ShadowBuilder<I, O> settings;
    private final Identities identities;
    private final List<Metric<O>> metrics;
    private final BiPredicate<O, O> alike;
    private final @Nullable Metric<O> judged;
    private final DifferenceTally[] differences;
    private final DifferenceTally answers = new DifferenceTally("answer");
    private final List<Disagreement> worst = new ArrayList<>();
    private final Map<Cause, Long> refused = new EnumMap<>(Cause.class);
    private final Map<Cause, Long> failed = new EnumMap<>(Cause.class);
    private long compared;
    private long agreed;
    private long callers;
    private long callersAgreed;

    ShadowBook(Alike alike, ShadowBuilder<I, O> settings, Identities identities, List<Metric<O>> metrics) {
        this.settings = settings;
        this.identities = identities;
        this.metrics = metrics;
        judged = alike instanceof Alike.Within within ? metric(metrics, within) : null;
        this.alike = alike(alike, judged, settings);
        differences = metrics.stream()
                .map(metric -> new DifferenceTally(metric.name()))
                .toArray(DifferenceTally[]::new);
    }

    private static <O> Metric<O> metric(List<Metric<O>> metrics, Alike.Within within) {
        return metrics.stream()
                .filter(metric -> metric.name().equals(within.metric()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the gate has no metric \"" + within.metric() + "\""));
    }

    private static <O> BiPredicate<O, O> alike(Alike alike, @Nullable Metric<O> judged, ShadowBuilder<?, O> settings) {
        if (alike instanceof Alike.Within within && judged != null) {
            return (stable, shadow) -> {
                double one = judged.of().applyAsDouble(stable);
                double other = judged.of().applyAsDouble(shadow);
                return Double.isNaN(one) ? Double.isNaN(other) : Math.abs(other - one) <= within.tolerance();
            };
        }
        if (alike instanceof Alike.By by) {
            BiPredicate<? super O, ? super O> given = settings.alike.get(by.name());
            if (given == null) {
                throw new IllegalStateException("there is no function \"" + by.name() + "\" here");
            }
            return given::test;
        }
        return Object::equals;
    }

    /** The shadow answered too, to the first call of a caller or to another; whether the answers agree. */
    boolean answered(I input, boolean first, O stable, O shadow, Instant at) {
        boolean same = alike.test(stable, shadow);
        double[] distances = new double[metrics.size()];
        double largest = Double.NaN;
        for (int i = 0; i < distances.length; i++) {
            Metric<O> metric = metrics.get(i);
            distances[i] = metric.of().applyAsDouble(shadow) - metric.of().applyAsDouble(stable);
            double distance = Math.abs(distances[i]);
            double shown = judged == null ? distance / (metric.most() - metric.least()) : distance;
            if ((judged == null || judged.equals(metric)) && !(shown <= largest) && Double.isFinite(shown)) {
                largest = shown;
            }
        }
        double number = stable instanceof Number one && shadow instanceof Number other
                ? other.doubleValue() - one.doubleValue()
                : Double.NaN;
        if (distances.length == 0) {
            largest = Math.abs(number);
        }
        Disagreement disagreement = same ? null : disagreement(input, stable, shadow, at, largest, null);
        synchronized (this) {
            count(first, same);
            for (int i = 0; i < distances.length; i++) {
                differences[i].add(distances[i]);
            }
            answers.add(number);
            if (disagreement != null) {
                keep(disagreement);
            }
        }
        return same;
    }

    /** The shadow was asked, about the first call of a caller or another, and had no usable answer. */
    void failed(I input, boolean first, O stable, Cause cause, Instant at) {
        Disagreement disagreement = disagreement(input, stable, null, at, Double.NaN, cause);
        synchronized (this) {
            count(first, false);
            failed.merge(cause, 1L, Long::sum);
            keep(disagreement);
        }
    }

    /** Many calls of one caller are no more evidence than its first. */
    private void count(boolean first, boolean same) {
        compared++;
        agreed += same ? 1 : 0;
        callers += first ? 1 : 0;
        callersAgreed += first && same ? 1 : 0;
    }

    /** The shadow was not asked. */
    synchronized void refused(Cause cause) {
        refused.merge(cause, 1L, Long::sum);
    }

    private Disagreement disagreement(
            I input, O stable, @Nullable O shadow, Instant at, double difference, @Nullable Cause cause) {
        return new Disagreement(
                at,
                Double.isFinite(difference) ? difference : null,
                cause,
                digest(settings.inputs.apply(input)),
                digest(settings.answers.apply(stable)),
                shadow == null ? null : digest(settings.answers.apply(shadow)),
                settings.keepsInputs ? new Kept(input, stable, shadow) : null);
    }

    private static double far(Disagreement disagreement) {
        Double difference = disagreement.difference();
        return difference == null ? -1 : difference;
    }

    /** As decision records have it, so that one is found by the other; and never the hash under which the log mentions a caller of that name. */
    private String digest(String text) {
        return identities.digest(text.getBytes(StandardCharsets.UTF_8));
    }

    private void keep(Disagreement disagreement) {
        worst.add(disagreement);
        if (worst.size() > WORST) {
            worst.sort(ORDER);
            worst.remove(WORST);
        }
    }

    synchronized ShadowCounts counts() {
        return new ShadowCounts(compared, agreed, callers, callersAgreed);
    }

    /** The report, with counts of an earlier process. */
    synchronized ShadowReport report(
            RolloutRun.Plan plan, boolean running, long sampled, long dropped, long uncompared, Agreement agreement) {
        Interval bounds = agreement.bounds();
        return new ShadowReport(
                plan.id(),
                plan.candidate(),
                plan.baseline(),
                running,
                sampled,
                dropped,
                refused,
                failed,
                uncompared,
                agreement.counts().compared(),
                agreement.counts().agreed(),
                agreement.counts().callers(),
                agreement.counts().callersAgreed(),
                bounds.low(),
                bounds.high(),
                agreement.rules().agreement(),
                Stream.concat(Stream.of(differences), Stream.of(answers))
                        .filter(each -> !each.isEmpty())
                        .map(DifferenceTally::report)
                        .toList(),
                worst.stream().sorted(ORDER).toList());
    }
}
