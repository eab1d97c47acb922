package io.modelgate.console;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** What a request may hold before its body. The JDK's server has bounds too, which are wider and close the connection without a word. */
final class Heading {

    /** How long what is asked for may be, in characters. */
    static final int MOST_URI = 8 * 1024;

    /** How many headers there may be. */
    static final int MOST_HEADERS = 100;

    /** How long they may be together, in characters. */
    static final int MOST_HEADER_CHARACTERS = 16 * 1024;

    private Heading() {}

    /**
     * Refuses what is longer than any client's.
     *
     * @throws Problem 413, 414 or 431
     */
    static void requireModest(HttpExchange exchange) {
        if (exchange.getRequestURI().toString().length() > MOST_URI) {
            throw new Problem(414, "the path and the query are longer than " + MOST_URI + " characters");
        }
        Headers headers = exchange.getRequestHeaders();
        long count = 0;
        long characters = 0;
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            for (String value : header.getValue()) {
                count++;
                characters += header.getKey().length() + (value == null ? 0 : value.length());
            }
        }
        if (count > MOST_HEADERS || characters > MOST_HEADER_CHARACTERS) {
            throw new Problem(
                    431,
                    "the headers: expected at most " + MOST_HEADERS + ", of " + MOST_HEADER_CHARACTERS
                            + " characters in all");
        }
        if (length(headers) > Request.MOST_BYTES) {
            throw new Problem(413, "the body is larger than " + Request.MOST_BYTES + " bytes");
        }
    }

    private static long length(Headers headers) {
        String length = headers.getFirst("Content-Length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            throw Problem.bad("the header Content-Length: expected a number");
        }
    }

    /**
     * The decoded parts of the path that is asked for; its first slash begins the first.
     *
     * @throws Problem 400 if it is no plain path
     */
    static List<String> path(URI uri) {
        String path = uri.getRawPath();
        if (uri.getScheme() != null || uri.getRawAuthority() != null || path == null || !path.startsWith("/")) {
            throw Problem.bad("what is asked for: expected a path that begins with one slash");
        }
        return Route.parts(path).stream().map(Percent::path).toList();
    }
}
