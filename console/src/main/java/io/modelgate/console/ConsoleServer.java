package io.modelgate.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.control.ControlLogException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes requests, finds out who asks and whether they may, and lets a route answer. Thread-safe. */
final class ConsoleServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate.console");
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST");
    private static final long CLOSE_SECONDS = 2;

    private final HttpServer server;
    private final RequestThreads threads;
    private final ThreadPoolExecutor recorder = recorder();
    private final Refusals refusals;
    private final Access access;
    private final Site site;
    private final Strangers strangers;
    private final Quotas quotas;
    private final Routes routes;
    private final PageFiles files = PageFiles.load();

    private ConsoleServer(
            Gates gates, HttpServer server, RequestThreads threads, ConsoleBuilder config, List<Route> routes) {
        this.server = server;
        this.threads = threads;
        this.routes = new Routes(routes);
        access = config.access();
        site = config.site();
        strangers = new Strangers(gates.ticker());
        quotas = new Quotas(gates.ticker(), config.requestsPerSecond);
        refusals = new Refusals(gates, recorder, meter(config));
    }

    static ConsoleServer start(Gates gates, InetSocketAddress address, ConsoleBuilder config, List<Route> routes)
            throws IOException {
        JdkServer.prepare();
        HttpServer http;
        if (config.tls == null) {
            http = HttpServer.create(address, 0);
        } else {
            HttpsServer https = HttpsServer.create(address, 0);
            https.setHttpsConfigurator(new HttpsConfigurator(config.tls));
            http = https;
        }
        RequestThreads threads = new RequestThreads(gates.ticker());
        http.setExecutor(threads);
        ConsoleServer server = new ConsoleServer(gates, http, threads, config, routes);
        http.createContext("/", server::handle);
        threads.start();
        http.start();
        return server;
    }

    private static ThreadPoolExecutor recorder() {
        ThreadPoolExecutor recorder = new ThreadPoolExecutor(
                1,
                1,
                CLOSE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), // no more than a hundred a minute come
                task -> {
                    Thread thread = new Thread(task, "modelgate-console-refusals");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy()); // once it is closed
        recorder.allowCoreThreadTimeOut(true);
        return recorder;
    }

    private static IntConsumer meter(ConsoleBuilder config) {
        var meters = config.meters;
        return meters == null
                ? status -> {}
                : status -> {
                    try {
                        meters.counter("modelgate.console.refused", "status", Integer.toString(status))
                                .increment();
                    } catch (RuntimeException e) {
                        LOG.debug("the meter registry threw", e);
                    }
                };
    }

    URI uri() {
        InetSocketAddress at = server.getAddress();
        String host = at.getAddress().getHostAddress();
        return URI.create((server instanceof HttpsServer ? "https://" : "http://")
                + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort() + "/");
    }

    /** What it serves. */
    List<Route> routes() {
        return routes.all();
    }

    /** Who makes an attempt, and at what, as far as that is known. Confined to a thread. */
    private static final class Attempt {
        final HttpExchange exchange;
        Actor actor = Refusals.NOBODY;
        Routes.Found found = Routes.nothing();
        Quotas.@Nullable Admission admission;

        Attempt(HttpExchange exchange) {
            this.exchange = exchange;
        }

        String method() {
            return exchange.getRequestMethod();
        }

        /** Whether a refusal with this status is kept: of everything where somebody may not, and of what would change something. */
        boolean recorded(int status) {
            return status == 401
                    || status == 403
                    || status == 421
                    || status == 429
                    || (status >= 400 && found.changes(method()));
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        Attempt attempt = new Attempt(exchange);
        try {
            Answer.send(exchange, reply(attempt));
        } catch (ControlLogException | IllegalStateException e) {
            LOG.debug(
                    "an answer of the console ended early: {}",
                    attempt.found.pattern(),
                    e); // whoever reads it asks again
        } catch (RuntimeException | Error e) {
            LOG.error("the console could not answer {}", attempt.found.pattern(), e);
            throw e;
        } finally {
            if (attempt.admission != null) {
                attempt.admission.close();
            }
            Answer.ended(exchange);
        }
    }

    private Reply reply(Attempt attempt) throws IOException {
        Problem problem;
        try {
            return answer(attempt);
        } catch (Problem e) {
            problem = e;
        } catch (IllegalArgumentException e) {
            problem = Problem.bad(String.valueOf(e.getMessage()));
        } catch (IllegalStateException e) {
            problem = new Problem(409, String.valueOf(e.getMessage()));
        } catch (ControlLogException e) {
            problem = new Problem(503, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("the console failed at {}", attempt.found.pattern(), e);
            problem = new Problem(500, "the console has a defect; the log of its process says which");
        } finally {
            Turn.current().waits(); // for whoever reads the answer
        }
        if (attempt.recorded(problem.status())) {
            refusals.add(attempt.actor, attempt.method(), attempt.found.pattern(), problem.status());
        }
        return Reply.problem(problem);
    }

    private Reply answer(Attempt attempt) throws IOException {
        HttpExchange exchange = attempt.exchange;
        Heading.requireModest(exchange);
        site.requireAddressed(exchange.getRequestHeaders());
        List<String> path = Heading.path(exchange.getRequestURI());
        attempt.found = routes.find(attempt.method(), path);
        if (!METHODS.contains(attempt.method())) {
            throw Problem.notThisMethod("GET, HEAD, POST");
        }
        Reply file = Routes.isRead(attempt.method())
                ? files.get(exchange.getRequestURI().getRawPath())
                : null;
        if (file != null) {
            return file;
        }
        Access.Operator operator = authenticated(exchange);
        attempt.actor = operator.actor();
        attempt.admission = quotas.admit(operator.actor());
        Route route = attempt.found.route();
        if (route == null) {
            throw attempt.found.methods().isEmpty()
                    ? Problem.notFound("there is nothing at this path; /api/v1/openapi.yaml says what there is")
                    : Problem.notThisMethod(String.join(", ", attempt.found.methods()));
        }
        requireMay(exchange, operator, route);
        Turn.current().works();
        return route.handler().handle(new Request(exchange, operator, attempt.found.path()));
    }

    private Access.Operator authenticated(HttpExchange exchange) {
        Optional<Access.Operator> operator = access.operator(exchange.getRequestHeaders());
        if (operator.isPresent()) {
            return operator.get();
        }
        long waitNanos = strangers.failed(exchange.getRemoteAddress().getAddress());
        throw waitNanos == 0
                ? Problem.nobody()
                : Problem.tooMany("nobody was authenticated too often from this address", waitNanos);
    }

    private void requireMay(HttpExchange exchange, Access.Operator operator, Route route) {
        if (!Routes.isRead(route.method())) {
            site.requireOwnPage(exchange.getRequestHeaders());
        }
        if (!operator.role().includes(route.role())) {
            throw new Problem(
                    403,
                    operator.actor().name() + " is " + operator.role() + ", and this takes " + route.role()
                            + "; nothing was done");
        }
    }

    /** Stops listening, ends what is being answered, and records what was refused until now. Idempotent. */
    @Override
    public void close() {
        threads.cutWaiting();
        server.stop(0);
        threads.close();
        refusals.close();
        recorder.shutdown();
        try {
            if (!recorder.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                recorder.shutdownNow();
                LOG.warn("the control log does not take what the console recorded about refused requests");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
