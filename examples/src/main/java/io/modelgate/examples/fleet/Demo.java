package io.modelgate.examples.fleet;

import io.modelgate.Ticker;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Processes on one Redis, and a kill that each of them confirms: the program behind {@code ./demo --fleet N}. */
public final class Demo {

    private static final int MOST = 50;
    private static final String USAGE = "usage: ./demo --fleet N [--redis URI] [--summary-json FILE]";

    private Demo() {}

    /**
     * Exits 0 if every process confirmed each kill and no call reached the model there afterwards, 1 if not or if there is no Redis, 2 if
     * the arguments are wrong.
     */
    public static void main(String[] args) throws IOException {
        // The story says itself what the library would warn of.
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(List.of(args), out, System.err));
    }

    static int run(List<String> args, PrintStream out, PrintStream err) throws IOException {
        Deque<String> left = new ArrayDeque<>(args);
        int processes = 0;
        String uri = null;
        Path json = null;
        while (!left.isEmpty()) {
            String arg = left.remove();
            switch (arg) {
                case "--help", "-h" -> {
                    out.println(USAGE);
                    return 0;
                }
                case "--redis", "--summary-json" -> {
                    if (left.isEmpty()) {
                        return usage(err, arg + (arg.equals("--redis") ? " needs a URI" : " needs a FILE"));
                    }
                    if (arg.equals("--redis")) {
                        uri = left.remove();
                        continue;
                    }
                    json = Path.of(left.remove()).toAbsolutePath();
                    Path parent = json.getParent();
                    if (parent == null || !Files.isDirectory(parent) || Files.isDirectory(json)) {
                        return usage(err, "--summary-json is " + json + ": expected a file in a directory that exists");
                    }
                }
                default -> {
                    if (processes != 0) {
                        return usage(err, "unknown argument " + arg);
                    }
                    if (!arg.matches("[1-9][0-9]?") || Integer.parseInt(arg) > MOST) {
                        return usage(err, "--fleet is " + arg + ": expected how many processes, 1 to " + MOST);
                    }
                    processes = Integer.parseInt(arg);
                }
            }
        }
        if (processes == 0) {
            return usage(err, "--fleet needs a number of processes, 1 to " + MOST);
        }
        out.println("A fleet of " + processes + " processes that serve " + ServingProcess.GATE + " on one Redis.");
        Page page = new Page(out);
        return uri == null ? onOwnRedis(page, processes, json, err) : play(page, processes, uri, null, json);
    }

    private static int usage(PrintStream err, String problem) {
        err.println("demo: " + problem);
        err.println(USAGE);
        return 2;
    }

    private static int onOwnRedis(Page page, int processes, @Nullable Path json, PrintStream err) throws IOException {
        if (!RedisServer.available()) {
            err.println("demo: no redis-server runs on this machine: neither the one that Maven brought nor one on the"
                    + " PATH; install one, or give a Redis that runs: ./demo --fleet " + processes
                    + " --redis redis://HOST:6379");
            return 1;
        }
        try (RedisServer server = RedisServer.create().start()) {
            return play(page, processes, server.uri(), server, json);
        } catch (IllegalStateException e) {
            err.println("demo: " + e.getMessage());
            err.println("demo: give a Redis that runs: ./demo --fleet " + processes + " --redis redis://HOST:6379");
            return 1;
        }
    }

    private static int play(Page page, int processes, String uri, @Nullable RedisServer server, @Nullable Path json)
            throws IOException {
        Path directory = Files.createTempDirectory("modelgate-fleet-");
        Ticker ticker = Ticker.system();
        long start = ticker.read();
        int exitCode;
        try {
            String log = server == null ? "demo-" + ProcessHandle.current().pid() : "demo";
            exitCode = close(new Story(page, processes, uri, log, directory, server).play(), page, json);
        } catch (RuntimeException e) { // of a Redis that is not there, for instance: a sentence, never a stack trace
            page.line("the demo cannot go on: %s", String.valueOf(e.getMessage()));
            exitCode = 1;
        }
        page.line("took %.1f s", (ticker.read() - start) / 1e9);
        if (exitCode == 0) {
            delete(directory);
        } else {
            page.line("what the processes left is in %s", directory);
        }
        return exitCode;
    }

    /** Prints whether the kills held, writes the figures as JSON, and returns 0 if they did, else 1. */
    static int close(Summary summary, Page page, @Nullable Path json) throws IOException {
        if (json != null) {
            Files.writeString(json, summary.json());
        }
        List<String> problems = summary.problems();
        page.chapter(problems.isEmpty() ? "Off is off" : "Off is NOT off");
        if (problems.isEmpty()) {
            page.line("every process confirmed, and no call that began after its confirmation reached the model");
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
