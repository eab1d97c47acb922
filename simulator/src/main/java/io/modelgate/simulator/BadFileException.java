package io.modelgate.simulator;

/** A file that cannot be used. The message names the file, the place and the fix. */
final class BadFileException extends RuntimeException {

    private static final long serialVersionUID = 1;

    BadFileException(String message) {
        super(message);
    }
}
