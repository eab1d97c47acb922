package io.modelgate.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** A server that answers as a console should not, or not at all. */
final class BrokenConsole implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);

    BrokenConsole() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
    }

    /** Answers so under a path. */
    BrokenConsole on(String path, HttpHandler handler) {
        server.createContext(path, handler);
        return this;
    }

    BrokenConsole on(String path, int status, String body) {
        return on(path, exchange -> answer(exchange, status, body, body.length()));
    }

    /** Says that so many bytes come, and ends after those that there are. */
    BrokenConsole cut(String path, int status, String body) {
        return on(path, exchange -> answer(exchange, status, body, body.length() + 100));
    }

    private static void answer(HttpExchange exchange, int status, String body, long length) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, length);
        exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        exchange.close();
    }

    /** Begins an answer with a text, and says nothing more until this is closed. */
    BrokenConsole silentAfter(String path, String begins) {
        return on(path, exchange -> silent(exchange, begins));
    }

    void silent(HttpExchange exchange, String begins) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write(begins.getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    CommandRun run(Duration patience, String... args) {
        return CommandRun.of(
                patience,
                Map.of("MODELGATE_TOKEN", Token.generate().text()),
                Stream.concat(Stream.of(args), Stream.of("--api", url())).toArray(String[]::new));
    }

    CommandRun run(String... args) {
        return run(Duration.ofSeconds(30), args);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
