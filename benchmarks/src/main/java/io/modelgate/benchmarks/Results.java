package io.modelgate.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;

/** What each round measured. For use by one thread. */
final class Results {

    /** One benchmark on so many threads. */
    record Id(String name, int threads) {}

    /** What one fork measured: the lower quartile of its iterations in nanoseconds a call and thread, and the bytes allocated a call. */
    record Measured(double nanos, double bytes) {}

    /** Several values of the same thing: their median, the least and the greatest. NaN when there are none. */
    record Spread(double median, double min, double max) {

        static Spread of(double... values) {
            double[] sorted = values.clone();
            Arrays.sort(sorted);
            int n = sorted.length;
            return n == 0
                    ? new Spread(Double.NaN, Double.NaN, Double.NaN)
                    : new Spread((sorted[(n - 1) / 2] + sorted[n / 2]) / 2, sorted[0], sorted[n - 1]);
        }

        /** Half of the way from the least to the greatest. */
        double error() {
            return (max - min) / 2;
        }

        /** The whole of that way, as a fraction of the median. */
        double relative() {
            return (max - min) / median;
        }
    }

    private final List<Map<Id, Measured>> rounds = new ArrayList<>();

    void startRound() {
        rounds.add(new HashMap<>());
    }

    void add(Id id, Measured measured) {
        rounds.get(rounds.size() - 1).put(id, measured);
    }

    boolean has(Id id) {
        return rounds.stream().anyMatch(round -> round.containsKey(id));
    }

    Spread nanos(Id id) {
        return Spread.of(rounds.stream()
                .filter(round -> round.containsKey(id))
                .mapToDouble(round -> round.get(id).nanos())
                .toArray());
    }

    Spread bytes(Id id) {
        return Spread.of(rounds.stream()
                .filter(round -> round.containsKey(id))
                .mapToDouble(round -> round.get(id).bytes())
                .toArray());
    }

    /** How many times the floor lie between two benchmarks, within each round. */
    Spread floorsBetween(Id one, Id other, Id floor) {
        return Spread.of(rounds.stream()
                .filter(round -> round.containsKey(one) && round.containsKey(other) && round.containsKey(floor))
                .mapToDouble(round -> (round.get(one).nanos() - round.get(other).nanos())
                        / round.get(floor).nanos())
                .toArray());
    }

    /** Relates two benchmarks within each round, so that what slows the whole machine down for a while leaves the result as it is. */
    Spread relate(Id one, Id other, DoubleBinaryOperator relation) {
        return Spread.of(rounds.stream()
                .filter(round -> round.containsKey(one) && round.containsKey(other))
                .mapToDouble(round -> relation.applyAsDouble(
                        round.get(one).nanos(), round.get(other).nanos()))
                .toArray());
    }
}
