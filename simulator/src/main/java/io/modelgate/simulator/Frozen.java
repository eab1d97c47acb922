package io.modelgate.simulator;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Drift;
import io.modelgate.rollout.RolloutEvent;
import io.modelgate.rollout.Rollouts;
import io.modelgate.testkit.ManualTime;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Replays how stable is compared with its own frozen reference while nobody rolls anything out: real calls of a gate, whose answers are as
 * the scenario's stable version has them. Thread-safe.
 */
final class Frozen {

    private static final Duration LOOK = Duration.ofMinutes(1);

    /** The gate hands over so many at once without loss. */
    private static final int AT_ONCE = 1_000;

    private final Scenario scenario;
    private final Duration after;
    private final Duration limit;
    private final long seed;

    /**
     * A replay.
     *
     * @throws BadFileException if the scenario freezes nothing, or nothing is measured
     */
    Frozen(Scenario scenario, long seed) {
        Duration frozen = scenario.reference();
        Duration duration = scenario.duration();
        if (frozen == null
                || duration == null
                || scenario.metrics().isEmpty()
                || scenario.traffic().size() > 1) {
            throw new BadFileException("scenario " + Quantity.quote(scenario.name())
                    + " has no reference, no duration, no metrics or a traffic by the hour: expected reference, the time after which"
                    + " stable's answers are frozen, duration, metrics and one traffic");
        }
        this.scenario = scenario;
        this.seed = seed;
        after = frozen;
        limit = duration;
    }

    /**
     * What came of one run. Immutable.
     *
     * @param degraded when stable changed; null if it did not
     * @param reported when that was reported; null if it was not
     * @param reason what the report said; empty if there was none
     */
    record Result(@Nullable Duration degraded, @Nullable Duration reported, String reason) {

        boolean falselyReported() {
            return reported != null && (degraded == null || reported.compareTo(degraded) < 0);
        }

        private double seconds() {
            return degraded == null || reported == null
                    ? 0
                    : reported.minus(degraded).toMillis() / 1000.0;
        }
    }

    /** The run with this number, always the same. */
    Result run(int number) {
        ManualTime time = new ManualTime(scenario.start());
        AtomicReference<RolloutEvent.@Nullable Drifted> heard = new AtomicReference<>();
        try (Gates gates = Gates.open(g -> g.ticker(time)
                        .instants(time)
                        .scheduler(time)
                        .executor(Runnable::run)
                        .eventExecutor(Runnable::run));
                Rollouts rollouts = Rollouts.open(gates, r -> r.manual().executor(Runnable::run))) {
            ModelGate<double[], double[]> gate = gate(gates);
            rollouts.onEvent(event -> {
                if (event instanceof RolloutEvent.Drifted drifted) {
                    heard.compareAndSet(null, drifted);
                }
            });
            rollouts.countReference(gate);
            return run(gates, gate, rollouts, time, heard, new Draws(seed, number));
        }
    }

    private Result run(
            Gates gates,
            ModelGate<double[], double[]> gate,
            Rollouts rollouts,
            ManualTime time,
            AtomicReference<RolloutEvent.@Nullable Drifted> heard,
            Draws draws) {
        Behaviour stable = scenario.stable();
        Duration degraded = null;
        boolean frozen = false;
        for (Duration now = LOOK; now.compareTo(limit) <= 0; now = now.plus(LOOK)) {
            pass(gates, gate, stable, draws);
            time.advance(LOOK);
            if (!frozen && now.compareTo(after) >= 0) {
                String[] metrics = scenario.metrics().stream().map(Metric::name).toArray(String[]::new);
                rollouts.freezeReference(gate, Drift.of(metrics), Actor.of("simulator"), "simulated");
                frozen = true;
            }
            rollouts.tick();
            RolloutEvent.Drifted drifted = heard.get();
            if (drifted != null) {
                return new Result(degraded, now, drifted.reason());
            }
            Behaviour next = at(now);
            if (degraded == null && !next.equals(scenario.stable())) {
                degraded = now;
            }
            stable = next;
        }
        return new Result(degraded, null, "");
    }

    /** How stable answers so long after the start. */
    private Behaviour at(Duration now) {
        Behaviour stable = scenario.stable();
        for (Scenario.Change change : scenario.changes()) {
            if (change.who() != Scenario.Who.CANDIDATE && change.atNanos() >= 0 && change.atNanos() <= now.toNanos()) {
                stable = stable.shifted(change.shift());
            }
        }
        return stable;
    }

    private void pass(Gates gates, ModelGate<double[], double[]> gate, Behaviour stable, Draws draws) {
        long calls = draws.poisson(scenario.traffic().get(0) * LOOK.toSeconds());
        for (long i = 0; i < calls; i++) {
            double[] answer = new double[scenario.metrics().size()];
            for (int metric = 0; metric < answer.length; metric++) {
                answer[metric] = stable.metrics().get(metric).one(draws);
            }
            gate.call(answer, Caller.of("user-" + draws.random().nextInt(scenario.callers())));
            if (i % AT_ONCE == AT_ONCE - 1) {
                gates.flushServed();
            }
        }
        gates.flushServed();
    }

    private ModelGate<double[], double[]> gate(Gates gates) {
        return gates.gate("simulated", g -> {
            g.stable("stable", input -> input).router(Cohorts.router());
            for (int i = 0; i < scenario.metrics().size(); i++) {
                Metric<Object> metric = scenario.metrics().get(i);
                int number = i;
                double range = metric.most() - metric.least();
                g.metric(
                        metric.name(),
                        metric.least(),
                        metric.most(),
                        answer -> metric.least() + answer[number] * range);
            }
        });
    }

    /** Prints what came of the runs, and returns it for a program. */
    Map<String, Object> report(List<Result> runs, PrintWriter out) {
        Estimate reported = Estimate.share(
                runs.stream().filter(run -> run.reported() != null).count(), runs.size());
        Estimate falsely =
                Estimate.share(runs.stream().filter(Result::falselyReported).count(), runs.size());
        double[] seconds = runs.stream()
                .filter(run -> run.reported() != null && !run.falselyReported())
                .mapToDouble(Result::seconds)
                .toArray();
        Estimate toReport = Estimate.quantile(seconds, 0.5);
        out.printf(Locale.ROOT, "scenario  %s: %s%n", scenario.name(), scenario.says());
        out.printf(
                Locale.ROOT, "runs      %,d, seed %d, frozen after %s%n%n", runs.size(), seed, Quantity.clock(after));
        runs.stream()
                .filter(run -> run.reported() != null)
                .findFirst()
                .ifPresent(run -> out.printf(Locale.ROOT, "The first report: %s%n%n", run.reason()));
        Report.share(out, "drift reported", reported);
        Report.share(out, "  falsely: stable had not changed", falsely);
        Report.time(out, "time from the change to the report, median", toReport);
        out.flush();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("scenario", scenario.name());
        json.put("runs", runs.size());
        json.put("seed", seed);
        json.put("reported", Report.json(reported));
        json.put("falselyReported", Report.json(falsely));
        json.put("secondsToReportMedian", Report.json(toReport));
        return json;
    }
}
