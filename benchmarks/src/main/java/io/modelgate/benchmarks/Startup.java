package io.modelgate.benchmarks;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.Decision;
import io.modelgate.control.FileControlLog;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The start of a process with many gates: how long it takes from a long control log, and what the gates hold of the heap. */
final class Startup {

    private static final int GATES = 10_000;
    private static final int ENTRIES = 100_000;
    private static final int STARTS = 5;
    private static final int BATCH = 5_000;
    private static final double MOST_SECONDS = 2;
    private static final double MOST_MEGABYTES = 80;
    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    private Startup() {}

    static void measure(PrintStream out) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("startup");
        try {
            Path log = folder.resolve("modelgate.log");
            write(log);
            out.println("log:     " + ENTRIES + " entries, " + (Files.size(log) >> 20) + " MB; " + STARTS
                    + " starts, each in a JVM of its own");
            List<double[]> starts = new ArrayList<>();
            for (int i = 0; i < STARTS; i++) {
                starts.add(start(log));
            }
            report(out, starts);
        } finally {
            delete(folder);
        }
    }

    private static void report(PrintStream out, List<double[]> starts) {
        String[] names = {
            "seconds to open the log",
            "seconds to make the gates",
            "seconds in all",
            "MB held before the first gate is made",
            "MB held with all gates"
        };
        out.println();
        for (int i = 0; i < names.length; i++) {
            int column = i;
            Results.Spread spread = spread(starts, column);
            out.println(String.format(
                    Locale.ROOT, "%-40s %8.2f  (%.2f to %.2f)", names[i], spread.median(), spread.min(), spread.max()));
        }
        out.println();
        bar(out, "start-up under " + (int) MOST_SECONDS + " s", spread(starts, 2), MOST_SECONDS);
        bar(out, "heap under " + (int) MOST_MEGABYTES + " MB, fold included", spread(starts, 4), MOST_MEGABYTES);
    }

    private static void bar(PrintStream out, String bar, Results.Spread reached, double limit) {
        out.println(String.format(
                Locale.ROOT, "%-12s %-40s %8.2f", reached.median() < limit ? "pass" : "MISS", bar, reached.median()));
    }

    private static Results.Spread spread(List<double[]> starts, int column) {
        return Results.Spread.of(
                starts.stream().mapToDouble(start -> start[column]).toArray());
    }

    private static double[] start(Path log) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms1g",
                        "-Xmx1g",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        log.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException("the start failed: " + line);
        }
        return Stream.of(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
    }

    private static String gate(int i) {
        return "gate-" + i;
    }

    /** Every gate declared, then a long history of kills, revives and promotions, after which all are live. */
    private static void write(Path file) {
        try (FileControlLog log = FileControlLog.open(file)) {
            List<Decision> batch = new ArrayList<>();
            for (int i = 0; i < ENTRIES; i++) {
                batch.add(entry(i));
                if (batch.size() == BATCH || i == ENTRIES - 1) {
                    log.append(batch);
                    batch.clear();
                }
            }
        }
    }

    private static Decision entry(int i) {
        int gate = i % GATES;
        Map<String, Object> version = Map.of("backend", "", "digest", "");
        return switch (i / GATES) {
            case 0 ->
                entry(i, "declare", gate, Map.of("versions", Map.of("v1", version, "v2", version), "stable", "v1"));
            case 1, 5 -> entry(i, "kill", gate, Map.of());
            case 3, 7 -> entry(i, "kill", gate, Map.of("version", "v2"));
            case 2, 4, 6, 8 -> entry(i, "revive", gate, Map.of("kills", List.of("e-" + (i - GATES))));
            default -> entry(i, "promote", gate, Map.of("version", gate % 2 == 0 ? "v1" : "v2"));
        };
    }

    private static Decision entry(int i, String type, int gate, Map<String, Object> data) {
        return new Decision(
                "e-" + i,
                FIRST.plusSeconds(i),
                type,
                false,
                gate(gate),
                "benchmark",
                "asserted",
                "a reason of usual length",
                data);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    /** One start, in a JVM of its own. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) throws InterruptedException {
            double before = heap();
            long start = System.nanoTime();
            try (Gates gates = Gates.open(g -> g.controlLog(() -> FileControlLog.open(Path.of(args[0]))))) {
                long opened = System.nanoTime();
                double folded = heap();
                long resumed = System.nanoTime();
                List<ModelGate<Applicant, Answer>> all = IntStream.range(0, GATES)
                        .mapToObj(i -> gates.<Applicant, Answer>gate(
                                gate(i), g -> g.stable("v1", Models.STABLE).version("v2", Models.CANDIDATE)))
                        .toList();
                long made = System.nanoTime();
                double held = heap();
                if (!all.stream().allMatch(ModelGate::live)) {
                    throw new IllegalStateException("a gate is killed: the log was not understood");
                }
                System.out.printf(
                        Locale.ROOT,
                        "%f %f %f %f %f%n",
                        (opened - start) / 1e9,
                        (made - resumed) / 1e9,
                        (opened - start + made - resumed) / 1e9,
                        folded - before,
                        held - before);
            }
        }

        /** Megabytes in use once everything that nobody refers to is gone. */
        private static double heap() throws InterruptedException {
            for (int i = 0; i < 3; i++) {
                System.gc();
                Thread.sleep(50);
            }
            Runtime runtime = Runtime.getRuntime();
            return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
        }
    }
}
