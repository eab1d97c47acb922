package io.modelgate.redis;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/** Configures {@link RedisFeedbackIds}. Not thread-safe. */
public final class RedisFeedbackIdsBuilder {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Access access = new Access();

    String name = "modelgate";
    Duration askTimeout = Duration.ofSeconds(1);

    RedisFeedbackIdsBuilder() {}

    /**
     * Sets where the Redis is: {@code redis}, {@code rediss}, and each with {@code -sentinel} or {@code -cluster}. Required.
     *
     * @throws IllegalArgumentException if it is no such URI; the message quotes nothing of it
     */
    public RedisFeedbackIdsBuilder uri(String uri) {
        RedisAddress.parse(uri);
        access.uri = uri;
        return this;
    }

    /** Sets the user and the password, where they are not to stand in the URI. Default: those of the URI. */
    public RedisFeedbackIdsBuilder login(String user, String password) {
        access.user = requireNonNull(user, "user");
        access.password = requireNonNull(password, "password");
        return this;
    }

    /** Sets the password of the sentinels themselves. Default: none. */
    public RedisFeedbackIdsBuilder sentinelPassword(String password) {
        access.sentinelPassword = requireNonNull(password, "password");
        return this;
    }

    /** Sets the certificates, in a file in PEM, of those that may sign the server's. Default: those that the Java runtime trusts. */
    public RedisFeedbackIdsBuilder trust(Path pem) {
        access.trust = requireNonNull(pem, "pem");
        return this;
    }

    /**
     * Where Redis is and who asks it.
     *
     * @throws IllegalArgumentException if there is no URI, or a setting does not go with it; without credentials
     */
    RedisAddress address() {
        return access.address("what remembers feedback has no URI; add r.uri(\"redis://host:6379\")");
    }

    /**
     * Sets the name of the fleet on that Redis: processes with one name take each label once together. Default: {@code modelgate}.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-'
     * @throws IllegalArgumentException if it is none
     */
    public RedisFeedbackIdsBuilder name(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name is \"" + name + "\": expected 1 to 100 letters, digits, '.', '_' or '-'");
        }
        this.name = name;
        return this;
    }

    /**
     * Sets how long whoever gives feedback waits for a connection, and for an answer, before it is refused. Default: 1 second.
     *
     * @param timeout 10 milliseconds to 10 seconds
     * @throws IllegalArgumentException if it is out of range
     */
    public RedisFeedbackIdsBuilder askTimeout(Duration timeout) {
        if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "askTimeout is " + timeout + ": expected " + SHORTEST + " to " + LONGEST);
        }
        askTimeout = timeout;
        return this;
    }
}
