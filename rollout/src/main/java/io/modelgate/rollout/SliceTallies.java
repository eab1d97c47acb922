package io.modelgate.rollout;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Metric;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Counts the calls of the groups of one epoch. Which group a caller is in, by up to four attributes, stands in the upper half of its
 * place, eight bits to each attribute. A group takes room from its first call on. Thread-safe.
 */
final class SliceTallies {

    private static final int SHIFT = 32;
    private static final int BITS = 8;
    private static final int MASK = (1 << BITS) - 1;

    private final RolloutUnits shared;
    private final Slicing[] slicings;
    private final int metrics;
    private final int labels;

    /** By slicing: the metrics and labels of which callers' first count, by number. */
    private final List<Set<Integer>> firstOf;

    private final Set<Integer> spread;
    private final @Nullable EpochTally[][] tallies; // a racy read is safe: their fields are final

    SliceTallies(
            RolloutUnits shared,
            List<Slicing> slicings,
            List<? extends Metric<?>> metrics,
            int labels,
            Set<Integer> spread) {
        this.shared = shared;
        this.slicings = slicings.toArray(Slicing[]::new);
        this.metrics = metrics.size();
        firstOf = slicings.stream()
                .map(each -> Wanted.numbers(each.firstOf(), metrics))
                .toList();
        this.labels = labels;
        this.spread = Set.copyOf(spread);
        tallies = new @Nullable EpochTally[slicings.size()][];
        for (int i = 0; i < tallies.length; i++) {
            tallies[i] = new @Nullable EpochTally[slicings.get(i).groups().size() + 1];
        }
    }

    /** The upper half of a caller's place. */
    long place(Caller caller) {
        long place = 0;
        for (int i = 0; i < slicings.length; i++) {
            place |= (long) slicings[i].number(caller) << (SHIFT + BITS * i);
        }
        return place;
    }

    /** Counts an answer; a bit for each attribute, whether it is a first call there. */
    int answered(long place, int arm, int spot, long nanos) {
        int firsts = 0;
        for (int i = 0; i < slicings.length; i++) {
            EpochTally to = tally(place, i);
            if (to != null && to.answered(arm, spot, nanos)) {
                firsts |= 1 << i;
            }
        }
        return firsts;
    }

    void value(long place, int arm, int firsts, int metric, double scaled) {
        for (int i = 0; i < slicings.length; i++) {
            EpochTally to = tally(place, i);
            if (to != null) {
                to.value(arm, (firsts & 1 << i) != 0, metric, scaled);
            }
        }
    }

    void missed(long place, int arm, int spot, Cause cause) {
        for (int i = 0; i < slicings.length; i++) {
            EpochTally to = tally(place, i);
            if (to != null) {
                to.missed(arm, spot, cause);
            }
        }
    }

    void labelled(long place, int arm, int spot, int label, double scaled) {
        for (int i = 0; i < slicings.length; i++) {
            EpochTally to = tally(place, i);
            if (to != null) {
                to.labelled(arm, spot, label, scaled);
            }
        }
    }

    private @Nullable EpochTally tally(long place, int slicing) {
        int number = (int) (place >>> (SHIFT + BITS * slicing)) & MASK;
        if (number == 0) {
            return null;
        }
        EpochTally known = tallies[slicing][number];
        return known == null ? newTally(slicing, number) : known;
    }

    private synchronized EpochTally newTally(int slicing, int number) {
        EpochTally known = tallies[slicing][number];
        if (known == null) {
            Slice slice = slicings[slicing].slice(number);
            known = EpochTally.group(
                    shared.of(slice), metrics, labels, firstOf.get(slicing), spread, slicings[slicing]);
            tallies[slicing][number] = known;
        }
        return known;
    }

    /** What was counted up to now, of the groups of which something was. */
    synchronized Map<Slice, StepCounts> counts() {
        Map<Slice, StepCounts> counts = new HashMap<>();
        for (int i = 0; i < slicings.length; i++) {
            for (int number = 1; number < tallies[i].length; number++) {
                EpochTally each = tallies[i][number];
                if (each != null) {
                    counts.put(slicings[i].slice(number), each.counts(0));
                }
            }
        }
        return counts;
    }
}
