package io.modelgate.simulator;

import io.modelgate.Cause;
import io.modelgate.Metric;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads how versions behave, for a scenario's metrics. Immutable. */
final class Versions {

    /** A killed candidate is an abort, not a rate. */
    private static final Set<Cause> NO_RATES = Set.of(Cause.KILLED, Cause.SESSION_KILLED);

    private static final List<String> CAUSES = Arrays.stream(Cause.values())
            .filter(cause -> !NO_RATES.contains(cause))
            .map(Enum::name)
            .toList();

    /** 20 ms, 60 ms at worst in 99 of 100. */
    private static final Spread LATENCY = Spread.lognormal(20e6, 60e6);

    private final List<Metric<Object>> metrics;
    private final List<Scenario.Label> labels;
    private final Set<String> groups;

    /** Of a gate with these metrics and labels, asked by callers of these groups. */
    Versions(List<Metric<Object>> metrics, List<Scenario.Label> labels, Set<String> groups) {
        this.metrics = List.copyOf(metrics);
        this.labels = List.copyOf(labels);
        this.groups = Set.copyOf(groups);
    }

    List<Metric<Object>> metrics() {
        return metrics;
    }

    List<Scenario.Label> labels() {
        return labels;
    }

    /** A version from the start; null answers everything. Metrics and labels that it does not name lie in the middle of their range. */
    Behaviour first(@Nullable YamlMap map) {
        Behaviour plain = new Behaviour(
                Map.of(),
                LATENCY,
                Collections.nCopies(metrics.size() + labels.size(), Spread.constant(0.5)),
                0,
                Map.of());
        return map == null
                ? plain
                : plain.shifted(shift(map.only("rates", "latency", "metrics", "labels", "badAnswers", "groups")));
    }

    Behaviour.Shift shift(YamlMap map) {
        return new Behaviour.Shift(
                map.has("rates") ? rates(map.map("rates")) : null,
                map.has("latency") ? time(map.map("latency"), "latency") : null,
                means(map),
                map.has("badAnswers") ? map.share("badAnswers") : null,
                map.has("groups") ? groups(map.map("groups")) : Map.of());
    }

    /** The number of the metric that a mapping names. */
    int metric(YamlMap map) {
        List<String> names = metrics.stream().<String>map(Metric::name).toList();
        if (names.isEmpty()) {
            throw map.bad("metric", "metric of a gate without metrics: add metrics, or remove it");
        }
        return names.indexOf(map.word("metric", names));
    }

    /** A bound of a metric, scaled to 0 at the metric's least and 1 at its most, which is what is meant where none is given. */
    double scaled(YamlMap map, int number, String bound) {
        Metric<Object> metric = metrics.get(number);
        if (!map.has(bound)) {
            return bound.equals("least") ? 0 : 1;
        }
        return (map.number(bound, metric.least(), metric.most()) - metric.least()) / (metric.most() - metric.least());
    }

    private Map<String, Behaviour.Shift> groups(YamlMap map) {
        map.only(groups.stream().sorted().toArray(String[]::new));
        Map<String, Behaviour.Shift> read = new HashMap<>();
        for (String group : map.keys()) {
            read.put(group, shift(map.map(group).only("rates", "latency", "metrics", "labels", "badAnswers")));
        }
        return read;
    }

    private static Map<Cause, Double> rates(YamlMap map) {
        map.only(CAUSES.toArray(String[]::new));
        Map<Cause, Double> rates = new EnumMap<>(Cause.class);
        double sum = 0;
        for (String cause : map.keys()) {
            double share = map.share(cause);
            rates.put(Cause.valueOf(cause), share);
            sum += share;
        }
        if (sum > 1) {
            throw map.bad("the rates sum up to " + Quantity.plain(sum) + ": expected at most 1");
        }
        return rates;
    }

    /** How a time is spread, by its median and its 99 % quantile or by quantiles. */
    static Spread time(YamlMap map, String what) {
        if (map.has("median")) {
            map.only("median", "p99");
            long median = map.nanos("median");
            long p99 = map.nanos("p99");
            if (median == 0 || p99 <= median) {
                throw map.bad("p99", "p99 is not above the median, or the median is 0: expected 0 < median < p99");
            }
            return Spread.lognormal((double) median, (double) p99);
        }
        List<String> known = List.of("p1", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "p99.9");
        map.only(known.toArray(String[]::new));
        List<String> given = known.stream().filter(map::has).toList();
        if (given.isEmpty()) {
            throw map.bad(what + " says nothing: expected median and p99, or quantiles like p50, p90 and p99.9");
        }
        double[] at = given.stream()
                .mapToDouble(q -> Double.parseDouble(q.substring(1)) / 100)
                .toArray();
        double[] values = given.stream().mapToDouble(map::nanos).toArray();
        for (int i = 0; i < values.length; i++) {
            if (values[i] <= (i == 0 ? 0 : values[i - 1] - 1)) {
                throw map.bad(
                        given.get(i), given.get(i) + " is 0 or below a lower quantile: expected quantiles that rise");
            }
        }
        return Spread.quantiles(at, values);
    }

    private Map<Integer, Spread> means(YamlMap map) {
        Map<Integer, Spread> means = new HashMap<>();
        if (map.has("metrics")) {
            means(map.map("metrics"), metrics, 0, means);
        }
        if (map.has("labels")) {
            List<Metric<Object>> truths =
                    labels.stream().map(Scenario.Label::truth).toList();
            means(map.map("labels"), truths, metrics.size(), means);
        }
        return means;
    }

    private static void means(YamlMap map, List<Metric<Object>> known, int first, Map<Integer, Spread> means) {
        List<String> names = known.stream().<String>map(Metric::name).toList();
        map.only(names.toArray(String[]::new));
        for (String name : map.keys()) {
            Metric<Object> metric = known.get(names.indexOf(name));
            int number = first + names.indexOf(name);
            YamlMap value = map.map(name).only("mean", "deviation");
            double range = metric.most() - metric.least();
            double mean = (value.number("mean", metric.least(), metric.most()) - metric.least()) / range;
            if (value.has("deviation")) {
                double deviation = value.number("deviation", 0, range) / range;
                means.put(number, deviation == 0 ? Spread.constant(mean) : Spread.normal(mean, deviation, 0, 1));
            } else {
                means.put(number, Spread.either(mean));
            }
        }
    }
}
