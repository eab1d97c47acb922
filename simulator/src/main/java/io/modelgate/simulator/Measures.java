package io.modelgate.simulator;

import io.modelgate.Metric;
import java.util.ArrayList;
import java.util.List;

/** Reads what a scenario's gate measures: metrics at once, labels later. */
final class Measures {

    private Measures() {}

    static List<Metric<Object>> metrics(YamlMap top) {
        if (!top.has("metrics")) {
            return List.of();
        }
        YamlMap metrics = top.map("metrics");
        List<Metric<Object>> read = new ArrayList<>();
        for (String name : metrics.keys()) {
            read.add(metric(metrics, name, metrics.map(name).only("least", "most")));
        }
        return read;
    }

    static List<Scenario.Label> labels(YamlMap top) {
        if (!top.has("labels")) {
            return List.of();
        }
        YamlMap labels = top.map("labels");
        List<Scenario.Label> read = new ArrayList<>();
        for (String name : labels.keys()) {
            if (top.has("metrics") && top.map("metrics").has(name)) {
                throw labels.bad(name, Quantity.quote(name) + " is a metric too: expected another name");
            }
            YamlMap label = labels.map(name).only("least", "most", "after");
            read.add(new Scenario.Label(metric(labels, name, label), Versions.time(label.map("after"), "after")));
        }
        return read;
    }

    private static Metric<Object> metric(YamlMap all, String name, YamlMap range) {
        double least = range.number("least", -1e12, 1e12);
        double most = range.number("most", -1e12, 1e12);
        try {
            return new Metric<>(name, least, most, answer -> Double.NaN);
        } catch (IllegalArgumentException e) {
            throw all.bad(name, String.valueOf(e.getMessage()));
        }
    }
}
