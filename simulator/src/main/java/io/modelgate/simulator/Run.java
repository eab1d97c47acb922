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
 * @param heard what those know who heard of its calls
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
        Heard heard,
        List<Line> timeline) {

    /**
     * One line of a timeline. Immutable.
     *
     * @param at when, after the start
     * @param text what happened
     */
    record Line(Duration at, String text) {}

    /**
     * What those know who heard of the calls of a run. Immutable.
     *
     * @param listed what the list of whom the candidate answered came to; null if none was kept
     * @param recorded what became of the decision records; null if there were none
     */
    record Heard(@Nullable Listed listed, @Nullable Recorded recorded) {

        static final Heard NOTHING = new Heard(null, null);

        private List<String> lines() {
            List<String> lines = new ArrayList<>();
            if (listed != null) {
                lines.add("the list names " + listed.named + " callers whom the candidate answered, "
                        + listed.answeredBadly + " of them badly; nobody is missing, and nobody too many");
            }
            if (recorded != null) {
                lines.add(recorded.written + " calls are recorded, " + recorded.lost
                        + " records lost; nobody waited of " + recorded.meanwhile + " who called while the sink hung");
            }
            return lines;
        }
    }

    /**
     * What a list of callers says, which are those whom the candidate answered. Immutable.
     *
     * @param named how many it names
     * @param answeredBadly how many of them got a bad answer
     */
    record Listed(int named, int answeredBadly) {}

    /**
     * What became of decision records. Immutable.
     *
     * @param written how many calls are recorded
     * @param lost how many are not
     * @param meanwhile how many calls were made while the sink hung, none of which waited
     */
    record Recorded(long written, long lost, long meanwhile) {}

    Run {
        timeline = List.copyOf(timeline);
    }

    /** With what came of the second gate, its timeline within this one. */
    Run with(Run second) {
        List<Line> both = new ArrayList<>(timeline);
        second.timeline.forEach(line -> both.add(new Line(line.at(), "other: " + line.text())));
        both.sort(Comparator.comparing(Line::at));
        return new Run(number, ending, length, promoted, turnedBad, bad, reached, alerts, second, heard, both);
    }

    /** With what those know who heard of its calls, told at the end if anything is told. */
    Run with(Heard known) {
        List<Line> all = new ArrayList<>(timeline);
        if (!timeline.isEmpty()) {
            known.lines().forEach(line -> all.add(new Line(length, line)));
        }
        return new Run(number, ending, length, promoted, turnedBad, bad, reached, alerts, other, known, all);
    }

    /** What the list of whom the candidate answered came to; null if none was kept. */
    @Nullable
    Listed listed() {
        return heard.listed();
    }

    /** What became of the decision records; null if there were none. */
    @Nullable
    Recorded recorded() {
        return heard.recorded();
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
