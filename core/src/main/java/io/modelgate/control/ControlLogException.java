package io.modelgate.control;

import org.jspecify.annotations.Nullable;

/** The control log could not be written, read or opened; the message names the place and the fix. */
public final class ControlLogException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public ControlLogException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Creates the exception. */
    public ControlLogException(String message) {
        super(message);
    }
}
