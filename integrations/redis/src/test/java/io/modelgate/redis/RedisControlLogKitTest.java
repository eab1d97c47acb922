package io.modelgate.redis;

import io.modelgate.control.ControlLog;
import io.modelgate.testkit.ControlLogKit;
import io.modelgate.testkit.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

class RedisControlLogKitTest extends ControlLogKit {

    @TempDir
    Path directory;

    private static RedisServer redis;
    private static int logs;
    private int opened;

    @BeforeAll
    static void startAServer() {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().start();
    }

    @Override
    protected ControlLog open() throws Exception {
        logs++;
        return another();
    }

    @Override
    protected Optional<ControlLog> reopen() throws Exception {
        return Optional.of(another());
    }

    private ControlLog another() throws Exception {
        Path own = Files.createDirectory(directory.resolve("process-" + ++opened));
        return RedisControlLog.open(
                r -> r.uri(redis.uri()).directory(own).name("log-" + logs).commandTimeout(Duration.ofSeconds(20)));
    }

    @AfterAll
    static void endTheServer() {
        if (redis != null) {
            redis.close();
        }
    }
}
