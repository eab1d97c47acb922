package io.modelgate.examples.credit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other processes on this machine, which share the control log. */
final class Processes {

    /** Set by the script {@code demo} to the command {@code modelgate} beside it. */
    private static final String COMMAND = "modelgate.command";

    /** For XGBoost: a newer JDK warns of native code that nobody asked for. */
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    private Processes() {}

    /**
     * What a process that has ended left.
     *
     * @param exitCode its exit code
     * @param output what it printed
     */
    record Ended(int exitCode, String output) {}

    /** Runs the command {@code modelgate} with these words on a control log. */
    static Ended modelgate(Path log, String... words) {
        List<String> command = new ArrayList<>();
        String script = System.getProperty(COMMAND, "");
        if (script.isEmpty()) {
            command.addAll(java("io.modelgate.console.Command"));
        } else {
            command.add(script);
        }
        command.addAll(List.of(words));
        command.addAll(List.of("--log", log.toString()));
        return run(command);
    }

    /** Runs a main class of this example in a JVM of its own. */
    static Ended java(Class<?> main, String... args) {
        List<String> command = java(main.getName());
        command.addAll(List.of(args));
        return run(command);
    }

    private static List<String> java(String main) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ArrayList<>(List.of(java, NATIVE_ACCESS, "-cp", System.getProperty("java.class.path"), main));
    }

    private static Ended run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
            return new Ended(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command.get(0) + " runs", e);
        }
    }
}
