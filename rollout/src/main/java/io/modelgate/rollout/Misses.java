package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.Cause;
import java.util.stream.Stream;

/** Reads the misses of a rate, and the calls that they are a share of, out of what was counted. */
final class Misses {

    /** By rate, the causes that it counts. */
    private static final Cause[][] CAUSES = Stream.of(Rate.values())
            .map(rate -> Stream.of(Cause.values()).filter(rate::counts).toArray(Cause[]::new))
            .toArray(Cause[][]::new);

    private Misses() {}

    /** The calls that were missed for a cause that the rate counts. */
    static long of(Rate rate, CallCounts calls) {
        long missed = 0;
        for (Cause cause : CAUSES[rate.ordinal()]) {
            missed += Math.max(calls.missed(cause), 0);
        }
        return missed;
    }

    /** The misses of an arm, counted by the unit. */
    static long of(Rate rate, ArmCounts arm, Unit unit) {
        return unit == Unit.CALL ? of(rate, arm.calls()) : Math.max(arm.missed().getOrDefault(rate, 0L), 0);
    }

    /** The calls without a usable answer. A kill says nothing of the version's quality. */
    static long of(CallCounts calls) {
        return of(Rate.FALLBACK, calls);
    }

    /** All calls but those that a kill refused. */
    static long calls(CallCounts calls) {
        return Math.max(calls.answered(), 0) + of(calls);
    }
}
