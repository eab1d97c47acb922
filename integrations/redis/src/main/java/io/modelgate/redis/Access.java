package io.modelgate.redis;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a Redis is and who asks it, as a builder is told piece by piece. Not thread-safe. */
final class Access {

    @Nullable
    String uri;

    @Nullable
    String user;

    @Nullable
    String password;

    @Nullable
    String sentinelPassword;

    @Nullable
    Path trust;

    /**
     * All of it in one.
     *
     * @param missing what to say where there is no URI
     * @throws IllegalArgumentException if there is no URI or it is not understood, or something does not go with it; without credentials
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
}
