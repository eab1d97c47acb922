package io.modelgate.benchmarks.spring;

import io.modelgate.Gates;
import io.modelgate.fallback.Ladder;
import io.modelgate.rollout.Cohorts;
import io.modelgate.spring.ModelGateAutoConfiguration;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One start of an application.
 *
 * @param runMillis from {@code SpringApplication.run} until it was ready, as Boot says
 * @param jvmMillis from the start of the JVM until then
 * @param cpuMillis processor time of the process until then, user and system
 * @param classes loaded until then
 * @param answer of its model, after that
 */
record Start(double runMillis, double jvmMillis, double cpuMillis, double classes, String answer) {

    /** A class of each module that the starter brings: its jar, or its folder while Maven builds, is on no other class path. */
    private static final List<Class<?>> MODULES =
            List.of(Gates.class, Ladder.class, Cohorts.class, ModelGateAutoConfiguration.class);

    /** What these bring to a web application with the actuator; all else that application has already. */
    private static final List<String> BROUGHT =
            List.of("resilience4j-", "caffeine-", "error_prone_annotations-", "commons-numbers-", "snakeyaml-engine-");

    /** Which application, and on what class path. */
    enum Kind {
        WITHOUT("without the starter", "plain.PlainApplication", false),
        IDLE("the starter, nothing gated", "plain.PlainApplication", true),
        GATED("the starter, one gate", "gated.GatedApplication", true);

        private final String words;
        private final String main;
        private final boolean starter;

        Kind(String words, String main, boolean starter) {
            this.words = words;
            this.main = Start.class.getPackageName() + "." + main;
            this.starter = starter;
        }

        @Override
        public String toString() {
            return words;
        }

        List<String> classPath() {
            return jars(jar -> starter || !isBrought(jar));
        }
    }

    /** The jars by which the class paths differ. */
    static List<String> brought() {
        return jars(Start::isBrought).stream()
                .map(jar -> String.valueOf(Path.of(jar).getFileName()))
                .toList();
    }

    private static List<String> jars(Predicate<String> which) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(which)
                .toList();
    }

    private static boolean isBrought(String jar) {
        Path path = Path.of(jar).toAbsolutePath();
        String file = String.valueOf(path.getFileName());
        return BROUGHT.stream().anyMatch(file::startsWith)
                || MODULES.stream().map(Start::home).anyMatch(path::equals);
    }

    private static Path home(Class<?> type) {
        return Path.of(URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    /**
     * Starts it in a JVM of its own and waits until it is ready and has answered.
     *
     * @param directory an empty one, for the control log
     * @throws IllegalStateException with what it wrote if it does not start
     */
    static Start of(Kind kind, Path directory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, kind.classPath()),
                kind.main,
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--management.endpoints.web.exposure.include=health,modelgate"));
        if (kind.starter) {
            command.add("--modelgate.log.file=" + directory.resolve("modelgate.log"));
        }
        if (kind == Kind.GATED) {
            command.add("--modelgate.gates.credit-risk.stable=v1");
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines()
                .filter(line -> line.startsWith(Ready.LINE))
                .map(line -> parse(line.substring(Ready.LINE.length())))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(kind + " did not start:\n" + output));
    }

    private static Start parse(String line) {
        List<String> words = Arrays.asList(line.split(" "));
        return new Start(
                Double.parseDouble(words.get(0)),
                Double.parseDouble(words.get(1)),
                Double.parseDouble(words.get(2)),
                Double.parseDouble(words.get(3)),
                words.stream().skip(4).collect(Collectors.joining(" ")));
    }
}
