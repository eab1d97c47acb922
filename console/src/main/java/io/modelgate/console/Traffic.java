package io.modelgate.console;

import io.modelgate.Cause;
import io.modelgate.GateStats;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.console.Views.TrafficView;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the calls of the last minute came to, gate by gate: the counts now without those of a minute ago, looked at every five seconds, and
 * every second at first. Thread-safe.
 */
final class Traffic {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long EVERY = Duration.ofSeconds(5).toNanos();
    private static final long AT_FIRST = Duration.ofSeconds(1).toNanos();
    private static final int QUICK = 5;

    private final Gates gates;
    private final Map<String, Series> byGate = new ConcurrentHashMap<>();

    /** Guarded by this. */
    private int samples;

    private long last;

    /** Looks for the first time. */
    Traffic(Gates gates) {
        this.gates = gates;
        sample(gates.ticker().read());
    }

    /** Looks if that is due, and says whether it did. */
    synchronized boolean sampleIfDue() {
        long now = gates.ticker().read();
        if (now - last < (samples <= QUICK ? AT_FIRST : EVERY)) {
            return false;
        }
        sample(now);
        return true;
    }

    private synchronized void sample(long now) {
        for (ModelGate<?, ?> gate : gates.gates()) {
            byGate.computeIfAbsent(gate.name(), name -> new Series(samples > 0, last))
                    .add(now, gate.stats());
        }
        last = now;
        samples++;
    }

    /** What a gate's calls came to, as of the last look; null if it was not looked at twice yet. */
    @Nullable
    Figures of(String gate) {
        Series series = byGate.get(gate);
        return series == null ? null : series.figures();
    }

    /**
     * What the calls of one gate came to in a while. Immutable.
     *
     * @param shares of the calls, what each version or rung answered
     * @param causes of the calls, what the version routed to did not answer, by cause
     */
    record Figures(TrafficView traffic, Map<String, Double> shares, Map<String, Double> causes) {}

    /** The counts of one gate at several times, each a row in which a name keeps its place. */
    private static final class Series {

        /** Where the counts by cause are, behind the refused, the failed and the calls that no rung answered. */
        private final Map<Cause, Integer> causes = new HashMap<>();

        private final Map<String, Integer> answerers = new HashMap<>();
        private final Map<String, Integer> rungs = new HashMap<>();
        private final List<String> names = new ArrayList<>(); // kept for their number alone
        private final ArrayDeque<Sample> samples = new ArrayDeque<>();
        private volatile @Nullable Figures figures;

        private static final class Sample {
            final long tick;
            final long[] counts;

            Sample(long tick, long[] counts) {
                this.tick = tick;
                this.counts = counts;
            }
        }

        /** A gate that was not there at the last look had no calls then. */
        Series(boolean isNew, long before) {
            names.add("calls");
            if (isNew) {
                samples.add(new Sample(before, new long[1]));
            }
        }

        synchronized void add(long now, GateStats stats) {
            Map<Integer, Long> row = new HashMap<>();
            stats.answered().forEach((version, calls) -> row.merge(place(answerers, version), calls, Long::sum));
            stats.fellBack().forEach((rung, calls) -> row.merge(place(rungs, rung), calls, Long::sum));
            stats.byCause().forEach((cause, calls) -> row.merge(place(causes, cause), calls, Long::sum));
            long[] counts = new long[names.size()];
            counts[0] = stats.calls();
            row.forEach((place, calls) -> counts[place] = calls);
            Sample latest = samples.peekLast();
            boolean same = latest != null && Arrays.equals(latest.counts, counts);
            samples.add(new Sample(now, same ? latest.counts : counts));
            while (samples.size() > 2 && now - second().tick >= MINUTE) {
                samples.remove();
            }
            Sample first = samples.getFirst();
            figures = now == first.tick ? null : between(first, samples.getLast());
        }

        private Sample second() {
            var all = samples.iterator();
            all.next();
            return all.next();
        }

        private <K> int place(Map<K, Integer> places, K name) {
            return places.computeIfAbsent(name, key -> {
                names.add(String.valueOf(key));
                return names.size() - 1;
            });
        }

        private Figures between(Sample from, Sample to) {
            double seconds = (to.tick - from.tick) / 1e9;
            long calls = since(from, to, 0);
            long failed = 0;
            Map<String, Double> byCause = new TreeMap<>();
            for (Map.Entry<Cause, Integer> cause : causes.entrySet()) {
                long count = since(from, to, cause.getValue());
                failed += cause.getKey().failure() ? count : 0;
                put(byCause, cause.getKey().name(), count, calls);
            }
            long fellBack = 0;
            Map<String, Double> shares = new TreeMap<>();
            for (Map.Entry<String, Integer> version : answerers.entrySet()) {
                put(shares, version.getKey(), since(from, to, version.getValue()), calls);
            }
            for (Map.Entry<String, Integer> rung : rungs.entrySet()) {
                long count = since(from, to, rung.getValue());
                fellBack += count;
                put(shares, rung.getKey(), count, calls);
            }
            return new Figures(
                    new TrafficView(
                            rounded(seconds, 10),
                            calls,
                            rounded(calls / seconds, 100),
                            share(failed, calls),
                            share(fellBack, calls)),
                    shares,
                    byCause);
        }

        private static long since(Sample from, Sample to, int place) {
            long before = place < from.counts.length ? from.counts[place] : 0;
            return place < to.counts.length ? Math.max(0, to.counts[place] - before) : 0;
        }

        private static void put(Map<String, Double> shares, String name, long count, long calls) {
            if (count > 0) {
                shares.merge(name, share(count, calls), Double::sum);
            }
        }

        /** The counts are read one after the other while calls run, so a share may be a little off; never above 1. */
        private static double share(long count, long calls) {
            return calls == 0 ? 0 : Math.min(1, rounded((double) count / calls, 100_000));
        }

        private static double rounded(double value, int parts) {
            return Math.round(value * parts) / (double) parts;
        }

        @Nullable
        Figures figures() {
            return figures;
        }
    }
}
