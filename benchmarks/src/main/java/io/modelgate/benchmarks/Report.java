package io.modelgate.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Prints results: a table, then what has to be reached and what was. */
final class Report {

    /** A floor that moves more than this between rounds says more of the machine than of the code. */
    private static final double MOST_SPREAD = 0.15;

    private final Results results;
    private final PrintStream out;

    Report(Results results, PrintStream out) {
        this.results = results;
        this.out = out;
    }

    void table() {
        out.println();
        out.printf(Locale.ROOT, "%-20s %7s %10s %10s %9s%n", "name", "threads", "ns/op", "± rounds", "B/op");
        for (Results.Id id : ids()) {
            Results.Spread nanos = results.nanos(id);
            out.printf(
                    Locale.ROOT,
                    "%-20s %7d %10.2f %10.2f %9.2f%n",
                    id.name(),
                    id.threads(),
                    nanos.median(),
                    nanos.error(),
                    results.bytes(id).median());
        }
    }

    void bars(boolean quick) {
        for (int threads : Bench.THREADS) {
            List<Bar> bars = Bar.ALL.stream()
                    .filter(bar -> bar.threads() == threads && bar.measuredBy(results))
                    .toList();
            if (bars.isEmpty()) {
                continue;
            }
            String doubt = quick ? "the run was a quick one" : doubt(threads);
            out.println();
            for (Bar bar : bars) {
                Results.Spread reached = bar.reached(results);
                out.printf(
                        Locale.ROOT,
                        "%-12s %-62s %8.2f  (%.2f to %.2f)%n",
                        verdict(bar, reached, doubt),
                        bar,
                        reached.median(),
                        reached.min(),
                        reached.max());
            }
            if (!doubt.isEmpty()) {
                out.printf(
                        Locale.ROOT,
                        "Inconclusive on %s: %s.%n",
                        threads == 1 ? "one thread" : threads + " threads",
                        doubt);
            }
        }
    }

    /** Bytes do not depend on how busy the machine is. */
    private static String verdict(Bar bar, Results.Spread reached, String doubt) {
        if (!doubt.isEmpty() && bar.kind() != Bar.Kind.BYTES) {
            return "inconclusive";
        }
        return bar.passes(reached.median()) ? "pass" : "MISS";
    }

    private String doubt(int threads) {
        Results.Id floor = new Results.Id("floor", threads);
        if (!results.has(floor)) {
            return "the floor was not measured";
        }
        double spread = results.nanos(floor).relative();
        return spread <= MOST_SPREAD
                ? ""
                : String.format(
                        Locale.ROOT,
                        "the floor moved by %.0f %% between rounds, more than %.0f %%; run it again when the machine is idle",
                        100 * spread,
                        100 * MOST_SPREAD);
    }

    void json(Path file) throws IOException {
        Files.writeString(file, json());
    }

    /** The results as a list in JSON. */
    String json() {
        return ids().stream()
                .map(id -> String.format(
                        Locale.ROOT,
                        "{\"name\": \"%s\", \"threads\": %d, \"nsPerOp\": %.3f, \"error\": %.3f, \"bytesPerOp\": %.3f}",
                        id.name(),
                        id.threads(),
                        results.nanos(id).median(),
                        results.nanos(id).error(),
                        results.bytes(id).median()))
                .collect(Collectors.joining(",\n  ", "[\n  ", "\n]\n"));
    }

    private List<Results.Id> ids() {
        return Stream.concat(Benchmarks.ALL.stream(), Benchmarks.FLEET.stream())
                .distinct()
                .flatMap(benchmark -> Bench.THREADS.stream().map(n -> new Results.Id(benchmark.name(), n)))
                .filter(results::has)
                .toList();
    }
}
