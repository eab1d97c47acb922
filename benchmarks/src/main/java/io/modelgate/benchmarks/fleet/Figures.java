package io.modelgate.benchmarks.fleet;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a run measured, printed as it comes. For use by one thread. */
public final class Figures {

    private final PrintStream out;
    private final List<String> figures = new ArrayList<>();
    private final List<String> bars = new ArrayList<>();
    private boolean sound = true;

    /** Prints there. */
    public Figures(PrintStream out) {
        this.out = out;
    }

    /** Prints a line, formatted. */
    public void line(String format, Object... args) {
        // Not the same format: a method that passes on what it got has to be annotated as one that formats.
        out.println(String.format(Locale.ROOT, format + ' ', args).stripTrailing());
        out.flush();
    }

    /** Times, in microseconds. */
    public void times(String name, String what, Series series) {
        line(
                "%-52s p50 %,10.0f   p99 %,10.0f   max %,10.0f µs   (%d)",
                what, series.median() / 1e3, series.p99() / 1e3, series.max() / 1e3, series.count());
        add(name + "P50Micros", series.median() / 1e3);
        add(name + "P99Micros", series.p99() / 1e3);
        add(name + "MaxMicros", series.max() / 1e3);
    }

    /** A figure of its own. */
    public void number(String name, String what, double value, String unit) {
        line("%-52s %,14.2f %s", what, value, unit);
        add(name, value);
    }

    private void add(String name, double value) {
        figures.add(String.format(Locale.ROOT, "\"%s\": %.3f", name, value));
    }

    /** What has to be reached, and what was. */
    public void bar(String what, double reached, double limit, String unit) {
        boolean passes = reached <= limit;
        line("%-12s %-62s %,10.0f of %,.0f %s", passes ? "pass" : "MISS", what, reached, limit, unit);
        bars.add(String.format(
                Locale.ROOT,
                "{\"bar\": \"%s\", \"reached\": %.3f, \"limit\": %.3f, \"unit\": \"%s\", \"passes\": %b}",
                what,
                reached,
                limit,
                unit,
                passes));
    }

    /** What is no matter of speed: a number that has to be zero. */
    public void zero(String name, String what, long count) {
        line("%-12s %-62s %,10d", count == 0 ? "holds" : "BROKEN", what, count);
        add(name, (double) count);
        sound &= count == 0;
    }

    /** Whether everything held that is no matter of speed. */
    public boolean sound() {
        return sound;
    }

    /** The figures and bars as fields of a JSON object. */
    public String json() {
        return "\"figures\": {\n    " + String.join(",\n    ", figures) + "\n  },\n  \"bars\": [\n    "
                + String.join(",\n    ", bars) + "\n  ]";
    }
}
