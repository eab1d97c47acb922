package io.modelgate.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.modelgate.control.Archived;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.ControlLogProvider;
import io.modelgate.control.Verification;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * Opens control logs on Redis for the command line. Credentials that are not in the URI come from {@code MODELGATE_REDIS_USER} and
 * {@code MODELGATE_REDIS_PASSWORD}, and certificates to trust from the file that {@code MODELGATE_REDIS_TRUST} names. Thread-safe.
 */
public final class RedisControlLogProvider implements ControlLogProvider {

    /** Long enough for some attempts, and for a server that is just being started again. */
    private static final Duration MOMENT = Duration.ofMillis(500);

    /** For {@link java.util.ServiceLoader}. */
    public RedisControlLogProvider() {}

    @Override
    public boolean accepts(String uri) {
        return RedisAddress.accepts(uri);
    }

    @Override
    public String describe(String uri) {
        return RedisAddress.parse(uri).toString();
    }

    @Override
    public ControlLog open(String uri, Settings settings) {
        return log(uri, settings);
    }

    @Override
    public ControlLog view(String uri, Settings settings) {
        return log(uri, settings);
    }

    @Override
    public Verification verify(String uri, Settings settings) {
        try (RedisLink link = link(uri, settings)) {
            return new ChainCheck(link, new LogKeys(name(settings))).run();
        }
    }

    @Override
    public Archived archive(String uri, Settings settings, Path file, long keep) {
        try (RedisControlLog log = log(uri, settings)) {
            return log.archive(file, keep);
        }
    }

    private static RedisControlLog log(String uri, Settings settings) {
        link(uri, settings).close();
        return RedisControlLog.open(log -> log.address(address(uri, settings))
                .name(name(settings))
                .withoutCopy()
                .observer()
                .commandTimeout(settings.patience()));
    }

    /** A connection to a Redis that has the log. */
    private static RedisLink link(String uri, Settings settings) {
        RedisAddress address = address(uri, settings);
        LogKeys keys = new LogKeys(name(settings));
        RedisLink link = RedisLink.open(address, settings.patience());
        boolean fits = false;
        try {
            if (!connected(link, settings.patience())) {
                throw new ControlLogException("Redis " + address + " cannot be reached: " + link.problem());
            }
            if (link.call(redis -> redis.xrange(keys.log, Range.unbounded(), Limit.create(0, 1)))
                    .isEmpty()) {
                throw new IllegalArgumentException("there is no control log " + name(settings) + " in " + address
                        + ": no gate was ever declared in it; give the URI, and with --name the name, that the running"
                        + " processes use");
            }
            fits = true;
            return link;
        } finally {
            if (!fits) {
                link.close();
            }
        }
    }

    /** Waits no longer than a moment for one that says no: a person waits for the answer, to do something else. */
    private static boolean connected(RedisLink link, Duration patience) {
        Duration moment = patience.compareTo(MOMENT) < 0 ? patience : MOMENT;
        return link.awaitConnected(moment) || (!link.turnedAway() && link.awaitConnected(patience.minus(moment)));
    }

    private static String name(Settings settings) {
        return settings.name().isEmpty() ? "modelgate" : settings.name();
    }

    private static RedisAddress address(String uri, Settings settings) {
        Map<String, String> env = settings.environment();
        RedisAddress address = RedisAddress.parse(uri);
        String user = env.getOrDefault("MODELGATE_REDIS_USER", "");
        String password = env.getOrDefault("MODELGATE_REDIS_PASSWORD", "");
        if (!password.isEmpty()) {
            address = address.login(user.isEmpty() ? null : user, password);
        } else if (!user.isEmpty()) {
            throw new IllegalArgumentException(
                    "MODELGATE_REDIS_USER is set and MODELGATE_REDIS_PASSWORD is not: set both or neither");
        }
        String sentinel = env.getOrDefault("MODELGATE_REDIS_SENTINEL_PASSWORD", "");
        if (!sentinel.isEmpty()) {
            address = address.sentinelLogin(null, sentinel);
        }
        String trust = env.getOrDefault("MODELGATE_REDIS_TRUST", "");
        return trust.isEmpty() ? address : address.trust(Path.of(trust));
    }
}
