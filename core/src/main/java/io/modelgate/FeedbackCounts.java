package io.modelgate;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** Counts what became of the labels that a gate was given. Thread-safe. */
final class FeedbackCounts {

    /** The version of an id of which nobody knows it, or whose call no version answered. */
    static final String NONE = "none";

    /** One of the ways in which feedback went. */
    record Key(String version, String label, Feedback result) {}

    /** How often, and the sum of the values that joined. */
    record Count(LongAdder times, DoubleAdder sum) {}

    private final Map<Key, Count> counts = new ConcurrentHashMap<>();
    private final Consumer<Key> onNew;

    FeedbackCounts(Consumer<Key> onNew) {
        this.onNew = onNew;
    }

    void add(Key key, double value) {
        Count count = count(key);
        count.sum().add(value);
        count.times().increment();
    }

    Count count(Key key) {
        Count known = counts.get(key);
        if (known != null) {
            return known;
        }
        Count made = new Count(new LongAdder(), new DoubleAdder());
        Count raced = counts.putIfAbsent(key, made);
        if (raced == null) {
            onNew.accept(key);
        }
        return raced == null ? made : raced;
    }

    Map<Key, Count> all() {
        return counts;
    }

    FeedbackStats stats() {
        Map<Feedback, Long> came = new EnumMap<>(Feedback.class);
        Map<String, Map<String, FeedbackStats.Joined>> joined = new TreeMap<>();
        counts.forEach((key, count) -> {
            came.merge(key.result(), count.times().sum(), Long::sum);
            if (key.result() == Feedback.JOINED) {
                joined.computeIfAbsent(key.label(), label -> new TreeMap<>())
                        .put(
                                key.version(),
                                new FeedbackStats.Joined(
                                        count.times().sum(), count.sum().sum()));
            }
        });
        return new FeedbackStats(came, joined);
    }
}
