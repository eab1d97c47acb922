package io.modelgate.examples.credit;

import io.modelgate.GateStats;
import io.modelgate.ModelGate;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.Verification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The books of a demo, kept twice: by the gate, and by its callers and models. They balance if every call has exactly one outcome and
 * nothing killed ran. For use by one thread, once no callers are under way.
 */
final class Books {

    /**
     * A time in which no model may start.
     *
     * @param version the killed version, or null for all of them
     * @param from when the kill had returned, in ticks
     * @param to when the revive was asked for, in ticks
     */
    private record Killed(@Nullable String version, long from, long to) {
        boolean forbids(Tape.Invocation invocation) {
            return (version == null || version.equals(invocation.version()))
                    && invocation.callBegan() >= from
                    && invocation.callBegan() < to;
        }
    }

    private final Tally callers = new Tally();
    private final List<Tape> tapes;
    private final List<GateStats> gate = new ArrayList<>();
    private final Map<String, Long> admitted = new TreeMap<>();
    private final List<Killed> kills = new ArrayList<>();
    private long killToStopMillis;
    private long servedByAborted;

    Books(List<Tape> tapes) {
        this.tapes = tapes;
    }

    /** The callers' count. */
    Tally callers() {
        return callers;
    }

    /** Takes over the gate's count when its process stops. */
    void closing(ModelGate<Applicant, Decision> stopped, String... versions) {
        gate.add(stopped.stats());
        for (String version : versions) {
            long invocations = stopped.version(version).invocations();
            if (invocations > 0) {
                admitted.merge(version, invocations, Long::sum);
            }
        }
    }

    /** A version was killed for good, and the kill had returned at this tick. */
    void versionKilled(String version, long from) {
        kills.add(new Killed(version, from, Long.MAX_VALUE));
    }

    /** The whole gate was killed: in force, and asked to be revived, at these ticks. */
    void gateKilled(long from, long to) {
        kills.add(new Killed(null, from, to));
    }

    /** How long after a decision at this tick the last invocation of a model so far was started; 0 if none was. */
    long millisToLastInvocation(long decided) {
        long last = invocations().mapToLong(Tape.Invocation::started).max().orElse(decided);
        killToStopMillis = Math.max(0, Math.round((last - decided) / 1e6));
        return killToStopMillis;
    }

    /** So many callers were answered by the version whose rollout was aborted. */
    void servedByAborted(long callers) {
        servedByAborted = callers;
    }

    long servedByAborted() {
        return servedByAborted;
    }

    private Stream<Tape.Invocation> invocations() {
        return tapes.stream().flatMap(tape -> tape.invocations().stream());
    }

    /** The figures, with the control log as it is now. */
    Summary summary(Path log) {
        long[] overheads = tapes.stream()
                .flatMapToLong(tape -> LongStream.of(tape.overheads()))
                .sorted()
                .toArray();
        Verification verification = FileControlLog.verify(log);
        return new Summary(
                callers.asked(),
                calls(callers.answered()),
                calls(callers.fellBack()),
                callers.byCause(),
                callers.refused(),
                callers.failed(),
                invocations()
                        .filter(invocation -> kills.stream().anyMatch(kill -> kill.forbids(invocation)))
                        .count(),
                killToStopMillis,
                percentile(overheads, 50),
                percentile(overheads, 99),
                verification.entries(),
                verification.intact());
    }

    private static SortedMap<String, Long> calls(Map<String, Tally.Answers> by) {
        SortedMap<String, Long> calls = new TreeMap<>();
        by.forEach((who, answers) -> calls.put(who, answers.calls()));
        return calls;
    }

    /** The smallest of the sorted values that this percentage of them does not exceed. */
    static long percentile(long[] sorted, int percent) {
        return sorted.length == 0 ? 0 : sorted[(int) Math.max(0, Math.ceil(sorted.length * percent / 100.0) - 1)];
    }

    /** What does not add up; empty if everything does. */
    List<String> problems(Summary summary) {
        List<String> problems = new ArrayList<>();
        same(problems, "outcomes that callers got", callers.outcomes(), "calls that they made", summary.calls());
        same(problems, "calls that the gate counted", total(GateStats::calls), "calls made", summary.calls());
        same(problems, "answers by version, gate", counts(GateStats::answered), "callers", summary.answered());
        same(problems, "answers by rung, gate", counts(GateStats::fellBack), "callers", summary.fellBack());
        same(problems, "calls by cause, gate", counts(GateStats::byCause), "callers", summary.byCause());
        same(problems, "refused, gate", total(GateStats::refused), "callers", summary.refused());
        same(problems, "failed, gate", total(GateStats::failed), "callers", summary.failed());
        Map<String, Long> seen = new TreeMap<>(
                invocations().collect(Collectors.groupingBy(Tape.Invocation::version, Collectors.counting())));
        same(problems, "invocations, gate", admitted, "models", seen);
        same(problems, "invocations of a killed version after its kill", summary.startedAfterKill(), "allowed", 0L);
        same(problems, "control log verified", summary.logVerified(), "expected", true);
        return problems;
    }

    private static void same(List<String> problems, String what, Object is, String as, Object expected) {
        if (!is.equals(expected)) {
            problems.add(what + ": " + is + "; " + as + ": " + expected);
        }
    }

    private long total(ToLongFunction<GateStats> part) {
        return gate.stream().mapToLong(part).sum();
    }

    /** A count of the gate over all its processes, without the zeros that callers do not know of. */
    private <K extends Comparable<K>> SortedMap<K, Long> counts(Function<GateStats, Map<K, Long>> part) {
        SortedMap<K, Long> counts = new TreeMap<>();
        for (GateStats stats : gate) {
            part.apply(stats).forEach((key, calls) -> counts.merge(key, calls, Long::sum));
        }
        counts.values().removeIf(calls -> calls == 0);
        return counts;
    }
}
