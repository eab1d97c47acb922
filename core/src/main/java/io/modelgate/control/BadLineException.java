package io.modelgate.control;

/** A complete line of the log is not the next one of its chain. */
final class BadLineException extends Exception {

    private static final long serialVersionUID = 1L;

    private final long line;

    BadLineException(long line, String reason) {
        super(reason);
        this.line = line;
    }

    /** The number of the line; the first is 1. */
    long line() {
        return line;
    }
}
