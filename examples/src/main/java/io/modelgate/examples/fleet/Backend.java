package io.modelgate.examples.fleet;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.modelgate.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** The Redis of the fleet, asked without any gate in between. For use by one thread. */
final class Backend implements AutoCloseable {

    private static final int WARM_UP = 300;
    private static final int TRIPS = 300;

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> redis;

    private Backend(RedisClient client) {
        this.client = client;
        connection = client.connect();
        redis = connection.sync();
    }

    static Backend connect(String uri) {
        return new Backend(RedisClient.create(uri));
    }

    /** How long a PING takes, there and back: the median of many. */
    Duration roundTrip(Ticker ticker) {
        for (int i = 0; i < WARM_UP; i++) {
            redis.ping();
        }
        long[] nanos = new long[TRIPS];
        for (int i = 0; i < TRIPS; i++) {
            long began = ticker.read();
            redis.ping();
            nanos[i] = ticker.read() - began;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[TRIPS / 2]);
    }

    /** What it says of itself, for instance {@code redis_version}. */
    String info(String field) {
        return redis.info("server")
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    /** Removes everything that belongs to a log. */
    void remove(String log) {
        List<String> keys = redis.keys("modelgate:{" + log + "}:*");
        if (!keys.isEmpty()) {
            redis.del(keys.toArray(String[]::new));
        }
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
