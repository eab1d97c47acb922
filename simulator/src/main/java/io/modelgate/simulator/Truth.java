package io.modelgate.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What the answers to one population turn out to be: labels on their way to the arm in which the call was answered, by when they come.
 * Not thread-safe.
 */
final class Truth {

    private static final long SECOND = 1_000_000_000L;

    private final List<Scenario.Label> labels;

    /** The number of the first label among what is measured. */
    private final int first;

    private final Draws draws;
    private final TreeMap<Long, List<Label>> coming = new TreeMap<>();

    private record Label(boolean candidate, int number, int caller, double value) {}

    Truth(List<Scenario.Label> labels, int first, Draws draws) {
        this.labels = labels;
        this.first = first;
        this.draws = draws;
    }

    /** Sends the labels of answers on their way. */
    void answered(boolean candidate, Arm arm, Behaviour behaviour, long times, long now) {
        for (int i = 0; i < labels.size(); i++) {
            int number = first + i;
            Spread after = labels.get(i).after();
            behaviour.metrics().get(number).draw(times, draws, (value, n) -> {
                for (long each = 0; each < n; each++) {
                    Label label = new Label(candidate, number, arm.anybody(), value);
                    long due = (now + (long) after.one(draws)) / SECOND;
                    coming.computeIfAbsent(due, second -> new ArrayList<>()).add(label);
                }
            });
        }
    }

    /** Gives back what has come by now. */
    void give(Arm stable, Arm candidate, long now) {
        while (!coming.isEmpty() && coming.firstKey() <= now / SECOND) {
            for (Label label : coming.pollFirstEntry().getValue()) {
                (label.candidate() ? candidate : stable).labelled(label.number(), label.caller(), label.value());
            }
        }
    }
}
