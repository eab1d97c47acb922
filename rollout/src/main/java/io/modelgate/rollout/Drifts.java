package io.modelgate.rollout;

import io.modelgate.Actor;
import io.modelgate.Bins;
import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Freezes how stable's answers are, and watches that they stay so. It reports, and does nothing else: whether a drift is the model's or
 * the world's is for a person to tell. Thread-safe.
 */
final class Drifts {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** With fewer its own sampling error is about as large as any margin. */
    static final long LEAST = 1_000;

    private final Gates gates;
    private final RolloutEvents events;
    private final Map<String, DriftWatch> watches = new HashMap<>();
    private final Map<String, StableTally<?>> counting = new HashMap<>();
    private boolean closed;

    Drifts(Gates gates, RolloutEvents events) {
        this.gates = gates;
        this.events = events;
    }

    /** Begins to count what a reference will be made of; if it counts already, goes on. */
    synchronized void count(ModelGate<?, ?> gate) {
        Routings.of(gate);
        if (closed || gates.closed()) {
            throw new IllegalStateException("these Gates are closed: nothing can be counted");
        }
        String stable = stable(gate);
        StableTally<?> known = counting.get(gate.name());
        if (known == null || !known.version().equals(stable)) {
            stop(known);
            counting.put(gate.name(), StableTally.of(gate, stable));
        }
    }

    private static String stable(ModelGate<?, ?> gate) {
        return gate.describe()
                .stable()
                .orElseThrow(() -> new IllegalStateException("gate \"" + gate.name() + "\" has no stable version"));
    }

    Receipt freeze(ModelGate<?, ?> gate, Drift drift, Actor actor, String reason) {
        String id = "drift-reference." + UUID.randomUUID();
        Entry entry = new Conditional(gates)
                .make(
                        gate,
                        () -> gates.decision(
                                id, EntryTypes.DRIFT_REFERENCE, gate.name(), actor, reason, reference(gate, drift)));
        synchronized (this) {
            stop(counting.remove(gate.name()));
        }
        return gates.append(entry.decision());
    }

    private synchronized Map<String, Object> reference(ModelGate<?, ?> gate, Drift drift) {
        Routings.of(gate);
        String stable = stable(gate);
        StableTally<?> tally = counting.get(gate.name());
        String picks = picks(Routings.of(gate));
        if (picks != null) {
            throw new IllegalStateException("the reference of version \"" + stable + "\" on gate \"" + gate.name()
                    + "\" would not be of all its callers: " + picks + "; freeze it once that is over");
        }
        boolean current = tally != null && tally.version().equals(stable);
        List<Reference.Frozen> frozen = new ArrayList<>();
        for (String name : drift.metrics()) {
            int metric = number(gate, name);
            Bins bins = tally == null || !current ? Bins.NONE : tally.bins(metric);
            if (bins.count() < LEAST) {
                throw new IllegalStateException(
                        "the reference of \"" + name + "\" of version \"" + stable + "\" on gate \""
                                + gate.name() + "\" would be made of " + bins.count()
                                + " callers' answers here: expected " + LEAST
                                + " or more, 10,000 for good measure; call countReference ahead, and wait for them");
            }
            Metric<?> of = gate.metrics().get(metric);
            frozen.add(new Reference.Frozen(name, of.least(), of.most(), bins));
        }
        return Reference.data(stable, drift, frozen);
    }

    private static int number(ModelGate<?, ?> gate, String metric) {
        List<String> names = gate.metrics().stream().<String>map(Metric::name).toList();
        if (!names.contains(metric)) {
            throw new IllegalArgumentException(
                    "metric is \"" + metric + "\", which gate \"" + gate.name() + "\" does not have; it has " + names);
        }
        return names.indexOf(metric);
    }

    /** Looks once at every gate, and tells of what has drifted. */
    void tick() {
        List<RolloutEvent.Drifted> due = new ArrayList<>();
        synchronized (this) {
            for (ModelGate<?, ?> gate : gates.gates()) {
                if (closed || gates.closed()) {
                    return;
                }
                try {
                    look(gate, due);
                } catch (RuntimeException e) {
                    LOG.warn("gate \"{}\": the look at its reference failed, and is tried again", gate.name(), e);
                }
            }
        }
        for (RolloutEvent.Drifted each : due) {
            LOG.warn("gate \"{}\": {}", each.gate(), each.reason());
            events.publish(each);
        }
    }

    private void look(ModelGate<?, ?> gate, List<RolloutEvent.Drifted> due) {
        if (!(gate.routing().orElse(null) instanceof CohortRouting routing)) {
            return;
        }
        String picks = picks(routing);
        StableTally<?> counted = counting.get(gate.name());
        if (picks != null && counted != null) {
            counted.clear(); // a reference is to be of all callers
        }
        Reference reference = routing.memory().reference();
        DriftWatch known = watches.get(gate.name());
        if (reference == null || !gate.describe().stable().equals(Optional.of(reference.version()))) {
            stop(known);
            watches.remove(gate.name());
            return;
        }
        long now = gates.ticker().read();
        DriftWatch watch = known;
        if (watch == null || !watch.of(reference)) {
            stop(known);
            watch = new DriftWatch(gate, reference, now, gates.now());
            watches.put(gate.name(), watch);
            if (!watch.missing().isEmpty()) {
                LOG.warn(
                        "gate \"{}\": its reference has metrics that this process lacks, or reads in another range: {}",
                        gate.name(),
                        watch.missing());
            }
        }
        String suspended = watch.suspended();
        for (DriftWatch.Report each : watch.look(now, gates.now(), picks)) {
            due.add(drifted(gate.name(), reference, each));
        }
        if (suspended == null && watch.suspended() != null) {
            LOG.info("gate \"{}\": stable is not compared with its reference: {}", gate.name(), watch.suspended());
        }
    }

    private static @Nullable String picks(CohortRouting routing) {
        RolloutStart start = routing.running();
        return start == null || !routing.picks()
                ? null
                : "rollout " + start.id() + " picks callers by lists or segments, so that stable's are others";
    }

    private RolloutEvent.Drifted drifted(String gate, Reference reference, DriftWatch.Report report) {
        String text =
                "stable \"" + reference.version() + "\" has drifted: the distribution of " + report.metric() + " is "
                        + Figures.three(report.distance().low()) + " to "
                        + Figures.three(report.distance().high())
                        + " from that of its reference, at most "
                        + Figures.three(report.distance().limit()) + " allowed";
        return new RolloutEvent.Drifted(
                new RolloutEvent.About(gate, "", "", gates.now(), Decided.AUTOMATION.name(), text),
                reference.version(),
                report.metric(),
                report.distance(),
                report.escalated());
    }

    synchronized List<DriftStatus> status(ModelGate<?, ?> gate) {
        Routings.of(gate);
        DriftWatch watch = watches.get(gate.name());
        return watch == null ? List.of() : watch.status();
    }

    synchronized void close() {
        closed = true;
        watches.values().forEach(DriftWatch::close);
        counting.values().forEach(StableTally::close);
        watches.clear();
        counting.clear();
    }

    private static void stop(@Nullable StableTally<?> tally) {
        if (tally != null) {
            tally.close();
        }
    }

    private static void stop(@Nullable DriftWatch watch) {
        if (watch != null) {
            watch.close();
        }
    }
}
