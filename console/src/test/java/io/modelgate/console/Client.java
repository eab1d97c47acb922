package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.Ticker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.function.Predicate;

/** Somebody who uses the API, and holds every answer against its document. */
final class Client {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI address;
    private final String token;

    Client(Console console, Token token) {
        this(console.address(), token);
    }

    Client(URI address, Token token) {
        this.address = address;
        this.token = token.text();
    }

    /** An answer that is as the document says. */
    record Answer(int status, String text, HttpResponse<String> raw) {
        JsonNode json() {
            try {
                return Contract.MAPPER.readTree(text);
            } catch (IOException e) {
                throw new AssertionError(text, e);
            }
        }

        /** A part, by JSON pointer. */
        JsonNode at(String pointer) {
            return json().at(pointer);
        }

        String detail() {
            return at("/detail").asText();
        }
    }

    Answer get(String path) {
        return send("GET", path, HttpRequest.newBuilder(address.resolve(path)).GET());
    }

    Answer post(String path, Map<String, ?> body) {
        try {
            return post(path, Contract.MAPPER.writeValueAsString(body));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    Answer post(String path, String body) {
        return send(
                "POST",
                path,
                HttpRequest.newBuilder(address.resolve(path))
                        .header("Content-Type", "application/json")
                        .header("X-ModelGate", "test")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private Answer send(String method, String path, HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(
                    request.header("Authorization", "Bearer " + token).build(), HttpResponse.BodyHandlers.ofString());
            Contract.check(
                    method,
                    path.split("\\?", 2)[0],
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse("").split(";", 2)[0],
                    response.body());
            return new Answer(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Asks until the answer is as wanted, for what comes about on another thread. */
    Answer until(String path, Predicate<Answer> wanted) {
        long end = Ticker.system().read() + 60_000_000_000L;
        Answer answer = get(path);
        while (!wanted.test(answer)) {
            if (Ticker.system().read() > end) {
                throw new AssertionError("never as wanted, at last: " + answer.text());
            }
            Thread.onSpinWait();
            answer = get(path);
        }
        return answer;
    }
}
