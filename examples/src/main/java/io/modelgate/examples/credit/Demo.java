package io.modelgate.examples.credit;

import io.modelgate.Ticker;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A gate in front of real models on real applications, and everything that goes wrong: the program behind {@code ./demo}. */
public final class Demo {

    /** So many that the evidence for v2 is there before all of them have asked once. */
    static final int CALLERS = 40_000;

    private static final String USAGE = "usage: ./demo [--summary-json FILE] [--once]\n"
            + "tells the story, then serves on with the operators' console, until Ctrl-C; --once ends after the story";

    private Demo() {}

    /** Exits 0 if the numbers add up, 1 if not, 2 if the arguments are wrong; unless {@code --once} is given, when somebody ends it. */
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(List.of(args), out, System.err));
    }

    static int run(List<String> args, PrintStream out, PrintStream err) throws IOException {
        Path json = null;
        boolean once = false;
        for (int i = 0; i < args.size(); i++) {
            String arg = args.get(i);
            if (arg.equals("--help") || arg.equals("-h")) {
                out.println(USAGE);
                return 0;
            }
            if (arg.equals("--summary-json") && i + 1 < args.size()) {
                json = Path.of(args.get(++i)).toAbsolutePath();
                Path parent = json.getParent();
                if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(json)) {
                    return usage(err, "--summary-json is " + json + ": expected a file in a directory that exists");
                }
            } else if (arg.equals("--once")) {
                once = true;
            } else {
                return usage(err, arg.equals("--summary-json") ? arg + " needs a FILE" : "unknown argument " + arg);
            }
        }
        out.println("One gate, " + CreditGate.NAME + ", in front of real models, on real credit applications.");
        return play(new Page(out), json, CALLERS, once);
    }

    private static int usage(PrintStream err, String problem) {
        err.println("demo: " + problem);
        err.println(USAGE);
        return 2;
    }

    private static int play(Page page, @Nullable Path json, int callers, boolean once) throws IOException {
        Path directory = Files.createTempDirectory("modelgate-demo-");
        Path log = directory.resolve("modelgate.log");
        Ticker ticker = Ticker.system();
        long start = ticker.read();
        Story story = new Story(page, log, callers);
        int exitCode;
        try {
            exitCode = close(story.play(), page, log, json);
        } catch (IllegalStateException e) {
            exitCode = broken(page, e);
        }
        page.line("took %s", Page.seconds(Duration.ofNanos(ticker.read() - start)));
        if (once || exitCode != 0) {
            return end(page, directory, log, exitCode);
        }
        Ending ending = Ending.ofThisProcess();
        try {
            exitCode = new Serving(page, log, ending).untilTheEnd(story.models(), story.heldOut());
        } catch (IllegalStateException e) {
            exitCode = broken(page, e);
        }
        exitCode = end(page, directory, log, exitCode);
        ending.done(exitCode);
        return exitCode;
    }

    private static int broken(Page page, IllegalStateException e) {
        page.line("the demo cannot go on: %s", String.valueOf(e.getMessage()));
        return 1;
    }

    private static int end(Page page, Path directory, Path log, int exitCode) throws IOException {
        if (exitCode == 0) {
            delete(directory);
        } else {
            page.line("the control log is left in %s", log);
        }
        return exitCode;
    }

    /** Prints the figures and the end of the control log, writes the figures as JSON, and returns 0 if they add up, else 1. */
    static int close(Books books, Page page, Path log, @Nullable Path json) throws IOException {
        Summary summary = books.summary(log);
        page.chapter("The figures");
        page.table(summary);
        page.count("callers that v3 answered", books.servedByAborted());
        page.chapter("The last ten entries of the control log");
        page.quote(Processes.modelgate(log, "log", "--last", "10").output());
        page.line("its chain: %s", summary.logVerified() ? "verified" : "NOT VERIFIED");
        if (json != null) {
            Files.writeString(json, summary.json());
        }
        List<String> problems = books.problems(summary);
        page.chapter(problems.isEmpty() ? "The numbers add up" : "The numbers do NOT add up");
        if (problems.isEmpty()) {
            page.line("every call has exactly one outcome, as its caller and the gate count");
            page.line("no invocation of a killed version started after its kill had returned");
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
