package io.modelgate.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A number that the gate has to reach.
 *
 * @param name the benchmark that has to reach it
 * @param than the benchmark it is compared with, or null for an absolute number
 * @param kind how
 * @param limit the number
 * @param threads on how many threads
 */
record Bar(String name, @Nullable String than, Kind kind, double limit, int threads) {

    /** How two benchmarks are compared. */
    enum Kind {
        /** At most so many times as slow. */
        TIMES_SLOWER,
        /** At least so many times as fast. */
        TIMES_FASTER,
        /** At most so many nanoseconds slower. */
        NANOS_SLOWER,
        /** At most so many times the floor slower. */
        FLOORS_SLOWER,
        /** At most so many offers to a queue slower. */
        OFFERS_SLOWER,
        /** At most so many nanoseconds. */
        NANOS,
        /** Fewer bytes above the other. */
        BYTES
    }

    /** Room for what the measuring itself allocates now and then. */
    private static final double NO_BYTES = 0.5;

    static final List<Bar> ALL =
            IntStream.of(1, 2).boxed().flatMap(Bar::on).distinct().toList();

    private static Stream<Bar> on(int threads) {
        return Stream.of(
                new Bar("switchRead", "volatileRead", Kind.NANOS_SLOWER, 3, threads),
                new Bar("route", "hash", Kind.TIMES_SLOWER, 1.25, threads),
                new Bar("route", null, Kind.BYTES, NO_BYTES, threads),
                new Bar("routeAgain", null, Kind.NANOS, 5, threads),
                new Bar("routeAgain", null, Kind.BYTES, NO_BYTES, threads),
                new Bar("call", "floor", Kind.TIMES_SLOWER, 1.4, threads),
                new Bar("call", "bareCall", Kind.BYTES, NO_BYTES, threads),
                new Bar("callAgain", "floor", Kind.TIMES_SLOWER, 1.05, threads),
                new Bar("callEightGates", "floor", Kind.TIMES_SLOWER, 1.6, threads),
                new Bar("callErrors", "floor", Kind.TIMES_SLOWER, 1.7, threads),
                new Bar("callGuarded", "call", Kind.FLOORS_SLOWER, 0.5, threads),
                new Bar("callGuarded", "bareCall", Kind.BYTES, NO_BYTES, threads),
                // Not above call, whose key is hashed: here nobody goes to the candidate.
                new Bar("callShadowed", "callUnshadowed", Kind.FLOORS_SLOWER, 0.5, threads),
                new Bar("callRecorded", "call", Kind.OFFERS_SLOWER, 2, threads),
                new Bar("callGuardedBy16", "callGuarded", Kind.TIMES_SLOWER, 1.05, threads),
                new Bar("gatedProxy", "call", Kind.TIMES_SLOWER, 1.34, threads),
                new Bar("callAsync", "completableFuture", Kind.FLOORS_SLOWER, 3, threads),
                new Bar("call", "handRolledNoLimiter", Kind.TIMES_FASTER, threads == 1 ? 3 : 4, threads),
                new Bar("callFull", "handRolled", Kind.TIMES_FASTER, threads == 1 ? 2.2 : 2.4, threads),
                new Bar("killed", "longAdder", Kind.TIMES_SLOWER, 2, threads),
                new Bar("killed", "launchDarklyBoolean", Kind.TIMES_FASTER, 1, threads),
                new Bar("reserveSettle", "bucket4j", Kind.TIMES_SLOWER, 0.5, threads),
                new Bar("reserveSettle", null, Kind.BYTES, NO_BYTES, threads),
                new Bar("reserveSettleThree", "reserveSettle", Kind.TIMES_SLOWER, 2.5, threads),
                new Bar("reserveSettleShared", "bucket4jShared", Kind.TIMES_SLOWER, threads == 1 ? 0.5 : 0.4, threads),
                new Bar("sessions1m", "caffeine1m", Kind.TIMES_SLOWER, 1.15, threads),
                new Bar("callOnRedis", "call", Kind.TIMES_SLOWER, 1.05, threads),
                new Bar("callOnRedis", "call", Kind.BYTES, NO_BYTES, threads),
                new Bar("decideOnRedis", "decide", Kind.TIMES_SLOWER, 1.05, threads),
                new Bar("decideOnRedis", "decide", Kind.BYTES, NO_BYTES, threads),
                // Looks come one at a time: a second thread would only wait for the first.
                new Bar("tick1000", null, Kind.NANOS, 50_000_000, 1));
    }

    /** Whether the results hold what it compares. */
    boolean measuredBy(Results results) {
        return results.has(new Results.Id(name, threads))
                && (than == null || results.has(new Results.Id(than, threads)))
                && (kind != Kind.FLOORS_SLOWER || results.has(new Results.Id("floor", threads)))
                && (kind != Kind.OFFERS_SLOWER || results.has(new Results.Id("offer", threads)));
    }

    Results.Spread reached(Results results) {
        Results.Id mine = new Results.Id(name, threads);
        Results.Id other = new Results.Id(than == null ? name : than, threads);
        return switch (kind) {
            case TIMES_SLOWER -> results.relate(mine, other, (a, b) -> a / b);
            case TIMES_FASTER -> results.relate(mine, other, (a, b) -> b / a);
            case NANOS_SLOWER -> results.relate(mine, other, (a, b) -> a - b);
            case OFFERS_SLOWER -> results.floorsBetween(mine, other, new Results.Id("offer", threads));
            case FLOORS_SLOWER -> results.floorsBetween(mine, other, new Results.Id("floor", threads));
            case NANOS -> results.nanos(mine);
            case BYTES ->
                bytes(
                        results.bytes(mine),
                        than == null ? 0 : results.bytes(other).median());
        };
    }

    private static Results.Spread bytes(Results.Spread mine, double base) {
        return new Results.Spread(mine.median() - base, mine.min() - base, mine.max() - base);
    }

    boolean passes(double reached) {
        return switch (kind) {
            case TIMES_SLOWER, NANOS_SLOWER, FLOORS_SLOWER, OFFERS_SLOWER, NANOS -> reached <= limit;
            case TIMES_FASTER -> reached >= limit;
            case BYTES -> reached < limit;
        };
    }

    @Override
    public String toString() {
        String number = limit == Math.rint(limit) ? String.valueOf((long) limit) : String.valueOf(limit);
        String above = than == null ? "" : " above " + than;
        return String.format(
                Locale.ROOT,
                "%s, %d thread%s: %s",
                name,
                threads,
                threads == 1 ? "" : "s",
                switch (kind) {
                    case TIMES_SLOWER -> "at most " + number + " × " + than;
                    case TIMES_FASTER -> "at least " + number + " × faster than " + than;
                    case NANOS_SLOWER -> "at most " + number + " ns" + above;
                    case OFFERS_SLOWER -> "at most " + number + " × offer" + above;
                    case FLOORS_SLOWER -> "at most " + number + " × floor" + above;
                    case NANOS -> "at most " + number + " ns";
                    case BYTES -> "less than " + number + " B" + above;
                });
    }
}
