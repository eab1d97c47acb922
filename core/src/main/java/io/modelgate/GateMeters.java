package io.modelgate;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * Publishes the counters of one gate. All meters are functions over counters that the gate keeps anyway, read when they are scraped.
 * Tags hold names of gates, versions, rungs and causes: each a small closed set.
 */
final class GateMeters {

    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999};

    private final MeterRegistry registry;
    private final ModelGate<?, ?> gate;
    private final Tags tags;
    private final Queue<Meter> registered = new ConcurrentLinkedQueue<>();

    GateMeters(MeterRegistry registry, ModelGate<?, ?> gate) {
        this.registry = registry;
        this.gate = gate;
        tags = Tags.of("gate", gate.name());
        safely(this::bindGate);
    }

    /** A registry that throws, or a filter in it, is not the caller's trouble: some of these run when a call ends in a new way. */
    private void safely(Runnable registration) {
        try {
            registration.run();
        } catch (Exception e) {
            gate.gates().warnings().threw("the meter registry", e);
        }
    }

    private void keep(Meter meter) {
        registered.add(meter);
    }

    /** Takes the meters out of the registry, so that gates opened after these can publish theirs. */
    void close() {
        registered.forEach(registry::remove);
        registered.clear();
    }

    private void bindGate() {
        keep(Gauge.builder("modelgate.killed", gate, g -> g.live() ? 0 : 1)
                .description("1 while the switch of the gate or the fleet is engaged for any caller")
                .tags(tags.and("version", "all"))
                .register(registry));
        Limits limits = gate.limits();
        if (limits != null) {
            keep(Gauge.builder("modelgate.concurrent", limits, Limits::running)
                    .description("model invocations running under the gate's concurrency bound")
                    .tags(tags)
                    .register(registry));
        }
    }

    /** Publishes what one version counts. */
    void bind(RegisteredVersion<?, ?> version) {
        safely(() -> bindVersion(version));
    }

    private void bindVersion(RegisteredVersion<?, ?> version) {
        Tags versioned = tags.and("version", version.id);
        VersionCounts counts = version.counts;
        keep(Gauge.builder(
                        "modelgate.killed", gate, g -> g.killSwitch(version.id).on() ? 0 : 1)
                .description("1 while the version's switch, the gate's or the fleet's is engaged for any caller")
                .tags(versioned)
                .register(registry));
        keep(Gauge.builder(
                        "modelgate.breaker.state",
                        version,
                        v -> v.breaker.state(gate.ticker().read()).getOrder())
                .description("0 closed, 1 open, 2 half-open")
                .tags(versioned)
                .register(registry));
        keep(Gauge.builder("modelgate.in.flight", counts, VersionCounts::inFlight)
                .description("model invocations that are running")
                .tags(versioned)
                .register(registry));
        keep(Gauge.builder("modelgate.overdue", version.overdue, LongAdder::sum)
                .description("models that still run although their calls have ended without them")
                .tags(versioned)
                .register(registry));
        keep(FunctionCounter.builder("modelgate.calls", counts, c -> c.answers() - c.answersAsRung())
                .description("finished calls by the version routed to, the rung that answered and the cause")
                .tags(versioned.and("rung", "none", "cause", "none"))
                .register(registry));
        for (Cause cause : Cause.values()) {
            if (cause.failure()) {
                keep(FunctionCounter.builder("modelgate.failures", counts, c -> c.failures(cause))
                        .description("model invocations without a usable answer")
                        .tags(versioned.and("cause", tag(cause)))
                        .register(registry));
            }
        }
        LatencyHistogram latency = version.latency;
        if (latency == null) {
            keep(FunctionTimer.builder(
                            "modelgate.latency",
                            counts,
                            VersionCounts::ended,
                            VersionCounts::nanos,
                            TimeUnit.NANOSECONDS)
                    .description("duration of model invocations")
                    .tags(versioned)
                    .register(registry));
        } else {
            keep(FunctionTimer.builder(
                            "modelgate.latency",
                            latency,
                            LatencyHistogram::count,
                            LatencyHistogram::totalNanos,
                            TimeUnit.NANOSECONDS)
                    .description("duration of model invocations")
                    .tags(versioned)
                    .register(registry));
            for (double quantile : QUANTILES) {
                keep(Gauge.builder("modelgate.latency.quantile", latency, l -> l.quantile(quantile) / 1e9)
                        .description("quantile of the duration of model invocations since the start")
                        .baseUnit("seconds")
                        .tags(versioned.and("quantile", String.valueOf(quantile)))
                        .register(registry));
            }
        }
    }

    /** Publishes a way in which calls ended that no call had ended in before. */
    void bind(OutcomeCounts.Key key, LongAdder count) {
        safely(() -> bindOutcome(key, count));
    }

    private void bindOutcome(OutcomeCounts.Key key, LongAdder count) {
        String routed = key.routed();
        keep(FunctionCounter.builder("modelgate.calls", count, LongAdder::sum)
                .description("finished calls by the version routed to, the rung that answered and the cause")
                .tags(tags.and(
                        "version", routed == null ? "none" : routed, "rung", key.rung(), "cause", tag(key.cause())))
                .register(registry));
    }

    /** Publishes a way in which feedback went that none had gone before. */
    void bind(FeedbackCounts.Key key, FeedbackCounts.Count count) {
        safely(() -> bindFeedback(key, count));
    }

    private void bindFeedback(FeedbackCounts.Key key, FeedbackCounts.Count count) {
        Tags labelled = tags.and("version", key.version(), "label", key.label());
        String result = key.result().name().toLowerCase(Locale.ROOT);
        keep(FunctionCounter.builder("modelgate.feedback", count.times(), LongAdder::sum)
                .description("labels that were given, by the version that had answered and what became of them")
                .tags(labelled.and("result", result))
                .register(registry));
        if (key.result() == Feedback.JOINED) {
            keep(Gauge.builder("modelgate.feedback.sum", count.sum(), DoubleAdder::sum)
                    .description("sum of the values of the labels that joined")
                    .tags(labelled)
                    .register(registry));
        }
    }

    private static String tag(Cause cause) {
        return cause.name().toLowerCase(Locale.ROOT);
    }
}
