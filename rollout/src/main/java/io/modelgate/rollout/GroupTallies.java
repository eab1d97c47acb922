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
final class GroupTallies {

    private static final int SHIFT = 32;
    private static final int BITS = 8;
    private static final int MASK = (1 << BITS) - 1;

    private final RolloutUnits shared;
    private final Grouping[] groupings;
    private final int metrics;
    private final int labels;

    /** By grouping: the metrics and labels of which callers' first count, by number. */
    private final List<Set<Integer>> firstOf;

    private final Set<Integer> spread;
    private final @Nullable EpochTally[][] tallies; // a racy read is safe: their fields are final

    GroupTallies(
            RolloutUnits shared,
            List<Grouping> groupings,
            List<? extends Metric<?>> metrics,
            int labels,
            Set<Integer> spread) {
        this.shared = shared;
        this.groupings = groupings.toArray(Grouping[]::new);
        this.metrics = metrics.size();
        firstOf = groupings.stream()
                .map(each -> Wanted.numbers(each.firstOf(), metrics))
                .toList();
        this.labels = labels;
        this.spread = Set.copyOf(spread);
        tallies = new @Nullable EpochTally[groupings.size()][];
        for (int i = 0; i < tallies.length; i++) {
            tallies[i] = new @Nullable EpochTally[groupings.get(i).groups().size() + 1];
        }
    }

    /** The upper half of a caller's place. */
    long place(Caller caller) {
        long place = 0;
        for (int i = 0; i < groupings.length; i++) {
            place |= (long) groupings[i].number(caller) << (SHIFT + BITS * i);
        }
        return place;
    }

    /** Counts an answer; a bit for each attribute, whether it is a first call there. */
    int answered(long place, int arm, int spot, long nanos) {
        int firsts = 0;
        for (int i = 0; i < groupings.length; i++) {
            EpochTally to = tally(place, i);
            if (to != null && to.answered(arm, spot, nanos)) {
                firsts |= 1 << i;
            }
        }
        return firsts;
    }

    void value(long place, int arm, int firsts, int metric, double scaled) {
        for (int i = 0; i < groupings.length; i++) {
            EpochTally to = tally(place, i);
            if (to != null) {
                to.value(arm, (firsts & 1 << i) != 0, metric, scaled);
            }
        }
    }

    void missed(long place, int arm, int spot, Cause cause) {
        for (int i = 0; i < groupings.length; i++) {
            EpochTally to = tally(place, i);
            if (to != null) {
                to.missed(arm, spot, cause);
            }
        }
    }

    void labelled(long place, int arm, int spot, int label, double scaled) {
        for (int i = 0; i < groupings.length; i++) {
            EpochTally to = tally(place, i);
            if (to != null) {
                to.labelled(arm, spot, label, scaled);
            }
        }
    }

    private @Nullable EpochTally tally(long place, int grouping) {
        int number = (int) (place >>> (SHIFT + BITS * grouping)) & MASK;
        if (number == 0) {
            return null;
        }
        EpochTally known = tallies[grouping][number];
        return known == null ? newTally(grouping, number) : known;
    }

    private synchronized EpochTally newTally(int grouping, int number) {
        EpochTally known = tallies[grouping][number];
        if (known == null) {
            Group group = groupings[grouping].group(number);
            known = EpochTally.group(
                    shared.of(group), metrics, labels, firstOf.get(grouping), spread, groupings[grouping]);
            tallies[grouping][number] = known;
        }
        return known;
    }

    /** What was counted up to now, of the groups of which something was. */
    synchronized Map<Group, StepCounts> counts() {
        Map<Group, StepCounts> counts = new HashMap<>();
        for (int i = 0; i < groupings.length; i++) {
            for (int number = 1; number < tallies[i].length; number++) {
                EpochTally each = tallies[i][number];
                if (each != null) {
                    counts.put(groupings[i].group(number), each.counts(0));
                }
            }
        }
        return counts;
    }
}
