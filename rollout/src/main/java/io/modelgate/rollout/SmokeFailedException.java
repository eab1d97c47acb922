package io.modelgate.rollout;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The version that was to be switched to failed smoke calls; nothing has changed. What checks threw is suppressed in it, and named by class only
 * in its message: theirs may hold what the version answered.
 */
public final class SmokeFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Map<String, String> failures;

    SmokeFailedException(String message, Map<String, String> failures) {
        super(message + ": " + failures);
        this.failures = new LinkedHashMap<>(failures);
    }

    /** What went wrong, by the name of the smoke call, in the order of the calls. Unmodifiable; empty after it was serialised. */
    public Map<String, String> failures() {
        return failures == null ? Map.of() : Collections.unmodifiableMap(failures);
    }
}
