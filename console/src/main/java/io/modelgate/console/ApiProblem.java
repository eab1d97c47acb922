package io.modelgate.console;

/** What a console answered instead of doing what it was asked, as RFC 9457 has it, or that it did not answer. */
final class ApiProblem extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String title;
    private final int status;

    ApiProblem(String title, int status, String detail) {
        super(detail, null, false, false);
        this.title = title;
        this.status = status;
    }

    String title() {
        return title;
    }

    /** The status of HTTP; 502 or 503 if there was no answer, and then the detail says whether it may be done all the same. */
    int status() {
        return status;
    }

    String detail() {
        return String.valueOf(getMessage());
    }

    /** The exit code for it. */
    int code() {
        return switch (status) {
            case 400, 404, 405, 409, 413, 415 -> Command.USAGE;
            case 401, 403 -> Command.REFUSED;
            default -> Command.FAILED;
        };
    }
}
