package io.modelgate.rollout;

import io.modelgate.Bins;
import io.modelgate.Metric;
import io.modelgate.control.Entry;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How stable's answers were when a person froze them, as the log has it. Immutable.
 *
 * @param version the version that was stable
 * @param drift how far it may move away
 * @param metrics what was counted of each of its metrics, in their order
 * @param entry the entry that says so
 */
record Reference(String version, Drift drift, List<Frozen> metrics, Entry entry) {

    Reference {
        metrics = List.copyOf(metrics);
    }

    /**
     * One metric.
     *
     * @param least of its range then
     * @param most of its range then
     * @param bins how its values were spread
     */
    record Frozen(String name, double least, double most, Bins bins) {

        /** Whether it is the same metric: bins of another range say something else. */
        boolean of(Metric<?> metric) {
            return metric.name().equals(name) && metric.least() == least && metric.most() == most;
        }
    }

    static Map<String, Object> data(String version, Drift drift, List<Frozen> metrics) {
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.VERSION, version);
        data.put("points", PolicyText.decimal(drift.points()));
        data.put("alpha", PolicyText.decimal(drift.alpha()));
        data.put("escalation", drift.escalation().toString());
        data.put("processes", (long) drift.processes());
        data.put(
                "metrics",
                metrics.stream()
                        .map(each -> Map.of(
                                "name", each.name(),
                                "least", PolicyText.decimal(each.least()),
                                "most", PolicyText.decimal(each.most()),
                                "bins", Numbers.list(each.bins().counts())))
                        .toList());
        return data;
    }

    /** Reads an entry; null if a part of it is missing or malformed. */
    static @Nullable Reference of(Entry entry) {
        try {
            Saved saved = new Saved(entry.decision().data());
            Fields fields = new Fields(entry.decision().data());
            List<Frozen> metrics = new ArrayList<>();
            for (Object each : saved.list("metrics")) {
                Fields of = new Fields(each);
                metrics.add(new Frozen(
                        of.text("name"),
                        of.decimal("least"),
                        of.decimal("most"),
                        Bins.of(new Saved(each).counts("bins", Bins.COUNT))));
            }
            Drift drift = new Drift(
                    metrics.stream().map(Frozen::name).toList(),
                    fields.decimal("points"),
                    fields.decimal("alpha"),
                    fields.duration("escalation"),
                    fields.has("processes")
                            ? (int) Math.max(0, Math.min(fields.whole("processes"), Integer.MAX_VALUE))
                            : 1);
            return new Reference(fields.text(EntryTypes.VERSION), drift, metrics, entry);
        } catch (IllegalArgumentException | DateTimeException e) {
            return null;
        }
    }
}
