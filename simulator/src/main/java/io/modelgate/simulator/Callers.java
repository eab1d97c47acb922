package io.modelgate.simulator;

import io.modelgate.rollout.Rate;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The callers of one run, in the order of their buckets: the cohort is always the first of them, as many as chance puts below the weight.
 * Not thread-safe.
 */
final class Callers {

    /** A rollout tells so many units apart. */
    private static final int UNITS = 400_000;

    private final int units;
    private final Draws draws;
    private final BitSet called = new BitSet();
    private final Map<Rate, BitSet> missed = new EnumMap<>(Rate.class);

    /** How many units lie below a share, as far as it was asked: the fleet's hash is drawn where it is looked at. */
    private final TreeMap<Double, Integer> below = new TreeMap<>(Map.of(0.0, 0, 1.0, 0));

    Callers(int callers, Draws draws) {
        units = Math.min(callers, UNITS);
        this.draws = draws;
        below.put(1.0, units);
    }

    int all() {
        return units;
    }

    /** How many are in the cohort of a share. */
    int cohort(double share) {
        Map.Entry<Double, Integer> low = below.floorEntry(share);
        if (low.getKey() == share) {
            return low.getValue();
        }
        Map.Entry<Double, Integer> high = below.ceilingEntry(share);
        double part = (share - low.getKey()) / (high.getKey() - low.getKey());
        int cohort = low.getValue() + (int) draws.binomial(high.getValue() - low.getValue(), part);
        below.put(share, cohort);
        return cohort;
    }

    /** Lets so many calls of the callers from one number to another come in, and says how many were a caller's first. */
    long firstCalls(int from, int to, long calls) {
        return fresh(called, from, to, calls);
    }

    /** The same for the misses of a rate. */
    long firstMisses(Rate rate, int from, int to, long misses) {
        return fresh(missed.computeIfAbsent(rate, r -> new BitSet()), from, to, misses);
    }

    private long fresh(BitSet marked, int from, int to, long times) {
        long fresh = 0;
        for (long i = 0; i < times; i++) {
            int caller = from + draws.random().nextInt(to - from);
            if (!marked.get(caller)) {
                marked.set(caller);
                fresh++;
            }
        }
        return fresh;
    }
}
