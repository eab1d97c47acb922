package io.modelgate.console;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the command writes: results to one stream, what went wrong to the other. Whatever could move a terminal's cursor, change its
 * state or reorder a line is made visible, because names and reasons come from anyone who can write to a log. Not thread-safe.
 */
final class Screen {

    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final List<String> problems = new ArrayList<>();
    private @Nullable ApiProblem refused;
    private boolean wrote;

    Screen(PrintStream out, PrintStream err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    /** Whether a program reads the results, in JSON. */
    boolean json() {
        return json;
    }

    /** A line of a result, for people. */
    void line(String text) {
        if (!json) {
            out.println(plain(text));
        }
    }

    /** A result as a whole, for programs; made only if one reads it. */
    void object(Supplier<?> result) {
        if (json) {
            write(result.get());
        }
    }

    /** A part of a result that is printed as it is, such as a script. */
    void raw(String text) {
        if (!json) {
            out.print(text);
            out.flush();
        }
    }

    private void write(Object value) {
        wrote = true;
        out.println(visible(new String(Json.write(value), StandardCharsets.UTF_8)));
        out.flush();
    }

    /** What keeps the command from doing what it was to do. */
    void problem(String text) {
        problems.add(text);
        err.println(plain("modelgate: " + text));
    }

    /** What a console answered instead of doing it. */
    void problem(ApiProblem problem) {
        refused = problem;
        problem(problem.detail());
    }

    void hint(String text) {
        err.println(plain(text));
    }

    /** Shows what was printed so far, to whoever waits for more. */
    void flush() {
        out.flush();
    }

    /** Ends the run: a program is told what went wrong where it looks for the result. */
    void end(int code) {
        if (json && code != Command.DONE && !wrote) {
            ApiProblem problem = refused;
            write(
                    problem == null
                            ? Map.of(
                                    "title", title(code), "status", status(code), "detail", String.join("; ", problems))
                            : Map.of("title", problem.title(), "status", problem.status(), "detail", problem.detail()));
        }
        out.flush();
    }

    /** The status of HTTP that a console would answer. */
    private static int status(int code) {
        return switch (code) {
            case Command.USAGE -> 400;
            case Command.REFUSED -> 403;
            case Command.NOT_VERIFIED -> 409;
            default -> 503;
        };
    }

    private static String title(int code) {
        return switch (code) {
            case Command.USAGE -> "Not understood";
            case Command.REFUSED -> "Not allowed";
            case Command.NOT_VERIFIED -> "Not verified";
            default -> "Failed";
        };
    }

    private static boolean dangerous(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }

    static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (dangerous(c)) {
                plain.append(String.format("\\u%04x", c));
            } else {
                plain.appendCodePoint(c);
            }
        });
        return plain.toString();
    }

    /** As {@link #plain}, so that JSON stays JSON of the same value. */
    private static String visible(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (dangerous(c)) {
                for (char each : Character.toChars(c)) {
                    visible.append(String.format("\\u%04x", (int) each));
                }
            } else {
                visible.appendCodePoint(c);
            }
        });
        return visible.toString();
    }
}
