package io.modelgate.console;

import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Why a request is refused: becomes {@code application/problem+json} (RFC 9457). */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What of a message is shown: some list every gate there is. */
    private static final int MOST_CHARACTERS = 2_000;

    private final int status;
    private final transient Map<String, String> headers;

    Problem(int status, String detail) {
        this(status, detail, Map.of());
    }

    private Problem(int status, String detail, Map<String, String> headers) {
        super(cut(detail), null, false, false);
        this.status = status;
        this.headers = headers;
    }

    int status() {
        return status;
    }

    /** What is wrong, for whoever asked. */
    String detail() {
        return String.valueOf(getMessage());
    }

    /** The headers that go with it. */
    Map<String, String> headers() {
        return headers;
    }

    static Problem notFound(String detail) {
        return new Problem(404, detail);
    }

    static Problem bad(String detail) {
        return new Problem(400, detail);
    }

    static Problem nobody() {
        return new Problem(
                401,
                "nobody is authenticated: send Authorization: Bearer and a token",
                Map.of("WWW-Authenticate", "Bearer"));
    }

    static Problem notThisMethod(String allowed) {
        return new Problem(405, "this path takes " + allowed, Map.of("Allow", allowed));
    }

    /** To be tried again after a while, rounded up to seconds. */
    static Problem tooMany(String detail, long waitNanos) {
        long seconds = 1 + (waitNanos - 1) / TimeUnit.SECONDS.toNanos(1);
        return new Problem(
                429, detail + "; try again in " + seconds + " s", Map.of("Retry-After", Long.toString(seconds)));
    }

    private static String cut(String detail) {
        String shown = Token.hide(detail);
        return shown.length() <= MOST_CHARACTERS ? shown : shown.substring(0, MOST_CHARACTERS) + "…";
    }
}
