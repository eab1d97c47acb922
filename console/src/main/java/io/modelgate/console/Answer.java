package io.modelgate.console;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

/** Sends a reply, with the headers that keep a browser from doing with it what it should not. */
final class Answer {

    private static final Map<String, String> HEADERS = Map.of(
            "X-Content-Type-Options", "nosniff",
            "Referrer-Policy", "no-referrer",
            "X-Frame-Options", "DENY",
            "Cross-Origin-Resource-Policy", "same-origin",
            "Cross-Origin-Opener-Policy", "same-origin",
            "Cache-Control", "no-store",
            "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");

    private Answer() {}

    static void send(HttpExchange exchange, Reply reply) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        HEADERS.forEach(headers::set);
        if (reply instanceof Reply.Body body) {
            body(exchange, body);
        } else if (reply instanceof Reply.Streamed streamed) {
            streamed(exchange, streamed);
        }
    }

    private static void body(HttpExchange exchange, Reply.Body body) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", body.type());
        body.headers().forEach(headers::set);
        if (isHead(exchange)) {
            headers.set("Content-Length", Integer.toString(body.bytes().length));
        }
        if (isHead(exchange) || body.bytes().length == 0) {
            exchange.sendResponseHeaders(body.status(), -1);
            return;
        }
        exchange.sendResponseHeaders(body.status(), body.bytes().length);
        exchange.getResponseBody().write(body.bytes());
    }

    private static void streamed(HttpExchange exchange, Reply.Streamed streamed) throws IOException {
        Headers headers = exchange.getResponseHeaders();
        headers.set("Content-Type", streamed.type());
        if (!streamed.file().isEmpty()) {
            headers.set("Content-Disposition", "attachment; filename=\"" + streamed.file() + "\"");
        }
        streamed.headers().forEach(headers::set);
        if (isHead(exchange)) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        exchange.sendResponseHeaders(200, 0);
        Turn turn = Turn.current();
        try (OutputStream out = new Paced(exchange.getResponseBody(), turn)) {
            turn.works();
            whole(streamed.writer(), out);
        }
    }

    /** What is cut short must not look as if it were whole: an interrupt closes the connection before the body is ended. */
    private static void whole(Reply.Writer writer, OutputStream out) throws IOException {
        boolean written = false;
        try {
            writer.write(out);
            written = true;
        } finally {
            if (!written) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Closes what reads the rest of the request with it: at a chunk of a length below zero the JDK's server throws more than it should. */
    static void ended(AutoCloseable exchange) throws IOException {
        try {
            exchange.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("what is left of the request is no HTTP", e);
        }
    }

    private static boolean isHead(HttpExchange exchange) {
        return exchange.getRequestMethod().equals("HEAD");
    }

    /** What is written, piece by piece, to somebody who has to take each within a time. */
    private static final class Paced extends OutputStream {

        private final OutputStream out;
        private final Turn turn;

        Paced(OutputStream out, Turn turn) {
            this.out = out;
            this.turn = turn;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            turn.waits();
            out.write(bytes, from, length);
            turn.works();
        }

        @Override
        public void flush() throws IOException {
            turn.waits();
            out.flush();
            turn.works();
        }

        @Override
        public void close() throws IOException {
            turn.waits(); // and goes on to: what is left of the request is read now
            ended(out);
        }
    }
}
