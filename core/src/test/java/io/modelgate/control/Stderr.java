package io.modelgate.control;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** What is logged while this is open, instead of on the console. */
final class Stderr implements AutoCloseable {

    private final PrintStream before = System.err;
    private final ByteArrayOutputStream captured = new ByteArrayOutputStream();

    Stderr() {
        System.setErr(new PrintStream(captured, true, StandardCharsets.UTF_8));
    }

    String text() {
        return captured.toString(StandardCharsets.UTF_8);
    }

    /** How many lines were logged at a level that hold a text. */
    long lines(String level, String part) {
        return text().lines()
                .filter(line -> line.contains(level + " ") && line.contains(part))
                .count();
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
