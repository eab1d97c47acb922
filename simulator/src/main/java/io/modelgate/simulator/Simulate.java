package io.modelgate.simulator;

import io.modelgate.rollout.RolloutPolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code ./simulate}. */
@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        version = "simulate 0.1.0-SNAPSHOT",
        sortOptions = false,
        usageHelpAutoWidth = true,
        description =
                "Replays a rollout policy over a scenario, many times, on the controller and the guardrails that run in "
                        + "production, and says how many bad answers it lets through and how often it is wrong.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the simulation ran, whatever came of it",
            "1:it failed",
            "2:an argument or a file cannot be used"
        })
public final class Simulate implements Callable<Integer> {

    private static final int RUNS = 1000;
    private static final int MOST_RUNS = 1_000_000;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "POLICY.yaml",
            description = "The policy; docs/policies.md describes the file.")
    private @Nullable Path policy;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SCENARIO.yaml",
            description = "The scenario; docs/simulator.md describes the file.")
    private @Nullable Path scenario;

    @Option(names = "--runs", paramLabel = "N", description = "How many runs, 1 to 1,000,000. Default: 1000.")
    private int runs = RUNS;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The seed of all chance; the same seed gives the same figures. Default: 1.")
    private long seed = 1;

    @Option(
            names = "--look",
            paramLabel = "DURATION",
            description =
                    "How often the controller looks, such as 1s. Default: 1s, or more where a rollout takes hours.")
    private @Nullable String look;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "How many threads, 1 to 64. Default: one for each processor.")
    private int threads = Math.min(64, Runtime.getRuntime().availableProcessors());

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the figures to this file too.")
    private @Nullable Path json;

    @Option(
            names = "--plot",
            paramLabel = "FILE.svg",
            description = "Draws weight, evidence and bad answers of the typical run over time.")
    private @Nullable Path plot;

    @Option(
            names = "--peers",
            description =
                    "Instead: Flagger's and Argo Rollouts' documented example rules beside policies with the same weights and times.")
    private boolean peers;

    @Option(
            names = "--reference",
            paramLabel = "SCENARIO.yaml",
            description = "Instead: the scenario's stable version against its own frozen reference, without a rollout.")
    private @Nullable Path reference;

    @Option(
            names = "--blue-green",
            paramLabel = "SCENARIO.yaml",
            description = "Instead: the scenario's versions switched as a whole, and back, without a rollout.")
    private @Nullable Path blueGreen;

    private Simulate() {}

    /** Runs the command and ends the process with its exit code. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(out, err, args));
    }

    static int run(PrintWriter out, PrintWriter err, String... args) {
        return new CommandLine(new Simulate())
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    if (e instanceof BadFileException) {
                        err.println("simulate: " + e.getMessage());
                        return CommandLine.ExitCode.USAGE;
                    }
                    err.println("simulate: failed: " + e);
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(args);
    }

    @Override
    public Integer call() {
        require("--runs", runs, 1, MOST_RUNS);
        require("--threads", threads, 1, 64);
        if (blueGreen != null) {
            if (peers || reference != null || policy != null || look != null || plot != null) {
                throw bad(
                        "--blue-green takes no policy, --look, --plot, --peers or --reference: nothing is rolled out");
            }
            Switched switched = new Switched(ScenarioFile.load(blueGreen), seed);
            List<Switched.Result> done = withBar(runs, campaign -> campaign.run(runs, switched::run));
            SwitchedReport report = new SwitchedReport(switched, done);
            report.print(commandLine().getOut());
            write(report.json());
        } else if (reference != null) {
            if (peers || policy != null || look != null || plot != null) {
                throw bad("--reference takes no policy, --look, --plot or --peers: nothing is rolled out");
            }
            Frozen frozen = new Frozen(ScenarioFile.load(reference), seed);
            List<Frozen.Result> done = withBar(runs, campaign -> campaign.run(runs, frozen::run));
            write(frozen.report(done, commandLine().getOut()));
        } else if (peers) {
            if (policy != null || look != null || plot != null) {
                throw bad("--peers takes no policy, scenario, --look or --plot: it brings its own and draws nothing");
            }
            comparePeers();
        } else {
            simulate();
        }
        return CommandLine.ExitCode.OK;
    }

    private void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw bad(option + " is " + value + ": expected " + least + " to " + most);
        }
    }

    private ParameterException bad(String message) {
        return new ParameterException(commandLine(), message);
    }

    private CommandLine commandLine() {
        if (spec == null) {
            throw new IllegalStateException("not run as a command");
        }
        return spec.commandLine();
    }

    private void simulate() {
        if (policy == null || scenario == null) {
            throw bad("expected a policy and a scenario, or one of --reference, --blue-green and --peers");
        }
        requireDrawable();
        Duration every = look == null ? null : every(look);
        Replay replay = new Replay(policy(policy), ScenarioFile.load(scenario), every, seed);
        List<Run> done = withBar(runs, campaign -> campaign.run(runs, replay::run));
        Report report = new Report(replay, Summary.of(done, replay.scenario().bad()));
        report.print(commandLine().getOut());
        write(report.json());
        if (plot != null) {
            Plot.write(plot, new Plot(replay, report.typical()).svg());
        }
    }

    /** Before the runs, which may take minutes. */
    private void requireDrawable() {
        if (plot == null) {
            return;
        }
        if (!String.valueOf(plot.getFileName()).endsWith(".svg")) {
            throw bad("--plot is " + Quantity.quote(plot.toString()) + ": expected a file whose name ends in .svg");
        }
        Path folder = plot.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(plot)) {
            throw bad("--plot is " + Quantity.quote(plot.toString()) + ": expected a file in a folder that exists");
        }
    }

    private Duration every(String text) {
        long nanos = Quantity.nanos(text);
        if (nanos < Duration.ofMillis(10).toNanos()
                || nanos > Duration.ofHours(1).toNanos()) {
            throw bad("--look is " + Quantity.quote(text) + ": expected a duration from 10ms to 1h, like 1s");
        }
        return Duration.ofNanos(nanos);
    }

    private static RolloutPolicy policy(Path file) {
        try {
            return RolloutPolicy.load(file);
        } catch (IllegalArgumentException e) {
            throw new BadFileException(String.valueOf(e.getMessage()));
        } catch (UncheckedIOException e) {
            throw new BadFileException(file + ": cannot be read (" + e.getCause() + "): expected a readable file");
        }
    }

    private void comparePeers() {
        int all = runs
                * PeersTable.rules().keySet().stream()
                        .mapToInt(rule -> PeersTable.cells(rule).size())
                        .sum();
        PeersTable table = withBar(all, campaign -> PeersTable.measure(runs, seed, campaign));
        Report.print(table, commandLine().getOut());
        write(table.json());
    }

    /** With a progress bar on standard error; the script asks for it if that is a terminal, which Java 17 cannot tell. */
    private <T> T withBar(int all, Function<Campaign, T> work) {
        if (!Boolean.getBoolean("simulate.progress")) {
            return work.apply(new Campaign(threads, () -> {}));
        }
        ProgressBarBuilder bar = ProgressBar.builder()
                .setTaskName("simulating")
                .setInitialMax(all)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200);
        try (ProgressBar shown = bar.build()) {
            return work.apply(new Campaign(threads, shown::step));
        }
    }

    private void write(Object figures) {
        if (json == null) {
            return;
        }
        try {
            Files.writeString(json, Json.of(figures));
        } catch (IOException e) {
            throw new BadFileException(json + ": cannot be written (" + e + "): expected a writable place");
        }
    }
}
