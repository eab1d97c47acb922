package io.modelgate.examples.fleet;

import io.modelgate.control.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What came of one kill.
 *
 * @param members what each process says
 * @param confirmed the names of those that the receipt says have it in force
 * @param pending the names of those that have not, though they live
 * @param silent the names of those that were not heard of
 * @param complete whether the receipt says that all have it in force
 * @param told from the kill to the receipt's saying so
 */
record Act(
        List<Confirmed> members,
        List<String> confirmed,
        List<String> pending,
        List<String> silent,
        boolean complete,
        Duration told) {

    /**
     * What one process says.
     *
     * @param name the process
     * @param after from the kill to its confirmation
     * @param stopped from the kill to the last invocation of its model; zero if none followed the kill
     * @param counts what it counted from the kill on
     */
    record Confirmed(String name, Duration after, Duration stopped, Counts counts) {}

    static List<String> names(List<Instance> instances) {
        return instances.stream().map(Instance::name).sorted().toList();
    }

    Duration lastConfirmation() {
        return members.stream().map(Confirmed::after).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    Duration lastStop() {
        return members.stream().map(Confirmed::stopped).max(Duration::compareTo).orElse(Duration.ZERO);
    }

    long startedAfterStop() {
        return members.stream()
                .mapToLong(member -> member.counts().startedAfterStop())
                .sum();
    }

    /** What is wrong with it; empty if everybody confirmed and nothing started after. */
    List<String> problems(String what) {
        List<String> names = members.stream().map(Confirmed::name).sorted().toList();
        List<String> problems = new ArrayList<>();
        if (!complete || !confirmed.equals(names)) {
            problems.add(what + ": confirmed by " + confirmed + ", pending " + pending + ", silent " + silent
                    + "; expected: confirmed by " + names);
        }
        if (startedAfterStop() > 0) {
            problems.add(what + ": " + startedAfterStop()
                    + " calls reached the model after their process had confirmed; expected: 0");
        }
        for (Confirmed member : members) {
            if (member.counts().afterStop() == 0) {
                problems.add(
                        what + ": nobody asked " + member.name() + " after it had confirmed, so it proves nothing");
            }
        }
        return problems;
    }

    String json() {
        return String.format(
                Locale.ROOT,
                "{\"complete\": %b, \"confirmed\": %s, \"pending\": %s, \"silent\": %s, \"startedAfterConfirmation\": %d, "
                        + "\"toLastConfirmationMicros\": %d, \"toLastStopMicros\": %d, \"toReceiptMicros\": %d}",
                complete,
                json(confirmed),
                json(pending),
                json(silent),
                startedAfterStop(),
                lastConfirmation().toNanos() / 1_000,
                lastStop().toNanos() / 1_000,
                told.toNanos() / 1_000);
    }

    /** The names are the demo's own and hold nothing that JSON would want escaped. */
    private static String json(List<String> names) {
        return names.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(", ", "[", "]"));
    }
}
