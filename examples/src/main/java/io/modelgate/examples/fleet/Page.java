package io.modelgate.examples.fleet;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** What the demo prints, for a person to read. For use by one thread. */
final class Page {

    private final PrintStream out;
    private int chapter;

    Page(PrintStream out) {
        this.out = out;
    }

    /** Starts the next chapter. */
    void chapter(String title) {
        out.println();
        out.println(++chapter + "  " + title);
        out.flush();
    }

    void line(String format, Object... args) {
        out.println(String.format(Locale.ROOT, "   " + format, args).stripTrailing());
        out.flush();
    }

    static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.2f ms", duration.toNanos() / 1e6);
    }
}
