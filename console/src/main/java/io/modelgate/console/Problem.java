package io.modelgate.console;

/** Why a request is refused: becomes {@code application/problem+json} (RFC 9457). */
final class Problem extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int status;

    Problem(int status, String detail) {
        super(detail, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }

    /** What is wrong, for whoever asked. */
    String detail() {
        return String.valueOf(getMessage());
    }

    static Problem notFound(String detail) {
        return new Problem(404, detail);
    }

    static Problem bad(String detail) {
        return new Problem(400, detail);
    }
}
