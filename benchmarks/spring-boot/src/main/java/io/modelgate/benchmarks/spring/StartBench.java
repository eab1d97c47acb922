package io.modelgate.benchmarks.spring;

import io.modelgate.benchmarks.spring.Start.Kind;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootVersion;

/**
 * Starts the same application without the starter, with it, and with its model behind a gate, in turn, and compares within each turn: what slows
 * the machine down for a while slows all of them. Every second turn runs backwards.
 */
public final class StartBench {

    private static final double MOST_MILLIS = 150;
    private static final int ROUNDS = 15;
    private static final int DISCARDED = 2;
    private static final String USAGE = "usage: ./bench --spring [BOOT VERSION] [--rounds N]\n"
            + "  --rounds N  1 to 100 starts of each; default " + ROUNDS;

    private final PrintStream out;
    private final List<Map<Kind, Start>> rounds = new ArrayList<>();

    private StartBench(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = ROUNDS;
        if (arguments.length == 2 && arguments[0].equals("--rounds") && arguments[1].matches("[1-9][0-9]?|100")) {
            rounds = Integer.parseInt(arguments[1]);
        } else if (arguments.length > 0) {
            System.err.println(USAGE);
            System.exit(2);
        }
        new StartBench(new PrintStream(System.out, true, StandardCharsets.UTF_8)).run(rounds);
    }

    private void run(int count) throws IOException, InterruptedException {
        out.println("Spring Boot " + SpringBootVersion.getVersion() + ", "
                + System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors");
        out.println("each application " + count + " times, in turn and in a JVM of its own, after " + DISCARDED
                + " times that do not count; with a new control log in a file");
        out.println("only with the starter: " + String.join(" ", Start.brought()));
        for (int round = -DISCARDED; round < count; round++) {
            List<Kind> order = new ArrayList<>(List.of(Kind.values()));
            if (round % 2 != 0) {
                Collections.reverse(order);
            }
            Map<Kind, Start> starts = new EnumMap<>(Kind.class);
            for (Kind kind : order) {
                starts.put(kind, start(kind));
            }
            if (round >= 0) {
                rounds.add(starts);
            }
        }
        report();
    }

    private static Start start(Kind kind) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("start");
        try {
            Start start = Start.of(kind, directory);
            String expected = kind == Kind.GATED ? "approved by v1" : "approved without a gate";
            if (!start.answer().equals(expected)) {
                throw new IllegalStateException(kind + " answers " + start.answer() + ": expected " + expected);
            }
            return start;
        } finally {
            delete(directory);
        }
    }

    private void report() {
        out.println();
        out.println(
                "the median, and the interval that holds it with 95 %; within a turn, how much more than without the starter");
        figures("ms from run(…) to ready, as Boot says", Start::runMillis);
        figures("ms from the JVM's start to ready", Start::jvmMillis);
        figures("ms of processor time until ready", Start::cpuMillis);
        figures("classes loaded until ready", Start::classes);
        out.println();
        bar("from run(…) to ready", Start::runMillis);
        bar("from the JVM's start to ready", Start::jvmMillis);
    }

    private void figures(String name, ToDoubleFunction<Start> figure) {
        out.println();
        out.println(name);
        for (Kind kind : Kind.values()) {
            String more = kind == Kind.WITHOUT ? "" : "more: " + more(kind, figure);
            Spread spread = Spread.of(rounds.stream()
                    .map(starts -> figure.applyAsDouble(of(starts, kind)))
                    .toList());
            out.println(String.format(Locale.ROOT, "  %-30s %-26s %s", kind, spread, more)
                    .stripTrailing());
        }
    }

    private Spread more(Kind kind, ToDoubleFunction<Start> figure) {
        return Spread.of(rounds.stream()
                .map(starts -> figure.applyAsDouble(of(starts, kind)) - figure.applyAsDouble(of(starts, Kind.WITHOUT)))
                .toList());
    }

    private static Start of(Map<Kind, Start> starts, Kind kind) {
        Start start = starts.get(kind);
        if (start == null) {
            throw new IllegalStateException(kind + " was not started");
        }
        return start;
    }

    /** Reached only if the whole interval is below. */
    private void bar(String name, ToDoubleFunction<Start> figure) {
        Spread more = more(Kind.GATED, figure);
        out.println(String.format(
                Locale.ROOT,
                "%-5s a gate adds at most %.0f ms %-32s %s",
                more.high() <= MOST_MILLIS ? "pass" : "MISS",
                MOST_MILLIS,
                name,
                more));
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
