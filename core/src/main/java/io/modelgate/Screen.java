package io.modelgate;

import java.io.PrintStream;

/**
 * Where the command writes: results to one stream, what went wrong to the other. Whatever could move a terminal's cursor, change its
 * state or reorder a line is made visible, because names and reasons come from anyone who can write to a log.
 */
final class Screen {

    private final PrintStream out;
    private final PrintStream err;

    Screen(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    void line(String text) {
        out.println(plain(text));
    }

    void problem(String text) {
        err.println(plain("modelgate: " + text));
    }

    void hint(String text) {
        err.println(plain(text));
    }

    static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE -> plain.append(String.format("\\u%04x", c));
                default -> plain.appendCodePoint(c);
            }
        });
        return plain.toString();
    }
}
