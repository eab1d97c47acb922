package io.modelgate.benchmarks;

import static java.util.Objects.requireNonNull;

import io.modelgate.benchmarks.Benchmarks.Named;
import io.modelgate.benchmarks.fleet.Figures;
import io.modelgate.benchmarks.fleet.FleetBench;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs the headline benchmarks in several rounds, each of which gives every benchmark one fork on one thread and one on two. What is
 * compared is measured within seconds of each other, and ratios are taken within a round; every second round runs backwards, so that
 * a machine that slowly gets faster or slower favours nobody.
 */
public final class Bench {

    static final List<Integer> THREADS = List.of(1, 2);

    private final Options options;
    private final PrintStream out;
    private final Results results = new Results();

    private Bench(Options options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Options options;
        try {
            options = Options.parse(List.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + Options.USAGE);
            System.exit(2);
            return;
        }
        Machine.print(out, args);
        if (options.startup()) {
            Startup.measure(out);
        } else if (options.fleet()) {
            System.exit(fleet(options, out));
        } else if (options.console()) {
            System.exit(console(options, out));
        } else {
            new Bench(options, out).run();
        }
    }

    /** Exits 1 if something is wrong that is no matter of speed. */
    private static int fleet(Options options, PrintStream out) throws RunnerException, IOException {
        if (!RedisServer.available()) {
            System.err.println(
                    "no redis-server runs on this machine: neither the one that Maven brought nor one on the PATH");
            return 1;
        }
        Figures figures = FleetBench.measure(out, options.quick());
        out.println();
        Report report = new Bench(options, out).run(Benchmarks.FLEET);
        if (options.json() != null) {
            Files.writeString(
                    options.json(),
                    "{\n  " + figures.json() + ",\n  \"calls\": "
                            + report.json().strip().replace("\n", "\n  ") + "\n}\n");
        }
        return figures.sound() ? 0 : 1;
    }

    /** Exits 1 if something is wrong that is no matter of speed. */
    private static int console(Options options, PrintStream out) throws Exception {
        Figures figures = ConsoleBench.measure(out, options.quick());
        if (options.json() != null) {
            Files.writeString(options.json(), "{\n  " + figures.json() + "\n}\n");
        }
        return figures.sound() ? 0 : 1;
    }

    private void run() throws RunnerException, IOException {
        List<Named> chosen = Benchmarks.ALL.stream()
                .filter(benchmark -> options.only().matcher(benchmark.name()).matches())
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no benchmark is called " + options.only() + "; there are "
                    + Benchmarks.ALL.stream().map(Named::name).toList());
        }
        Report report = run(chosen);
        if (options.json() != null) {
            report.json(options.json());
        }
    }

    private Report run(List<Named> chosen) throws RunnerException {
        for (int round = 1; round <= options.rounds(); round++) {
            out.println("round " + round + " of " + options.rounds() + ": " + chosen.size() + " benchmarks on "
                    + THREADS + " threads");
            results.startRound();
            List<Named> order = new ArrayList<>(chosen);
            if (round % 2 == 0) {
                Collections.reverse(order);
            }
            for (int threads : THREADS) {
                for (Named benchmark : order) {
                    results.add(new Results.Id(benchmark.name(), threads), fork(benchmark, threads));
                }
            }
        }
        Report report = new Report(results, out);
        report.table();
        report.bars(options.quick());
        return report;
    }

    private Results.Measured fork(Named benchmark, int threads) throws RunnerException {
        String method = benchmark.owner().getName() + "." + benchmark.name();
        OptionsBuilder jmh = new OptionsBuilder();
        jmh.include("^" + Pattern.quote(method) + "$")
                .threads(threads)
                .forks(1)
                .warmupIterations(options.quick() ? 2 : 8)
                .warmupTime(TimeValue.milliseconds(options.quick() ? 50 : 120))
                .measurementIterations(options.quick() ? 2 : 40)
                .measurementTime(TimeValue.milliseconds(options.quick() ? 50 : 20))
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        return measured(new Runner(jmh.build()).runSingle());
    }

    /**
     * What else the machine does can only slow an iteration down: the lower quartile of many short ones is steadier than their mean. An
     * iteration that hardly ran divides what the profiler itself allocates by few calls: so the bytes are the median.
     */
    private static Results.Measured measured(RunResult run) {
        List<IterationResult> iterations = run.getBenchmarkResults().stream()
                .map(BenchmarkResult::getIterationResults)
                .flatMap(Collection::stream)
                .toList();
        double[] nanos = iterations.stream()
                .mapToDouble(iteration -> iteration.getPrimaryResult().getScore())
                .sorted()
                .toArray();
        double[] bytes = iterations.stream().mapToDouble(Bench::bytes).toArray();
        return new Results.Measured(
                nanos[nanos.length / 4], Results.Spread.of(bytes).median());
    }

    private static double bytes(IterationResult iteration) {
        return requireNonNull(iteration.getSecondaryResults().get("gc.alloc.rate.norm"))
                .getScore();
    }
}
