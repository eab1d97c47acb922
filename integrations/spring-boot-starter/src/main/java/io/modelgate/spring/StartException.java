package io.modelgate.spring;

import org.jspecify.annotations.Nullable;

/** Says what keeps the application from starting, and what to do: for the person who starts it. */
final class StartException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    private final String fix;

    StartException(String what, String fix) {
        this(what, fix, null);
    }

    StartException(String what, String fix, @Nullable Throwable cause) {
        super(what, cause);
        this.fix = fix;
    }

    /** What to do. */
    String fix() {
        return fix;
    }
}
