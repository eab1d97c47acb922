package io.modelgate.benchmarks;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for.
 *
 * @param rounds how often each benchmark gets a fork, 1 or more
 * @param quick whether iterations are too short to mean anything
 * @param only which benchmarks, by a part of their name
 * @param json where the results go as well, or null
 * @param startup whether to measure the start instead of the calls
 * @param fleet whether to measure kills in a fleet on Redis instead
 * @param console whether to measure the operators' console instead
 */
record Options(
        int rounds, boolean quick, Pattern only, @Nullable Path json, boolean startup, boolean fleet, boolean console) {

    static final String USAGE = """
            usage: ./bench [--json FILE] [--only REGEX] [--rounds N] [--quick]
                   ./bench --startup
                   ./bench --fleet [--json FILE] [--quick]
                   ./bench --console [--json FILE] [--quick]
                   ./bench --spring [BOOT VERSION] [--rounds N]
              --json FILE   also write the results as JSON
              --only REGEX  run the benchmarks whose whole name matches, and print the bars that they suffice for
              --rounds N    1 to 100; default 4, about ten minutes
              --quick       one round of very short iterations: shows that everything runs, not how fast
              --startup     measure the start of 10,000 gates from a log of 100,000 entries
              --fleet       measure kills in a fleet on one Redis: 20 processes, 1,000 followers, an outage, and what it
                            costs a call; some five minutes
              --console     measure the console of a process with 5,000 gates at 200 requests a second; less than a minute
              --spring      comes first, and measures what the starter adds to the start of an application on Spring Boot 3.5.16,
                            or another; some five minutes""";

    private static final int ROUNDS = 4;
    private static final int FLEET_ROUNDS = 3;

    static Options parse(List<String> args) {
        Deque<String> left = new ArrayDeque<>(args);
        int rounds = 0;
        boolean quick = false;
        Pattern only = Pattern.compile(".*");
        Path json = null;
        boolean startup = false;
        boolean fleet = false;
        boolean console = false;
        while (!left.isEmpty()) {
            String option = left.remove();
            switch (option) {
                case "--quick" -> quick = true;
                case "--startup" -> startup = true;
                case "--fleet" -> fleet = true;
                case "--console" -> console = true;
                case "--json" -> json = Path.of(value(option, left));
                case "--only" -> only = pattern(value(option, left));
                case "--rounds" -> rounds = number(value(option, left));
                default -> throw new IllegalArgumentException("option " + option + " is unknown");
            }
        }
        return new Options(
                rounds > 0 ? rounds : quick ? 1 : fleet ? FLEET_ROUNDS : ROUNDS,
                quick,
                only,
                json,
                startup,
                fleet,
                console);
    }

    private static String value(String option, Deque<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException("option " + option + " needs a value");
        }
        return left.remove();
    }

    private static Pattern pattern(String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("--only is " + regex + ": " + e.getDescription(), e);
        }
    }

    private static int number(String rounds) {
        if (!rounds.matches("[1-9][0-9]?|100")) {
            throw new IllegalArgumentException("--rounds is " + rounds + ": expected 1 to 100");
        }
        return Integer.parseInt(rounds);
    }
}
