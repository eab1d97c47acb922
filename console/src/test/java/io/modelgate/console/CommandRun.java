package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.control.FileControlLog;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What one run of the command did: its exit code and what it wrote. */
record CommandRun(int code, String out, String err) {

    private static final Pattern KILL_ID = Pattern.compile("kill-[0-9a-f]{12}");

    static CommandRun of(Map<String, String> env, String... args) {
        return of(Duration.ofSeconds(30), env, args);
    }

    static CommandRun of(Duration patience, Map<String, String> env, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Command.run(
                List.of(args),
                env,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                patience);
        return new CommandRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Declares the gates credit (v1, v2; region) and fraud (m1) in a log. */
    static void declareGates(Path log) {
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)))) {
            gates.<String, String>gate(
                    "credit", g -> g.stable("v1", x -> x).version("v2", x -> x).attributes("region"));
            gates.<String, String>gate("fraud", g -> g.stable("m1", x -> x));
        }
    }

    /** The first id of a kill that it printed. */
    String killId() {
        Matcher matcher = KILL_ID.matcher(out);
        if (!matcher.find()) {
            throw new AssertionError("no kill id in " + this);
        }
        return matcher.group();
    }
}
