package io.modelgate.simulator;

import io.modelgate.Cause;
import io.modelgate.rollout.RolloutPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Two tools' documented example rules beside policies with the same weights and times, on the same traffic. Immutable.
 *
 * @param rows for each rule and traffic, what it came to
 */
record PeersTable(List<Row> rows) {

    private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
    private static final int CALLERS = 1_000_000;
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration FLAGGER_RAMP = Duration.ofSeconds(150);
    private static final Duration ARGO_RAMP = Duration.ofMinutes(40);

    PeersTable {
        rows = List.copyOf(rows);
    }

    /**
     * The traffic of one line: two versions, and how many calls a second they get.
     *
     * @param stable the share of stable's calls that it misses
     * @param candidate the same for the candidate
     * @param callsPerSecond the calls a second
     */
    record Cell(double stable, double candidate, double callsPerSecond) {

        boolean same() {
            return stable == candidate;
        }

        Scenario scenario(Duration ramp) {
            return new Scenario(
                    "table",
                    "",
                    !same(),
                    CALLERS,
                    START,
                    ramp,
                    List.of(callsPerSecond),
                    List.of(),
                    "",
                    Map.of(),
                    behaviour(stable),
                    behaviour(candidate),
                    List.of(),
                    List.of(),
                    List.of(),
                    null,
                    null,
                    null,
                    Setting.PLAIN);
        }

        private static Behaviour behaviour(double errors) {
            return new Behaviour(Map.of(Cause.ERROR, errors), Spread.constant(20e6), List.of(), 0, Map.of());
        }
    }

    /**
     * What a rule came to.
     *
     * @param rule its name
     * @param cell the traffic
     * @param rolledBack the share of the runs that it rolled back
     * @param bad the bad answers that the candidate served until the rollback, or else on the whole ramp: the median
     * @param seconds until the rollback: the median of the runs rolled back
     */
    record Row(String rule, Cell cell, Estimate rolledBack, Estimate bad, Estimate seconds) {

        private static Row of(String rule, Cell cell, List<Run> runs) {
            Summary summary = Summary.of(runs, true);
            double[] seconds = runs.stream()
                    .filter(Run::rolledBack)
                    .mapToDouble(run -> run.length().toSeconds())
                    .toArray();
            return new Row(rule, cell, summary.rolledBack(), summary.bad(), Estimate.quantile(seconds, 0.5));
        }

        /** The row as a line of the JSON list. */
        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("rule", rule);
            json.put("stableRate", cell.stable());
            json.put("candidateRate", cell.candidate());
            json.put("callsPerSecond", cell.callsPerSecond());
            json.put("rollbackShare", rolledBack.value());
            json.put("medianBad", bad.value());
            json.put("medianSeconds", seconds.value());
            return json;
        }
    }

    /** The lines of the table: three bad candidates, and one as good as stable at two traffics. */
    static List<Cell> cells() {
        return List.of(
                new Cell(0.002, 0.02, 100),
                new Cell(0.002, 0.05, 100),
                new Cell(0.002, 0.2, 100),
                new Cell(0.008, 0.008, 10),
                new Cell(0.008, 0.008, 100));
    }

    /** Five guardrails are there for what they cost: bad answers. */
    static List<Cell> cells(String rule) {
        return rule.startsWith(FIVE)
                ? cells().stream().filter(cell -> !cell.same()).toList()
                : cells();
    }

    /** The rules of the JSON list, by name, in its order; then those beside it. */
    static Map<String, Rule> rules() {
        Map<String, Rule> rules = new LinkedHashMap<>();
        rules.put("flagger", peer(FlaggerRule::new));
        rules.put("modelgate-flagger-steps", policy("flagger-steps", FLAGGER_RAMP));
        rules.put("argo", peer(ArgoRule::new));
        rules.put("modelgate-argo-steps", policy("argo-steps", ARGO_RAMP));
        rules.put(FIVE + "modelgate-flagger-steps", policy("flagger-steps-five-guardrails", FLAGGER_RAMP));
        rules.put(FIVE + "modelgate-argo-steps", policy("argo-steps-five-guardrails", ARGO_RAMP));
        return rules;
    }

    /** What a rule with α split over five guardrails is called; not part of the JSON list. */
    static final String FIVE = "five guardrails: ";

    /** A rule on some traffic: its runs, by number. */
    interface Rule {

        IntFunction<Run> on(Cell cell, long seed);
    }

    private static Rule policy(String name, Duration ramp) {
        RolloutPolicy policy = Shipped.policy(name);
        return (cell, seed) -> new Replay(policy, cell.scenario(ramp), LOOK, seed)::run;
    }

    static Rule peer(Supplier<PeerRule> rule) {
        return (cell, seed) -> number -> PeerRun.of(rule.get(), cell, number, new Draws(seed, number));
    }

    static PeersTable measure(int runs, long seed, Campaign campaign) {
        List<Row> rows = new ArrayList<>();
        rules().forEach((name, rule) -> {
            for (Cell cell : cells(name)) {
                rows.add(Row.of(name, cell, campaign.run(runs, rule.on(cell, seed))));
            }
        });
        return new PeersTable(rows);
    }

    /** Exactly the four rules. */
    List<Map<String, Object>> json() {
        return rows.stream()
                .filter(row -> !row.rule().startsWith(FIVE))
                .map(Row::json)
                .toList();
    }
}
