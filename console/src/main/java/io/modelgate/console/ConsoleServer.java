package io.modelgate.console;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.modelgate.control.ControlLogException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests, finds out who asks and whether they may, and lets a route answer. Thread-safe. */
final class ConsoleServer implements AutoCloseable {

    /** Sent with every request that changes something: a page of another site cannot send it unasked, and asking it is refused. */
    static final String OURS = "X-ModelGate";

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate.console");
    private static final int THREADS = 256;

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Access access;
    private final List<Route> routes;
    private final PageFiles files = PageFiles.load();

    private ConsoleServer(HttpServer server, ThreadPoolExecutor threads, Access access, List<Route> routes) {
        this.server = server;
        this.threads = threads;
        this.access = access;
        this.routes = List.copyOf(routes);
    }

    static ConsoleServer start(InetSocketAddress address, ConsoleBuilder config, List<Route> routes)
            throws IOException {
        if (System.getProperty("sun.net.httpserver.nodelay") == null) {
            System.setProperty("sun.net.httpserver.nodelay", "true"); // without, each answer on JDK 17 waits 40 ms
        }
        HttpServer http;
        if (config.tls == null) {
            http = HttpServer.create(address, 0);
        } else {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(config.tls));
            http = https;
        }
        AtomicLong number = new AtomicLong();
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(0, THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "modelgate-console-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        http.setExecutor(threads);
        ConsoleServer server = new ConsoleServer(http, threads, config.access(), routes);
        http.createContext("/", server::handle);
        http.start();
        return server;
    }

    URI uri() {
        InetSocketAddress at = server.getAddress();
        String host = at.getAddress().getHostAddress();
        return URI.create((server instanceof HttpsServer ? "https://" : "http://")
                + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort() + "/");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply;
            try {
                reply = reply(exchange);
            } catch (Problem e) {
                reply = problem(e);
            } catch (IllegalArgumentException e) {
                reply = problem(Problem.bad(String.valueOf(e.getMessage())));
            } catch (IllegalStateException e) {
                reply = problem(new Problem(409, String.valueOf(e.getMessage())));
            } catch (ControlLogException e) {
                reply = problem(new Problem(503, String.valueOf(e.getMessage())));
            }
            send(exchange, reply);
        } catch (RuntimeException | Error e) {
            LOG.error("the console could not answer {}", exchange.getRequestMethod(), e);
            throw e;
        }
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        String method = exchange.getRequestMethod();
        String path = exchange.getRequestURI().getPath();
        if (path == null || !path.startsWith("/")) {
            throw Problem.bad("the path: expected one that begins with /");
        }
        Reply file = method.equals("GET") ? files.get(path) : null;
        if (file != null) {
            return file;
        }
        Access.Operator operator = access.operator(exchange.getRequestHeaders())
                .orElseThrow(() -> new Problem(401, "nobody is authenticated: send Authorization: Bearer and a token"));
        List<String> parts = Route.parts(path);
        TreeSet<String> methods = new TreeSet<>();
        for (Route route : routes) {
            Map<String, String> named = route.match(parts);
            if (named == null) {
                continue;
            }
            methods.add(route.method());
            if (route.method().equals(method)) {
                requireMay(exchange, operator, route);
                return route.handler().handle(new Request(exchange, operator, named));
            }
        }
        throw methods.isEmpty()
                ? Problem.notFound("there is nothing at this path; /api/v1/openapi.yaml says what there is")
                : new Problem(405, "this path takes " + String.join(", ", methods));
    }

    private static void requireMay(HttpExchange exchange, Access.Operator operator, Route route) {
        if (!route.method().equals("GET") && !exchange.getRequestHeaders().containsKey(OURS)) {
            throw new Problem(
                    403,
                    "a request that changes something needs the header " + OURS
                            + ", with any value: so no page of another site can make it");
        }
        if (!operator.role().includes(route.role())) {
            throw new Problem(
                    403,
                    operator.actor().name() + " is " + operator.role() + ", and this takes " + route.role()
                            + "; nothing was done");
        }
    }

    /** As RFC 9457 has it. */
    record ProblemDetail(String title, int status, String detail) {}

    private static Reply problem(Problem problem) {
        String title = switch (problem.status()) {
            case 400 -> "Bad request";
            case 401 -> "Not authenticated";
            case 403 -> "Not allowed";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 409 -> "Not as things stand";
            case 413 -> "Too large";
            case 415 -> "Not JSON";
            case 429 -> "Too many requests";
            default -> "Not now";
        };
        return new Reply.Body(
                problem.status(),
                "application/problem+json",
                Json.write(new ProblemDetail(title, problem.status(), problem.detail())));
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                        + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        if (headers.getFirst("Cache-Control") == null) {
            headers.set("Cache-Control", "no-store");
        }
        if (reply instanceof Reply.Body body) {
            headers.set("Content-Type", body.type());
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(body.status(), head || body.bytes().length == 0 ? -1 : body.bytes().length);
            if (!head && body.bytes().length > 0) {
                exchange.getResponseBody().write(body.bytes());
            }
            return;
        }
        Reply.Streamed streamed = (Reply.Streamed) reply;
        headers.set("Content-Type", streamed.type());
        if (!streamed.file().isEmpty()) {
            headers.set("Content-Disposition", "attachment; filename=\"" + streamed.file() + "\"");
        }
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            streamed.writer().write(out);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
