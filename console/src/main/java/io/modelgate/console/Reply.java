package io.modelgate.console;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a request is answered with. */
sealed interface Reply {

    /** A body that is there. */
    final class Body implements Reply {

        private final int status;
        private final String type;
        private final byte[] bytes;
        private final Map<String, String> headers;

        /**
         * Keeps the bytes, which nobody changes any more.
         *
         * @param status of HTTP
         * @param type the media type
         */
        Body(int status, String type, byte[] bytes) {
            this(status, type, bytes, Map.of());
        }

        private Body(int status, String type, byte[] bytes, Map<String, String> headers) {
            this.status = status;
            this.type = type;
            this.bytes = bytes;
            this.headers = headers;
        }

        Map<String, String> headers() {
            return headers;
        }

        int status() {
            return status;
        }

        String type() {
            return type;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    /**
     * A body that comes as it is written, for as long as that takes.
     *
     * @param type its media type
     * @param file the name under which a browser should keep it; empty to show it
     * @param headers besides
     */
    record Streamed(String type, String file, Map<String, String> headers, Writer writer) implements Reply {
        Streamed(String type, String file, Writer writer) {
            this(type, file, Map.of(), writer);
        }
    }

    /** Writes a body; it is whole when this returns, and is broken off where this throws. */
    @FunctionalInterface
    interface Writer {
        void write(OutputStream out) throws IOException;
    }

    static Reply json(Object value) {
        return json(200, value);
    }

    static Reply json(int status, Object value) {
        return new Body(status, "application/json", Json.write(value));
    }

    static Reply text(int status, String text) {
        return new Body(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** As RFC 9457 has it. */
    record ProblemDetail(String title, int status, String detail) {}

    static Reply problem(Problem problem) {
        String title = switch (problem.status()) {
            case 400 -> "Bad request";
            case 401 -> "Not authenticated";
            case 403 -> "Not allowed";
            case 404 -> "Not found";
            case 405 -> "Method not allowed";
            case 409 -> "Not as things stand";
            case 413, 414, 431 -> "Too large";
            case 415 -> "Not JSON";
            case 421 -> "Not for this console";
            case 500 -> "Failed";
            case 429 -> "Too many requests";
            default -> "Not now";
        };
        return new Body(
                problem.status(),
                "application/problem+json",
                Json.write(new ProblemDetail(title, problem.status(), problem.detail())),
                problem.headers());
    }
}
