package io.modelgate.simulator;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

/** What people and programs read of a switch. */
final class SwitchedReport {

    private static final Map<String, String> WORDS = Map.of(
            "smokeFailed", "smoke calls failed, not switched to",
            "switched", "switched to",
            "switchedBack", "switched back",
            "badMedian", "bad answers until it was switched back, median",
            "bad90", "                                      90 %",
            "reachedMedian", "callers that it answered, median",
            "reachedWhileBadMedian", "  of them once it had turned bad",
            "millisToSwitchMedian", "ms to switch, smoke calls included, median");

    private final Switched replay;
    private final List<Switched.Result> runs;

    SwitchedReport(Switched replay, List<Switched.Result> runs) {
        this.replay = replay;
        this.runs = List.copyOf(runs);
    }

    private Map<String, Estimate> shares() {
        Map<String, Estimate> shares = new LinkedHashMap<>();
        shares.put("smokeFailed", share(run -> run.failed() != null));
        shares.put("switched", share(run -> run.toSwitch() != null));
        shares.put("switchedBack", share(run -> run.back() != null));
        return shares;
    }

    private Map<String, Estimate> numbers() {
        double[] bad = runs.stream().mapToDouble(Switched.Result::bad).toArray();
        double[] toSwitch = runs.stream()
                .map(Switched.Result::toSwitch)
                .filter(Objects::nonNull)
                .mapToDouble(Duration::toMillis)
                .toArray();
        Map<String, Estimate> numbers = new LinkedHashMap<>();
        numbers.put("badMedian", Estimate.quantile(bad, 0.5));
        numbers.put("bad90", Estimate.quantile(bad, 0.9));
        numbers.put("reachedMedian", median(Switched.Result::reached));
        numbers.put("reachedWhileBadMedian", median(Switched.Result::reachedWhileBad));
        numbers.put("millisToSwitchMedian", Estimate.quantile(toSwitch, 0.5));
        return numbers;
    }

    private Estimate toBack() {
        double[] seconds = runs.stream()
                .map(Switched.Result::toBack)
                .filter(Objects::nonNull)
                .mapToDouble(time -> time.toMillis() / 1000.0)
                .toArray();
        return Estimate.quantile(seconds, 0.5);
    }

    private Estimate share(Predicate<Switched.Result> of) {
        return Estimate.share(runs.stream().filter(of).count(), runs.size());
    }

    private Estimate median(ToDoubleFunction<Switched.Result> of) {
        return Estimate.quantile(runs.stream().mapToDouble(of).toArray(), 0.5);
    }

    private static String words(String figure) {
        return WORDS.getOrDefault(figure, figure);
    }

    void print(PrintWriter out) {
        Scenario scenario = replay.scenario();
        out.printf(
                Locale.ROOT,
                "scenario  %s: %s (the candidate is %s)%n",
                scenario.name(),
                scenario.says(),
                scenario.bad() ? "bad" : "good");
        out.printf(Locale.ROOT, "runs      %,d, seed %d%n%n", runs.size(), replay.seed());
        out.printf(Locale.ROOT, "The first run%n");
        for (Run.Line line : runs.get(0).timeline()) {
            out.printf(Locale.ROOT, "  %12s  %s%n", Quantity.clock(line.at()), line.text());
        }
        out.printf(Locale.ROOT, "%n%-46s %10s   95 %% interval%n", "", "");
        shares().forEach((figure, share) -> Report.share(out, words(figure), share));
        numbers().forEach((figure, number) -> Report.number(out, words(figure), number));
        Report.time(out, "time that it served while bad, median", toBack());
        out.flush();
    }

    /** The same figures and the timeline, for a program. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", replay.scenario().name());
        json.put("candidate", replay.scenario().bad() ? "bad" : "good");
        json.put("runs", runs.size());
        json.put("seed", replay.seed());
        shares().forEach((figure, share) -> json.put(figure, Report.json(share)));
        numbers().forEach((figure, number) -> json.put(figure, Report.json(number)));
        json.put("secondsServedWhileBadMedian", Report.json(toBack()));
        json.put("timeline", runs.get(0).timeline().stream().map(Report::json).toList());
        return json;
    }
}
