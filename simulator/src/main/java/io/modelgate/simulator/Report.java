package io.modelgate.simulator;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What people and programs read of a simulation. */
final class Report {

    private final Replay replay;
    private final Summary summary;
    private final Run typical;

    Report(Replay replay, Summary summary) {
        this.replay = replay;
        this.summary = summary;
        typical = replay.retold(summary.typical());
    }

    /** The run in the middle, with its timeline. */
    Run typical() {
        return typical;
    }

    void print(PrintWriter out) {
        Scenario scenario = replay.scenario();
        out.printf(
                Locale.ROOT,
                "policy    %s: %d steps, %d guardrails, alpha %s%n",
                replay.policy().name(),
                replay.policy().steps().size(),
                replay.policy().guardrails().size(),
                Quantity.plain(replay.policy().alpha()));
        out.printf(
                Locale.ROOT,
                "scenario  %s%s (the candidate is %s)%n",
                scenario.name(),
                scenario.says().isEmpty() ? "" : ": " + scenario.says(),
                scenario.bad() ? "bad" : "good");
        out.printf(
                Locale.ROOT,
                "runs      %,d, seed %d, a look every %s, until %s%n%n",
                summary.runs(),
                replay.seed(),
                clock(replay.look()),
                clock(replay.limit()));
        out.printf(Locale.ROOT, "A typical run: number %d, %,d bad answers%n", typical.number(), typical.bad());
        for (Run.Line line : typical.timeline()) {
            out.printf(Locale.ROOT, "  %12s  %s%n", clock(line.at()), line.text());
        }
        out.printf(
                Locale.ROOT,
                "  %12s  %s%n%n",
                clock(typical.length()),
                typical.ending().text());
        out.printf(Locale.ROOT, "%-46s %10s   95 %% interval%n", "", "");
        shares(out);
        quantiles(out);
        out.flush();
    }

    private void shares(PrintWriter out) {
        share(out, "rolled back", summary.rolledBack());
        share(out, "  falsely: the candidate was no worse", summary.falselyRolledBack());
        if (replay.scenario().bad()) {
            share(out, "bad candidates not rolled back (missed)", summary.missed());
        }
        share(out, "completed", summary.complete());
        share(out, "undecided at the end", summary.undecided());
        share(out, "a person was called: held up too long", summary.alerted());
        if (summary.other() != null) {
            share(out, "the other gate: rolled back", summary.other().rolledBack());
            share(out, "                completed", summary.other().complete());
            share(out, "                undecided at the end", summary.other().undecided());
            number(out, "                bad answers, median", summary.other().bad());
        }
    }

    private void quantiles(PrintWriter out) {
        number(out, "bad answers before the rollback, median", summary.bad());
        number(out, "                                 90 %", summary.bad90());
        number(out, "callers that the candidate answered, median", summary.reached());
        time(out, "time from turning bad to the rollback, median", summary.toRollback());
        time(out, "                                       90 %", summary.toRollback90());
        time(out, "time to the promotion, median", summary.toPromotion());
        number(
                out,
                "callers on the list, all whom it answered, median",
                summary.heard().named());
        number(out, "  of them answered badly", summary.heard().answeredBadly());
        number(out, "calls recorded, median", summary.heard().recorded());
        number(out, "  records lost", summary.heard().lost());
        number(out, "  calls while the sink hung, none waited", summary.heard().meanwhile());
    }

    static void share(PrintWriter out, String what, Estimate share) {
        line(out, what, Quantity.percent(share.value()), Quantity.percent(share.low()), Quantity.percent(share.high()));
    }

    static void number(PrintWriter out, String what, Estimate number) {
        if (number.known()) {
            line(out, what, count(number.value()), count(number.low()), count(number.high()));
        }
    }

    private static String count(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    static void time(PrintWriter out, String what, Estimate seconds) {
        if (seconds.known()) {
            line(out, what, seconds(seconds.value()), seconds(seconds.low()), seconds(seconds.high()));
        }
    }

    private static String seconds(double seconds) {
        return clock(Duration.ofMillis(Math.round(seconds * 1000)));
    }

    private static String clock(Duration time) {
        return Quantity.clock(time);
    }

    private static void line(PrintWriter out, String what, String value, String low, String high) {
        out.printf(Locale.ROOT, "%-46s %10s   %s to %s%n", what, value, low, high);
    }

    /** The same figures and the timeline, for a program. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("policy", replay.policy().name());
        json.put("scenario", replay.scenario().name());
        json.put("candidate", replay.scenario().bad() ? "bad" : "good");
        json.put("runs", summary.runs());
        json.put("seed", replay.seed());
        json.put("lookSeconds", replay.look().toMillis() / 1000.0);
        json.put("rolledBack", json(summary.rolledBack()));
        json.put("falselyRolledBack", json(summary.falselyRolledBack()));
        json.put("missed", json(summary.missed()));
        json.put("complete", json(summary.complete()));
        json.put("undecided", json(summary.undecided()));
        json.put("alerted", json(summary.alerted()));
        json.put("badMedian", json(summary.bad()));
        json.put("bad90", json(summary.bad90()));
        json.put("reachedMedian", json(summary.reached()));
        json.put("secondsToRollbackMedian", json(summary.toRollback()));
        json.put("secondsToRollback90", json(summary.toRollback90()));
        json.put("secondsToPromotionMedian", json(summary.toPromotion()));
        if (summary.other() != null) {
            json.put("other", json(summary.other()));
        }
        putKnown(json, "listedMedian", summary.heard().named());
        putKnown(json, "listedAnsweredBadlyMedian", summary.heard().answeredBadly());
        putKnown(json, "recordedMedian", summary.heard().recorded());
        putKnown(json, "recordsLostMedian", summary.heard().lost());
        putKnown(json, "callsWhileSinkHungMedian", summary.heard().meanwhile());
        json.put("typicalRun", typical.number());
        json.put("timeline", typical.timeline().stream().map(Report::json).toList());
        return json;
    }

    private static void putKnown(Map<String, Object> json, String what, Estimate number) {
        if (number.known()) {
            json.put(what, json(number));
        }
    }

    static Map<String, Object> json(Estimate estimate) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("value", estimate.value());
        json.put("low", estimate.low());
        json.put("high", estimate.high());
        return json;
    }

    private static Map<String, Object> json(Summary.Ends ends) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("rolledBack", json(ends.rolledBack()));
        json.put("complete", json(ends.complete()));
        json.put("undecided", json(ends.undecided()));
        json.put("badMedian", json(ends.bad()));
        return json;
    }

    static Map<String, Object> json(Run.Line line) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("seconds", line.at().toMillis() / 1000.0);
        json.put("text", line.text());
        return json;
    }

    /** The table of the peers, for people. */
    static void print(PeersTable table, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "%-42s %8s %9s %8s  %-26s %-24s %s%n",
                "rule",
                "stable",
                "candidate",
                "calls/s",
                "rolled back",
                "bad answers, median",
                "seconds, median");
        for (PeersTable.Row row : table.rows()) {
            PeersTable.Cell cell = row.cell();
            out.printf(
                    Locale.ROOT,
                    "%-42s %8s %9s %8s  %-26s %-24s %s%n",
                    row.rule(),
                    Quantity.percent(cell.stable()),
                    Quantity.percent(cell.candidate()),
                    Quantity.plain(cell.callsPerSecond()),
                    String.format(
                            Locale.ROOT,
                            "%s (%s to %s)",
                            Quantity.percent(row.rolledBack().value()),
                            Quantity.percent(row.rolledBack().low()),
                            Quantity.percent(row.rolledBack().high())),
                    interval(row.bad()),
                    interval(row.seconds()));
        }
        out.flush();
    }

    private static String interval(Estimate estimate) {
        return estimate.known()
                ? count(estimate.value()) + " (" + count(estimate.low()) + " to " + count(estimate.high()) + ")"
                : "-";
    }
}
