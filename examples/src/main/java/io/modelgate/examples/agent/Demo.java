package io.modelgate.examples.agent;

import io.modelgate.Ticker;
import io.modelgate.budget.Budget;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An agent that loops, and what stops it: the program behind {@code ./demo agent}. */
public final class Demo {

    private static final String USAGE = "usage: ./demo agent [--summary-json FILE]";

    private Demo() {}

    /** Exits 0 if the bills agree with the ledger and none is above its ceiling, 1 if not, 2 if the arguments are wrong. */
    public static void main(String[] args) throws IOException, InterruptedException {
        // The story says itself what the library would warn of.
        System.setProperty("org.slf4j.simpleLogger.log.io.modelgate", "error");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(List.of(args), out, System.err));
    }

    static int run(List<String> args, PrintStream out, PrintStream err) throws IOException, InterruptedException {
        Path json = null;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.equals("--help") || arg.equals("-h")) {
                out.println(USAGE);
                return 0;
            }
            if (!arg.equals("--summary-json") || i + 1 == args.size()) {
                return usage(err, arg.equals("--summary-json") ? arg + " needs a FILE" : "unknown argument " + arg);
            }
            json = Path.of(args.get(++i)).toAbsolutePath();
            Path parent = json.getParent();
            if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(json)) {
                return usage(err, "--summary-json is " + json + ": expected a file in a directory that exists");
            }
        }
        out.println("One gate, " + AgentGate.NAME + ", between agents that cannot stop and models that cost money.");
        return play(new Page(out), json);
    }

    private static int usage(PrintStream err, String problem) {
        err.println("demo: " + problem);
        err.println(USAGE);
        return 2;
    }

    private static int play(Page page, @Nullable Path json) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("modelgate-demo-");
        Ticker ticker = Ticker.system();
        long start = ticker.read();
        int exitCode = play(page, directory, json, InstantSource.system(), AgentGate.ceilings());
        page.line("took %.1f s", (ticker.read() - start) / 1e9);
        if (exitCode == 0) {
            delete(directory);
        } else {
            page.line("the control log and the ledger are left in %s", directory);
        }
        return exitCode;
    }

    /** Tells the story under these ceilings, and returns 0 if the figures are right, else 1. */
    static int play(Page page, Path directory, @Nullable Path json, InstantSource instants, List<Budget> ceilings)
            throws IOException, InterruptedException {
        try {
            Story story = new Story(page, directory, instants, ceilings);
            return close(story.play(), story.books().problems(), page, json);
        } catch (IllegalStateException e) {
            page.line("the demo cannot go on: %s", String.valueOf(e.getMessage()));
            return 1;
        }
    }

    private static int close(Summary summary, List<String> problems, Page page, @Nullable Path json)
            throws IOException {
        page.chapter("The figures");
        page.table(summary);
        if (json != null) {
            Files.writeString(json, summary.json());
        }
        page.chapter(problems.isEmpty() ? "The numbers add up" : "The numbers do NOT add up");
        if (problems.isEmpty()) {
            page.line(
                    "every bill, by the models' own books and the price file, is what the ledger says, to the micro-unit");
            page.line("no bill is above its ceiling");
        }
        problems.forEach(problem -> page.line("%s", problem));
        return problems.isEmpty() ? 0 : 1;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
