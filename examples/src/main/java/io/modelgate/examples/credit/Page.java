package io.modelgate.examples.credit;

import io.modelgate.Cause;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** What the demo prints, for a person to read. Thread-safe. */
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
        out.printf(Locale.ROOT, "   " + format + "%n", args);
        out.flush();
    }

    /** Lines as another process printed them. */
    void quote(String text) {
        text.lines().forEach(line -> out.println("   | " + line));
        out.flush();
    }

    /** The head of the columns that {@link #answers} fills. */
    void answersHead() {
        line("%-24s %9s   %8s   %10s", "answered by", "calls", "approved", "error cost");
    }

    /** Who answered how many calls, and how well. */
    void answers(Tally tally) {
        tally.answered().forEach(this::answers);
        tally.fellBack().forEach((rung, answers) -> {
            if (answers.errorCost() == 0 && answers.approvalRate() == 0) {
                line("%-24s %,9d   %s", "rung " + rung, answers.calls(), "a person decides");
            } else {
                answers("rung " + rung, answers);
            }
        });
    }

    void answers(String who, Tally.Answers answers) {
        line("%-24s %,9d   %6.1f %%   %10.3f", who, answers.calls(), 100 * answers.approvalRate(), answers.errorCost());
    }

    /** A summary as a table. */
    void table(Summary summary) {
        count("calls", summary.calls());
        summary.answered().forEach((version, calls) -> count("answered by " + version, calls));
        summary.fellBack().forEach((rung, calls) -> count("fell back to " + rung, calls));
        count("refused, no answer", summary.refused());
        count("failed, no answer", summary.failed());
        line("");
        for (Map.Entry<Cause, Long> cause : summary.byCause().entrySet()) {
            count("cause " + cause.getKey(), cause.getValue());
        }
        line("");
        count("overhead of the gate, p50, ns", summary.overheadNanosP50());
        count("overhead of the gate, p99, ns", summary.overheadNanosP99());
        count("invocations after a kill", summary.startedAfterKill());
        count("kill to last invocation, ms", summary.killToStopMillis());
        count("entries in the control log", summary.logEntries());
    }

    void count(String what, long number) {
        line("%-34s %,10d", what, number);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toNanos() / 1e9);
    }
}
