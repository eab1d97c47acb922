package io.modelgate.redis;

import io.modelgate.FeedbackIds;
import io.modelgate.testkit.FeedbackIdsKit;
import io.modelgate.testkit.RedisServer;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisFeedbackIdsKitTest extends FeedbackIdsKit {

    private static RedisServer redis;

    private final String name = "kit-" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().start();
    }

    @AfterAll
    static void stop() {
        if (redis != null) {
            redis.close();
        }
    }

    @Override
    protected FeedbackIds open() {
        return RedisFeedbackIds.open(r -> r.uri(redis.uri()).name(name).askTimeout(Duration.ofSeconds(5)));
    }

    @Override
    protected boolean shared() {
        return true;
    }
}
