package io.modelgate.simulator;

import io.modelgate.Metric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a simulated rollout, but for chance. Immutable.
 *
 * @param name what people call it
 * @param says one line about it
 * @param bad whether the candidate deserves to be rolled back
 * @param callers how many callers there are, each as busy as the next
 * @param start the time of day at the start
 * @param duration when the simulation ends if the rollout has not
 * @param traffic calls a second: one number, or one for each hour of the day in UTC
 * @param metrics the gate's metrics
 * @param attribute the attribute by whose values the callers are in groups; empty if they are in none
 * @param groups each group's share of the callers, together 1; empty if there are none
 * @param stable how stable answers at first
 * @param candidate how the candidate does
 * @param changes what becomes another, in the order of their time
 * @param missing when calls are made but not counted
 * @param labels what its answers turn out to be later
 * @param agreement how often the candidate's answer is stable's, 0 to 1; null if that is not said, and then nothing is compared
 * @param reference after how long stable's answers are frozen; null if they are not
 * @param other a second gate; null if there is none
 * @param setting what it sets up around its gate
 */
record Scenario(
        String name,
        String says,
        boolean bad,
        int callers,
        Instant start,
        @Nullable Duration duration,
        List<Double> traffic,
        List<Metric<Object>> metrics,
        String attribute,
        Map<String, Double> groups,
        Behaviour stable,
        Behaviour candidate,
        List<Change> changes,
        List<Missing> missing,
        List<Label> labels,
        @Nullable Double agreement,
        @Nullable Duration reference,
        @Nullable Beside other,
        Setting setting) {

    Scenario {
        traffic = List.copyOf(traffic);
        metrics = List.copyOf(metrics);
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups)); // draws are in this order
        changes = List.copyOf(changes);
        missing = List.copyOf(missing);
        labels = List.copyOf(labels);
    }

    /** The names of the metrics, and of the labels after them. */
    List<String> metricsAndLabels() {
        return Stream.concat(metrics.stream(), labels.stream().map(Label::truth))
                .<String>map(Metric::name)
                .toList();
    }

    /**
     * What an answer turns out to be. Immutable.
     *
     * @param truth its name and its range
     * @param after how long after the answer it comes, in nanoseconds
     */
    record Label(Metric<Object> truth, Spread after) {}

    /** The share of the callers that an exclusion group or a joint test leaves to each gate; 1 where there is none. */
    double share() {
        return other == null || other.share() == 0 ? 1 : other.share();
    }

    /** Whose calls are meant. */
    enum Who {
        STABLE,
        CANDIDATE,
        BOTH
    }

    /**
     * A change point. Immutable.
     *
     * @param atNanos how long after the start; or -1
     * @param atWeight from when the candidate has this share of the callers, 0 to 1; or -1
     * @param traffic the calls a second from then on; null leaves them
     * @param who the version that changes
     * @param shift what becomes another
     */
    record Change(long atNanos, double atWeight, @Nullable Double traffic, Who who, Behaviour.Shift shift) {

        /** One line about it, for the timeline. */
        String text() {
            List<String> parts = new ArrayList<>();
            if (traffic != null) {
                parts.add("traffic " + Quantity.plain(traffic) + " calls/s");
            }
            if (shift.missed() != null) {
                parts.add(whose() + "rates " + new TreeMap<>(shift.missed()));
            }
            if (shift.latency() != null) {
                parts.add(whose() + "latency, median "
                        + Quantity.round(shift.latency().middle() / 1e6) + " ms");
            }
            if (!shift.metrics().isEmpty()) {
                parts.add(whose() + "metrics");
            }
            if (shift.bad() != null) {
                parts.add(whose() + "bad answers " + Quantity.percent(shift.bad()));
            }
            if (!shift.groups().isEmpty()) {
                parts.add(whose() + "answers to " + new TreeSet<>(shift.groups().keySet()));
            }
            return String.join(", ", parts);
        }

        private String whose() {
            return who == Who.STABLE ? "stable's " : who == Who.CANDIDATE ? "the candidate's " : "both versions' ";
        }
    }

    /**
     * A time without data. Immutable.
     *
     * @param fromNanos its first moment after the start
     * @param toNanos the first moment after it
     * @param who whose calls are not counted
     */
    record Missing(long fromNanos, long toNanos, Who who) {

        boolean hides(Who whom, long nanos) {
            return nanos >= fromNanos && nanos < toNanos && (who == Who.BOTH || who == whom);
        }
    }
}
