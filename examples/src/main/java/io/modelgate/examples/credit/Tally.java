package io.modelgate.examples.credit;

import io.modelgate.Cause;
import io.modelgate.Outcome;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The callers' own count of their calls and of the outcomes they got. Thread-safe. */
final class Tally {

    /** What one version or rung answered. */
    static final class Answers {
        private final LongAdder calls = new LongAdder();
        private final LongAdder approvals = new LongAdder();
        private final LongAdder cost = new LongAdder();

        long calls() {
            return calls.sum();
        }

        /** The part of its answers that were approvals, 0 to 1. */
        double approvalRate() {
            return (double) approvals.sum() / calls.sum();
        }

        /** What its errors cost for each answer: {@link Decision#COST_OF_BAD} or 1 apiece. */
        double errorCost() {
            return (double) cost.sum() / calls.sum();
        }

        private void add(Answers other) {
            calls.add(other.calls.sum());
            approvals.add(other.approvals.sum());
            cost.add(other.cost.sum());
        }
    }

    private final LongAdder asked = new LongAdder();
    private final Map<String, Answers> answered = new ConcurrentHashMap<>();
    private final Map<String, Answers> fellBack = new ConcurrentHashMap<>();
    private final Map<Cause, LongAdder> byCause = new ConcurrentHashMap<>();
    private final LongAdder refused = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /** A caller is about to call. */
    void ask() {
        asked.increment();
    }

    /** The outcome of a call, and how the loan ended. */
    void count(Outcome<Decision> outcome, boolean bad) {
        outcome.cause()
                .ifPresent(cause ->
                        byCause.computeIfAbsent(cause, c -> new LongAdder()).increment());
        if (outcome instanceof Outcome.Answered<Decision> answer) {
            count(answered, answer.version(), answer.value(), bad);
        } else if (outcome instanceof Outcome.FellBack<Decision> fell) {
            count(fellBack, fell.rung(), fell.value(), bad);
        } else if (outcome instanceof Outcome.Refused<Decision>) {
            refused.increment();
        } else {
            failed.increment();
        }
    }

    private static void count(Map<String, Answers> by, String who, Decision decision, boolean bad) {
        Answers answers = by.computeIfAbsent(who, w -> new Answers());
        answers.approvals.add(decision == Decision.APPROVE ? 1 : 0);
        answers.cost.add(decision.cost(bad));
        answers.calls.increment();
    }

    void add(Tally other) {
        asked.add(other.asked.sum());
        other.answered.forEach((who, answers) ->
                answered.computeIfAbsent(who, w -> new Answers()).add(answers));
        other.fellBack.forEach((who, answers) ->
                fellBack.computeIfAbsent(who, w -> new Answers()).add(answers));
        other.byCause.forEach((cause, calls) ->
                byCause.computeIfAbsent(cause, c -> new LongAdder()).add(calls.sum()));
        refused.add(other.refused.sum());
        failed.add(other.failed.sum());
    }

    long asked() {
        return asked.sum();
    }

    /** All outcomes. */
    long outcomes() {
        return calls(answered) + calls(fellBack) + refused() + failed();
    }

    private static long calls(Map<String, Answers> by) {
        return by.values().stream().mapToLong(Answers::calls).sum();
    }

    /** What a version answered so far to the callers that were routed to it. */
    Optional<Answers> of(String version) {
        return Optional.ofNullable(answered.get(version));
    }

    SortedMap<String, Answers> answered() {
        return new TreeMap<>(answered);
    }

    SortedMap<String, Answers> fellBack() {
        return new TreeMap<>(fellBack);
    }

    SortedMap<Cause, Long> byCause() {
        SortedMap<Cause, Long> counts = new TreeMap<>();
        byCause.forEach((cause, calls) -> counts.put(cause, calls.sum()));
        return counts;
    }

    long refused() {
        return refused.sum();
    }

    long failed() {
        return failed.sum();
    }
}
