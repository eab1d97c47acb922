package io.modelgate.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one run. Immutable.
 *
 * @param number its number
 * @param ending how it ended
 * @param length when it ended, after the start
 * @param promoted when the candidate became stable; null if it did not
 * @param turnedBad when the candidate began to differ from stable; null if it did not
 * @param bad the bad answers that the candidate served
 * @param reached how many callers the candidate answered
 * @param alerts how often a person was called because it was held up
 * @param other what came of the second gate; null if there is none
 * @param timeline what happened when; empty unless asked for
 */
record Run(
        int number,
        Ending ending,
        Duration length,
        @Nullable Duration promoted,
        @Nullable Duration turnedBad,
        long bad,
        long reached,
        int alerts,
        @Nullable Run other,
        List<Line> timeline) {

    /**
     * One line of a timeline. Immutable.
     *
     * @param at when, after the start
     * @param text what happened
     */
    record Line(Duration at, String text) {}

    Run {
        timeline = List.copyOf(timeline);
    }

    /** With what came of the second gate, its timeline within this one. */
    Run with(Run second) {
        List<Line> both = new ArrayList<>(timeline);
        second.timeline.forEach(line -> both.add(new Line(line.at(), "other: " + line.text())));
        both.sort(Comparator.comparing(Line::at));
        return new Run(number, ending, length, promoted, turnedBad, bad, reached, alerts, second, both);
    }

    boolean rolledBack() {
        return ending == Ending.ROLLED_BACK;
    }

    /** Whether it was rolled back while the candidate was no worse than stable. */
    boolean falselyRolledBack(boolean badCandidate) {
        return rolledBack() && (!badCandidate || turnedBad == null || length.compareTo(turnedBad) < 0);
    }

    /** How long the candidate was bad before it was rolled back. */
    Duration toRollback() {
        return turnedBad == null || turnedBad.compareTo(length) > 0 ? length : length.minus(turnedBad);
    }
}
