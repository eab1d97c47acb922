package io.modelgate.examples.agent;

import io.modelgate.Cause;
import io.modelgate.Outcome;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The agents' own count of their calls and of the outcomes they got. Thread-safe. */
final class Tally {

    private final LongAdder calls = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<Cause, LongAdder> byCause = new ConcurrentHashMap<>();

    <O extends Outcome<Answer>> O count(O outcome) {
        calls.increment();
        if (outcome.cause().isEmpty()) {
            answered.increment();
        }
        outcome.cause().ifPresent(cause -> {
            byCause.computeIfAbsent(cause, c -> new LongAdder()).increment();
            if (cause.refusal()) {
                refused.increment();
            }
        });
        return outcome;
    }

    long calls() {
        return calls.sum();
    }

    /** Calls that the version routed to answered. */
    long answered() {
        return answered.sum();
    }

    /** Calls that the gate refused, so that no model was asked. */
    long refused() {
        return refused.sum();
    }

    SortedMap<Cause, Long> byCause() {
        SortedMap<Cause, Long> counts = new TreeMap<>();
        byCause.forEach((cause, count) -> counts.put(cause, count.sum()));
        return counts;
    }
}
