package io.modelgate;

import org.jspecify.annotations.Nullable;

/** It could not be found out whether a label was given before, so that nothing has joined; to give it again later is safe. */
public final class FeedbackException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Creates the exception. */
    public FeedbackException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
