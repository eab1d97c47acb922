package io.modelgate;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the calls of one gate came to so far in this process. Each finished call counts once: in {@code answered}, {@code fellBack},
 * {@code refused} or {@code failed}. Immutable; read while calls run, the numbers are a few calls apart.
 *
 * @param answered calls that the version routed to answered, by version
 * @param fellBack calls that a rung answered, by rung
 * @param byCause calls that the version routed to did not answer, by cause
 * @param refused refusals that no rung answered
 * @param failed failures that no rung answered
 */
public record GateStats(
        Map<String, Long> answered, Map<String, Long> fellBack, Map<Cause, Long> byCause, long refused, long failed) {

    /** Copies the maps. */
    public GateStats {
        answered = Collections.unmodifiableMap(new TreeMap<>(answered));
        fellBack = Collections.unmodifiableMap(new TreeMap<>(fellBack));
        byCause = Collections.unmodifiableMap(new TreeMap<>(byCause));
    }

    /** All finished calls. */
    public long calls() {
        return sum(answered) + sum(fellBack) + refused + failed;
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    static <I, O> GateStats of(Collection<RegisteredVersion<I, O>> versions, OutcomeCounts outcomes) {
        Map<String, Long> answered = new TreeMap<>();
        for (RegisteredVersion<I, O> version : versions) {
            long asRung = version.counts.answersAsRung();
            answered.put(version.id, version.counts.answers() - asRung);
        }
        Map<String, Long> fellBack = new TreeMap<>();
        Map<Cause, Long> byCause = new EnumMap<>(Cause.class);
        long refused = 0;
        long failed = 0;
        for (Map.Entry<OutcomeCounts.Key, LongAdder> outcome : outcomes.all().entrySet()) {
            OutcomeCounts.Key key = outcome.getKey();
            long calls = outcome.getValue().sum();
            if (calls == 0) {
                continue;
            }
            byCause.merge(key.cause(), calls, Long::sum);
            if (!key.rung().equals(OutcomeCounts.NO_RUNG)) {
                fellBack.merge(key.rung(), calls, Long::sum);
            } else if (key.cause().refusal()) {
                refused += calls;
            } else {
                failed += calls;
            }
        }
        return new GateStats(answered, fellBack, byCause, refused, failed);
    }
}
