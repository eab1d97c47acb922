package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.console.Views.EntryView;
import io.modelgate.console.Views.InstanceView;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The control log: its end, what is in it, all of it for auditors, and who serves from it. Thread-safe. */
final class LogOperations {

    /** So many entries does one search look at. */
    static final int MOST_SCANNED = 20_000;

    private static final int PAGE = 1_000;
    private static final int EXPORTED_AT_ONCE = 200;
    private static final int LONGEST_PART = 200;

    private final Gates gates;
    private final LogEnd views;
    private final Places searches = new Places(8, "searches of the control log");

    LogOperations(Gates gates, LogEnd views) {
        this.gates = gates;
        this.views = views;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/log", request -> searches.answer(request, this::search)),
                Route.get("/api/v1/log/head", request -> Reply.json(views.look())),
                Route.get("/api/v1/log/export", this::export),
                Route.get("/api/v1/instances", this::instances));
    }

    record LogPage(List<EntryView> entries, @Nullable Long next) {}

    record InstanceList(List<InstanceView> instances) {}

    private Reply search(Request request) {
        Predicate<Entry> wanted = equal(request, "gate", Entry::gate)
                .and(equal(request, "type", Entry::type))
                .and(equal(request, "actor", entry -> entry.decision().actor()))
                .and(part(request));
        int limit = (int) request.query("limit", 50, 1, 500);
        ControlLog log = gates.log();
        long before = request.query("before", Long.MAX_VALUE, 1, Long.MAX_VALUE);
        before = Math.min(before, log.head().seq() + 1);
        List<EntryView> found = new ArrayList<>();
        int scanned = 0;
        while (before > 1 && found.size() < limit && scanned < MOST_SCANNED) {
            long after = Math.max(0, before - 1 - Math.min(PAGE, Math.max(limit, 100)));
            List<Entry> page = page(log, after, before - 1);
            for (int i = page.size() - 1; i >= 0 && found.size() < limit && scanned < MOST_SCANNED; i--) {
                Entry entry = page.get(i);
                before = entry.seq();
                scanned++;
                if (wanted.test(entry)) {
                    found.add(EntryView.of(entry));
                }
            }
        }
        return Reply.json(new LogPage(found, before > 1 ? (Long) before : null));
    }

    /** The entries after one through another, which a log may give in several parts. */
    private static List<Entry> page(ControlLog log, long after, long through) {
        List<Entry> page = new ArrayList<>();
        for (long from = after; from < through; from = page.get(page.size() - 1).seq()) {
            List<Entry> part = log.read(from, (int) (through - from));
            if (part.isEmpty()) {
                throw new Problem(503, "the control log has no entry " + (from + 1) + " now");
            }
            page.addAll(part);
        }
        return page;
    }

    private static Predicate<Entry> equal(Request request, String name, Function<Entry, String> component) {
        String wanted = filter(request, name);
        return wanted == null ? entry -> true : entry -> component.apply(entry).equals(wanted);
    }

    private static Predicate<Entry> part(Request request) {
        String wanted = filter(request, "text");
        if (wanted == null) {
            return entry -> true;
        }
        String part = wanted.toLowerCase(Locale.ROOT);
        return entry -> entry.decision().reason().toLowerCase(Locale.ROOT).contains(part)
                || entry.decision().id().toLowerCase(Locale.ROOT).contains(part);
    }

    private static @Nullable String filter(Request request, String name) {
        String given = request.query(name).orElse("");
        if (given.length() > LONGEST_PART) {
            throw Problem.bad("the query's " + name + ": expected at most " + LONGEST_PART + " characters");
        }
        return given.isEmpty() ? null : given;
    }

    private Reply export(Request request) {
        ControlLog log = gates.log();
        long from = request.query("from", 1, 1, Long.MAX_VALUE);
        long end = log.head().seq(); // what is appended meanwhile is for the next export
        long through = Math.min(end, request.query("through", Long.MAX_VALUE, 1, Long.MAX_VALUE));
        if (from > through) {
            return exported(from, 0, Head.EMPTY.hash(), out -> {});
        }
        // Whether it can be read at all is known before the answer begins.
        List<Entry> first = read(log, from - 1, through);
        String hash = read(log, through - 1, through).get(0).hash();
        return exported(from, through, hash, out -> export(log, first, through, hash, out));
    }

    private static Reply exported(long from, long through, String hash, Reply.Writer writer) {
        return new Reply.Streamed(
                "application/x-ndjson",
                "modelgate-log-" + from + "-" + Math.max(from, through) + ".ndjson",
                Map.of("X-ModelGate-Through", Long.toString(through), "X-ModelGate-Hash", hash),
                writer);
    }

    private static void export(ControlLog log, List<Entry> first, long through, String hash, OutputStream out)
            throws IOException {
        List<Entry> page = first;
        while (true) {
            ByteArrayOutputStream lines = new ByteArrayOutputStream();
            for (Entry entry : page) {
                lines.writeBytes(entry.line());
                lines.write('\n');
            }
            lines.writeTo(out);
            Entry last = page.get(page.size() - 1);
            if (last.seq() >= through) {
                require(last.hash().equals(hash), "the log became another one meanwhile");
                return;
            }
            page = read(log, last.seq(), through);
        }
    }

    /** At least one entry, the next one first. */
    private static List<Entry> read(ControlLog log, long after, long through) {
        List<Entry> page = log.read(after, (int) Math.min(EXPORTED_AT_ONCE, through - after));
        require(
                !page.isEmpty() && page.get(0).seq() == after + 1,
                "the control log has no entry " + (after + 1) + " now");
        return page;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ControlLogException(otherwise);
        }
    }

    private Reply instances(Request request) {
        ControlLog log = gates.log();
        return Reply.json(new InstanceList(InstanceView.of(log.instances(), log.instance())));
    }
}
