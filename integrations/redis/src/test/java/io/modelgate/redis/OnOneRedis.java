package io.modelgate.redis;

import io.modelgate.testkit.RedisServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A test of logs on one Redis, which it starts and ends. */
@Timeout(60)
abstract class OnOneRedis {

    @TempDir
    Path directory;

    LogFleet fleet;

    @BeforeEach
    void start() {
        RedisServer.assumeAvailable();
        fleet = new LogFleet(RedisServer.create().config("save \"\"").start(), directory);
    }

    @AfterEach
    void end() {
        if (fleet != null) {
            fleet.close();
        }
    }
}
