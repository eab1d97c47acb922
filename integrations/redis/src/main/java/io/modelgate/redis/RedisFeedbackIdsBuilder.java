package io.modelgate.redis;

import java.time.Duration;

/** Configures {@link RedisFeedbackIds}. Not thread-safe. */
public final class RedisFeedbackIdsBuilder extends Access<RedisFeedbackIdsBuilder> {

    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    String name = "modelgate";
    Duration askTimeout = Duration.ofSeconds(1);

    RedisFeedbackIdsBuilder() {}

    @Override
    RedisFeedbackIdsBuilder self() {
        return this;
    }

    /**
     * Where Redis is and who asks it.
     *
     * @throws IllegalArgumentException if there is no URI, or a setting does not go with it; without credentials
     */
    RedisAddress address() {
        return address("the feedback ids have no URI; add r.uri(\"redis://host:6379\")");
    }

    /**
     * Sets the name of the fleet on that Redis: processes with one name take each label once together. Default: {@code modelgate}.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit
     * @throws IllegalArgumentException if it is none
     */
    public RedisFeedbackIdsBuilder name(String name) {
        this.name = name("name", name);
        return this;
    }

    /**
     * Sets how long whoever gives feedback waits for a connection, and for an answer, before it is refused. Default: 1 second.
     *
     * @param timeout 10 milliseconds to 10 seconds
     * @throws IllegalArgumentException if it is out of range
     */
    public RedisFeedbackIdsBuilder askTimeout(Duration timeout) {
        askTimeout = range("askTimeout", timeout, SHORTEST, LONGEST);
        return this;
    }
}
