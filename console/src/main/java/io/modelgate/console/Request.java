package io.modelgate.console;

import com.sun.net.httpserver.HttpExchange;
import io.modelgate.Actor;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request of somebody who may make it. Confined to the thread that handles it. */
final class Request {

    /** What a body may hold at most, in bytes: a reason is 2,000 characters. */
    static final int MOST_BYTES = 64 * 1024;

    private final HttpExchange exchange;
    private final Access.Operator operator;
    private final Map<String, String> path;
    private final Map<String, String> query;

    Request(HttpExchange exchange, Access.Operator operator, Map<String, String> path) {
        this.exchange = exchange;
        this.operator = operator;
        this.path = path;
        query = parse(exchange.getRequestURI().getRawQuery());
    }

    /** Who asks, as the control log names them. */
    Actor actor() {
        return operator.actor();
    }

    /** Whether only the head of the answer is asked for. */
    boolean headOnly() {
        return exchange.getRequestMethod().equals("HEAD");
    }

    Role role() {
        return operator.role();
    }

    /** A part of the path, by its name in the pattern of the route. */
    String path(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalStateException("this route has no " + name);
        }
        return value;
    }

    Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /**
     * A number of the query.
     *
     * @throws Problem 400 if it is none of {@code least} to {@code most}
     */
    long query(String name, long otherwise, long least, long most) {
        String given = query.get(name);
        if (given == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(given);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, with what is out of range.
        }
        throw Problem.bad("the query's " + name + ": expected a number from " + least + " to " + most);
    }

    /** A header; not the one that authenticates, which no route has any use for. */
    Optional<String> header(String name) {
        if (name.equalsIgnoreCase("Authorization")) {
            throw new IllegalArgumentException("who asks is known: see actor()");
        }
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /**
     * The body, read as JSON.
     *
     * @throws Problem 400, 413 or 415
     */
    <T> T body(Class<T> type) throws IOException {
        String given = header("Content-Type").orElse("");
        String media = given.split(";", 2)[0].strip();
        if (!media.equalsIgnoreCase("application/json")) {
            throw new Problem(415, "the body's Content-Type: expected application/json");
        }
        Turn turn = Turn.current();
        turn.waits();
        byte[] body;
        try {
            body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        } catch (IOException | IndexOutOfBoundsException e) { // the latter for a chunk of a length below zero
            throw Problem.bad("the body does not arrive as its headers say");
        } finally {
            turn.works();
        }
        if (body.length > MOST_BYTES) {
            throw new Problem(413, "the body is larger than " + MOST_BYTES + " bytes");
        }
        return Json.read(body, type);
    }

    private static Map<String, String> parse(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw == null || raw.isEmpty()) {
            return query;
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = Percent.query(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : Percent.query(pair.substring(equals + 1));
            if (query.put(name, value) != null) {
                throw Problem.bad("the query says the same thing twice: expected each name once");
            }
        }
        return query;
    }
}
