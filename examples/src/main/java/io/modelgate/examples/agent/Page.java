package io.modelgate.examples.agent;

import io.modelgate.budget.Balance;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.List;
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
    }

    void line(String format, Object... args) {
        out.println(String.format(Locale.ROOT, "   " + format, args).stripTrailing());
    }

    /** A bill, line by line, and what it comes to. */
    void bill(List<Line> bill, Tariff tariff) {
        line("%-10s %-15s %6s %6s %6s %9s %9s", "", "model", "input", "cached", "output", "reasoning", "USD");
        for (Line each : bill) {
            line(
                    "%-10s %-15s %,6d %6s %,6d %9s %9s  %s",
                    each.step().name().toLowerCase(Locale.ROOT),
                    each.model(),
                    each.input(),
                    part(each.cached(), each),
                    each.output(),
                    part(each.reasoning(), each),
                    usd(tariff.micros(each)),
                    each.remark());
        }
        line(
                "%-26s %,6d %,6d %,6d %,9d %9s",
                "the bill",
                bill.stream().mapToLong(Line::input).sum(),
                bill.stream().mapToLong(Line::cached).sum(),
                bill.stream().mapToLong(Line::output).sum(),
                bill.stream().mapToLong(Line::reasoning).sum(),
                usd(tariff.micros(bill)));
    }

    private static String part(long tokens, Line line) {
        return line.end().byKind() ? String.format(Locale.ROOT, "%,d", tokens) : "unknown";
    }

    /** Accounts of a budget in money, as the ledger has them. */
    void balances(List<Balance> balances) {
        line("%-12s %-12s %10s %10s %10s %10s", "budget", "account", "spent", "reserved", "remaining", "ceiling");
        for (Balance each : balances) {
            line(
                    "%-12s %-12s %10s %10s %10s %10s",
                    each.budget(),
                    each.key(),
                    usd(each.spent()),
                    usd(each.reserved()),
                    usd(each.remaining()),
                    usd(each.ceiling()));
        }
    }

    /** A summary as a table. */
    void table(Summary summary) {
        summary.figures().forEach((name, figure) -> line("%-34s %,10d", words(name), figure));
    }

    /** A name in camel case as words. */
    private static String words(String name) {
        return name.replaceAll("(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }

    /** Micro-units as dollars. */
    static String usd(long micros) {
        return BigDecimal.valueOf(micros, 6).toPlainString();
    }
}
