package io.modelgate.rollout;

import io.modelgate.CallCounts;
import io.modelgate.CallTally;
import io.modelgate.Cause;
import io.modelgate.Latencies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes counts of calls into a checkpoint and reads them back: all but the metrics' values, which pages keep for themselves. Immutable.
 *
 * @param ofCalls whether to write how long calls took, or only how many were answered
 * @param ofFirstCalls the same for the callers' first calls
 */
record SavedCounts(boolean ofCalls, boolean ofFirstCalls) {

    /** What checkpoints have called the groups from the first: another word would lose what they hold. */
    private static final String GROUPS = "slices";

    static Map<String, Object> write(CallCounts calls, boolean withLatencies) {
        Map<String, Object> missed = new HashMap<>();
        for (Cause cause : Cause.values()) {
            if (calls.missed(cause) > 0) {
                missed.put(cause.name(), calls.missed(cause));
            }
        }
        List<Object> latencies = new ArrayList<>();
        Latencies from = calls.latencies();
        if (!withLatencies && from.count() > 0) {
            latencies.add(0L);
            latencies.add(from.count());
        }
        for (long rank = 1; withLatencies && rank <= from.count(); ) {
            long bucket = (long) from.notBefore(rank);
            long upTo = from.count() - from.surelyAbove(bucket);
            if (upTo < rank) {
                break; // counts below zero: no source has them, but none may keep a checkpoint from being written
            }
            latencies.add(bucket);
            latencies.add(upTo - rank + 1);
            rank = upTo + 1;
        }
        return Map.of("missed", missed, "latencies", latencies);
    }

    static CallCounts read(Saved from) {
        CallTally tally = new CallTally(0);
        Saved missed = from.in("missed");
        for (Cause cause : Cause.values()) {
            if (missed.has(cause.name())) {
                tally.missed(cause, missed.count(cause.name()));
            }
        }
        long[] latencies = from.counts("latencies", from.list("latencies").size() / 2 * 2);
        for (int i = 0; i < latencies.length; i += 2) {
            tally.answered(latencies[i], latencies[i + 1]);
        }
        return tally.counts();
    }

    private Map<String, Object> write(ArmCounts arm) {
        Map<String, Object> missed = new HashMap<>();
        arm.missed().forEach((rate, count) -> missed.put(rate.name(), Math.max(count, 0)));
        return Map.of(
                "calls", write(arm.calls(), ofCalls),
                "firstCalls", write(arm.firstCalls(), ofFirstCalls),
                "callers", Math.max(arm.callers(), 0),
                "units", Math.max(arm.units(), 0),
                "missed", missed);
    }

    private static ArmCounts readArm(Saved from) {
        Map<Rate, Long> missed = new HashMap<>();
        for (Rate rate : Rate.values()) {
            if (from.in("missed").has(rate.name())) {
                missed.put(rate, from.in("missed").count(rate.name()));
            }
        }
        return new ArmCounts(
                read(from.in("calls")),
                read(from.in("firstCalls")),
                from.count("callers"),
                from.count("units"),
                missed);
    }

    Map<String, Object> write(StepCounts counts) {
        Map<String, Object> written = new HashMap<>();
        written.put("stable", write(counts.stable()));
        written.put("candidate", write(counts.candidate()));
        written.put("byRule", write(counts.byRule(), ofCalls));
        written.put("reached", Math.max(counts.reached(), 0));
        if (!counts.groups().isEmpty()) {
            List<Object> groups = new ArrayList<>();
            counts.groups()
                    .forEach((group, each) -> groups.add(
                            Map.of("attribute", group.attribute(), "group", group.value(), "counts", write(each))));
            written.put(GROUPS, groups);
        }
        return written;
    }

    static StepCounts readStep(Saved from) {
        Map<Group, StepCounts> groups = new HashMap<>();
        // Before there were groups none was written.
        for (Object each : from.has(GROUPS) ? from.list(GROUPS) : List.of()) {
            Saved group = new Saved(each);
            groups.put(new Group(group.text("attribute"), group.text("group")), readStep(group.in("counts")));
        }
        return new StepCounts(
                readArm(from.in("stable")),
                readArm(from.in("candidate")),
                read(from.in("byRule")),
                from.count("reached"),
                groups);
    }
}
