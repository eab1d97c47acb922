package io.modelgate.benchmarks;

import com.sun.net.httpserver.HttpServer;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.benchmarks.fleet.Figures;
import io.modelgate.benchmarks.fleet.Series;
import io.modelgate.console.Console;
import io.modelgate.console.Role;
import io.modelgate.console.Token;
import io.modelgate.control.FileControlLog;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Measures the console of a process with many gates that serve traffic, beside a handler that does nothing on the same server and in the same
 * seconds: what a request waits for the machine, the JDK's server and the connection is in both.
 */
final class ConsoleBench {

    private static final int GATES = 5_000;
    private static final int PER_SECOND = 200;
    private static final int CALLS_PER_SECOND = 20_000;
    private static final int KILL_EVERY = 100;
    private static final double MOST_TIMES = 10;
    private static final String EMPTY = "/empty";

    private final Token token = Token.generate();
    private final AtomicLong calls = new AtomicLong();
    private final List<ModelGate<Integer, Integer>> gates = new ArrayList<>();
    private final Figures figures;
    private final boolean quick;

    private ConsoleBench(PrintStream out, boolean quick) {
        figures = new Figures(out);
        this.quick = quick;
    }

    static Figures measure(PrintStream out, boolean quick) throws Exception {
        ConsoleBench bench = new ConsoleBench(out, quick);
        Path directory = Files.createTempDirectory("console");
        try {
            bench.run(directory);
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder()).forEach(ConsoleBench::delete);
            }
        }
        return bench.figures;
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void run(Path directory) throws Exception {
        try (Gates all = Gates.open(g -> g.controlLog(FileControlLog.open(directory.resolve("modelgate.log"))))) {
            for (int i = 0; i < GATES; i++) {
                gates.add(all.gate(
                        "gate-" + i, g -> g.stable("v1", input -> input).version("v2", input -> input)));
            }
            AtomicBoolean stop = new AtomicBoolean();
            Thread traffic = new Thread(() -> serve(stop), "traffic");
            traffic.setDaemon(true);
            traffic.start();
            try (Console console = Console.start(
                    all, c -> c.port(0).requestsPerSecond(100_000).token("benchmark", Role.ADMIN, token.hash()))) {
                server(console).createContext(EMPTY, exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
                Thread page = new Thread(() -> watch(console.address()), "page");
                page.setDaemon(true);
                page.start();
                measure(console.address());
            } finally {
                stop.set(true);
                traffic.join();
            }
        }
    }

    /** The JDK's server of a console, which nobody but a comparison needs. */
    private static HttpServer server(Console console) throws ReflectiveOperationException {
        Object server = field(console, "server");
        return (HttpServer) field(server, "server");
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private void serve(AtomicBoolean stop) {
        Caller caller = Caller.of("user");
        long began = System.nanoTime();
        long done = 0;
        while (!stop.get()) {
            long due = (long) ((System.nanoTime() - began) / 1e9 * CALLS_PER_SECOND);
            for (; done < due; done++) {
                gates.get((int) (done % GATES)).decide((int) done, caller);
            }
            calls.set(done);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** A page that is open: it reads what changes. */
    private void watch(URI address) {
        try {
            new HttpLoad.Connection(new InetSocketAddress(address.getHost(), address.getPort()))
                    .read(get(address, "/api/v1/events"));
        } catch (IOException e) {
            // The console was closed.
        }
    }

    private void measure(URI address) throws InterruptedException {
        figures.line("");
        figures.line(
                "%,d gates of two versions, %,d calls a second; %d requests a second to the console, as many to a handler"
                        + " that does nothing, one page open",
                GATES, CALLS_PER_SECOND, PER_SECOND);
        round(address, quick ? 1 : 10); // thrown away: the code is not compiled yet
        Measured measured = round(address, quick ? 3 : 30);
        figures.times("empty", "handler that does nothing", measured.empty());
        figures.times("console", "console, all requests", measured.mix());
        for (int i = 0; i < measured.each().size(); i++) {
            figures.times("console" + i, "  " + NAMES.get(i), measured.each().get(i));
        }
        figures.number("callsPerSecond", "calls served meanwhile, a second", measured.callsPerSecond(), "");
        figures.zero("refused", "requests that were not answered with success", measured.refused());
        figures.bar(
                "console, p99: 10 times that of a handler that does nothing",
                measured.mix().p99() / 1e3,
                MOST_TIMES * measured.empty().p99() / 1e3,
                "µs");
    }

    private static final List<String> NAMES = List.of(
            "GET gates, a page of 100",
            "GET gates/{gate}",
            "GET kills",
            "GET log, a page of 50",
            "GET state",
            "POST kills");

    private record Measured(Series empty, Series mix, List<Series> each, double callsPerSecond, long refused) {}

    private Measured round(URI address, int seconds) throws InterruptedException {
        Series empty = new Series();
        List<Series> each = NAMES.stream().map(name -> new Series()).toList();
        long callsBefore = calls.get();
        long refused;
        try (HttpLoad load = new HttpLoad(address)) {
            long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
            long apart = TimeUnit.SECONDS.toNanos(1) / (2 * PER_SECOND);
            for (int i = 0; i < seconds * PER_SECOND; i++) {
                load.sendAt(start + 2L * i * apart, get(address, EMPTY), empty);
                int kind = i % KILL_EVERY == 0 ? NAMES.size() - 1 : i % (NAMES.size() - 1);
                load.sendAt(start + (2L * i + 1) * apart, request(address, kind, i), each.get(kind));
            }
            load.await();
            refused = load.refused();
        }
        Series mix = new Series();
        each.forEach(mix::addAll);
        return new Measured(empty, mix, each, (calls.get() - callsBefore) / (double) seconds, refused);
    }

    private String request(URI address, int kind, int number) {
        return switch (kind) {
            case 0 -> get(address, "/api/v1/gates?limit=100&offset=" + number % (GATES - 100));
            case 1 -> get(address, "/api/v1/gates/gate-" + number % GATES);
            case 2 -> get(address, "/api/v1/kills");
            case 3 -> get(address, "/api/v1/log?limit=50");
            case 4 -> get(address, "/api/v1/state");
            default -> {
                String body = "{\"gate\":\"gate-" + number % GATES + "\",\"version\":\"v2\",\"reason\":\"benchmark\"}";
                yield "POST /api/v1/kills HTTP/1.1\r\n" + headers(address)
                        + "X-ModelGate: 1\r\nContent-Type: application/json\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body;
            }
        };
    }

    private String get(URI address, String target) {
        return "GET " + target + " HTTP/1.1\r\n" + headers(address) + "\r\n";
    }

    private String headers(URI address) {
        return "Host: " + address.getAuthority() + "\r\nAuthorization: Bearer " + token.text() + "\r\n";
    }
}
