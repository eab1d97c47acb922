package io.modelgate.examples.credit;

import io.modelgate.Actor;
import io.modelgate.Ticker;
import io.modelgate.console.Console;
import io.modelgate.console.ConsoleBuilder;
import io.modelgate.console.Role;
import io.modelgate.console.Token;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The service after the story: it serves at a steady rate, with a rollout under way and the console open, until somebody ends it. For use by
 * one thread.
 */
final class Serving {

    private static final int CALLS_PER_SECOND = 50;

    /** So many ports after the console's own are tried. */
    private static final int PORTS = 20;

    /** So often the page says who answers; at once where others do than before. */
    private static final Duration SAY = Duration.ofSeconds(10);

    /** It looks so often: within so long a version with a few percent of the calls has answered some. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Ticker TICKER = Ticker.system();

    private final Page page;
    private final Path log;
    private final Ending ending;

    /** On the control log of the story. */
    Serving(Page page, Path log, Ending ending) {
        this.page = page;
        this.log = log;
        this.ending = ending;
    }

    /** Serves until the end, and returns 0 if the numbers add up, else 1. */
    int untilTheEnd(Models models, List<Application> applications) {
        page.chapter("It goes on, and the switch is yours");
        Books books = new Books(List.of());
        try (Service service = Service.start(log, models, new Backend("cpu-a"), new Backend("cpu-b"))) {
            Token token = Token.generate();
            try (Console console = console(service, token)) {
                roll(service);
                say(console, token);
                Visitors visitors = new Visitors(service.credit(), applications, CALLS_PER_SECOND, Story.SEED);
                watch(visitors.tally());
                page.chapter("The end");
                books.callers().add(visitors.end());
            }
            books.closing(service.credit());
        }
        Summary summary = books.summary(log);
        page.answersHead();
        page.answers(books.callers());
        page.count("calls", summary.calls());
        page.count("entries in the control log", summary.logEntries());
        List<String> problems = books.problems(summary);
        page.line(problems.isEmpty() ? "the numbers add up" : "the numbers do NOT add up");
        problems.forEach(problem -> page.line("%s", problem));
        return problems.isEmpty() ? 0 : 1;
    }

    /** At the console's port, or the next that is free. */
    private static Console console(Service service, Token token) {
        for (int port = ConsoleBuilder.DEFAULT_PORT; ; port++) {
            int at = port;
            try {
                return Console.start(
                        service.gates(),
                        c -> c.port(at).token("you", Role.ADMIN, token.hash()).rollouts(service.rollouts()));
            } catch (UncheckedIOException e) {
                if (port == ConsoleBuilder.DEFAULT_PORT + PORTS) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            }
        }
    }

    private static void roll(Service service) {
        boolean stored = service.rollouts()
                .start(service.credit(), "v2", CreditGate.SLOW_POLICY, Actor.of("alice"), "v2 again, slowly")
                .stored(PATIENCE);
        if (!stored) {
            throw new IllegalStateException("the start of the rollout of v2 is not stored");
        }
    }

    private void say(Console console, Token token) {
        page.line(
                "%d calls a second; alice rolls v2 out again, slowly, and asks you to approve its last step",
                CALLS_PER_SECOND);
        page.line("");
        page.line("open  %s#token=%s", console.address(), token.text());
        page.line("");
        page.line(
                "kill v2 there and watch its callers get v1; kill %s and they get the rule debt-ratio.",
                CreditGate.NAME);
        page.line("Then revive it. Or look at the rollout: pause it, abort it, approve its last step.");
        page.line("Ctrl-C ends it. The token is for this run, and the console is open to this machine alone.");
        page.line("");
    }

    /** Says who answers, until the end. */
    private void watch(Tally tally) {
        SortedMap<String, Long> before = new TreeMap<>();
        SortedMap<String, Long> said = new TreeMap<>();
        long saidAt = TICKER.read() - SAY.toNanos();
        while (!ending.within(LOOK.toNanos())) {
            SortedMap<String, Long> now = byWho(tally);
            SortedMap<String, Long> lately = new TreeMap<>();
            for (Map.Entry<String, Long> each : now.entrySet()) {
                long calls = each.getValue() - before.getOrDefault(each.getKey(), 0L);
                if (calls > 0) {
                    lately.put(each.getKey(), calls);
                }
            }
            before = now;
            if (!lately.keySet().equals(said.keySet()) || TICKER.read() - saidAt >= SAY.toNanos()) {
                page.line("%s  %s", LocalTime.now(ZoneId.systemDefault()).format(CLOCK), text(lately));
                said = lately;
                saidAt = TICKER.read();
            }
        }
    }

    private static SortedMap<String, Long> byWho(Tally tally) {
        SortedMap<String, Long> calls = new TreeMap<>();
        tally.answered().forEach((version, answers) -> calls.put(version, answers.calls()));
        tally.fellBack().forEach((rung, answers) -> calls.put("rung " + rung, answers.calls()));
        calls.put("no answer", tally.refused() + tally.failed());
        return calls;
    }

    private static String text(SortedMap<String, Long> lately) {
        long all = lately.values().stream().mapToLong(Long::longValue).sum();
        return Math.round(all / (double) LOOK.toSeconds()) + " calls/s: "
                + lately.entrySet().stream()
                        .map(each -> each.getKey() + " "
                                + Math.max(1, Math.round(each.getValue() / (double) LOOK.toSeconds())))
                        .collect(Collectors.joining(", "));
    }
}
