package io.modelgate.redis;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What every builder here is told piece by piece: where a Redis is and who asks it. Not thread-safe.
 *
 * @param <B> the builder itself; without a bound, so that the methods' descriptors name no type that users cannot see
 */
abstract sealed class Access<B> permits RedisControlLogBuilder, RedisFeedbackIdsBuilder, RedisFleetLedgerBuilder {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    @Nullable
    private String uri;

    @Nullable
    private String user;

    @Nullable
    private String password;

    @Nullable
    private String sentinelPassword;

    @Nullable
    private Path trust;

    /** This builder. */
    abstract B self();

    /**
     * Sets where the Redis is, for instance {@code rediss://user:password@host:6379}. Required. Sentinel and Cluster:
     * {@code redis-sentinel://h1,h2/0#main}, {@code redis-cluster://h1,h2}, with {@code rediss-} for TLS.
     *
     * @throws IllegalArgumentException if it is no such URI; the message quotes nothing of it
     */
    public B uri(String uri) {
        RedisAddress.parse(requireNonNull(uri, "uri"));
        this.uri = uri;
        return self();
    }

    /** Sets the user and the password, where they are not to stand in the URI. Default: those of the URI. */
    public B login(String user, String password) {
        this.user = requireNonNull(user, "user");
        this.password = requireNonNull(password, "password");
        return self();
    }

    /** Sets the password of the sentinels themselves. Default: none. */
    public B sentinelPassword(String password) {
        sentinelPassword = requireNonNull(password, "password");
        return self();
    }

    /** Sets the certificates, in a file in PEM, of those that may sign the server's. Default: those that the Java runtime trusts. */
    public B trust(Path pem) {
        trust = requireNonNull(pem, "pem");
        return self();
    }

    /**
     * All of it in one.
     *
     * @param missing what to say where there is no URI
     * @throws IllegalArgumentException if there is no URI, or a setting does not go with it; without credentials
     */
    RedisAddress address(String missing) {
        if (uri == null) {
            throw new IllegalArgumentException(missing);
        }
        RedisAddress where = RedisAddress.parse(uri);
        if (password != null) {
            where = where.login(user, password);
        }
        if (sentinelPassword != null) {
            where = where.sentinelLogin(null, sentinelPassword);
        }
        return trust == null ? where : where.trust(trust);
    }

    /** A name that may stand in keys. */
    static String name(String parameter, String value) {
        if (!NAME.matcher(value).matches()) {
            throw new IllegalArgumentException(parameter + " is \"" + value
                    + "\": expected 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit");
        }
        return value;
    }

    static Duration range(String parameter, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(parameter + " is " + value + ": expected " + least + " to " + most);
        }
        return value;
    }
}
