package io.modelgate.console;

/** A command that was not understood, so that nothing was done. The message is for the person who typed it. */
final class UsageException extends Exception {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
