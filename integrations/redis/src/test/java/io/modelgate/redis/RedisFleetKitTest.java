package io.modelgate.redis;

import io.modelgate.budget.BudgetsBuilder;
import io.modelgate.testkit.BudgetLedgerKit;
import io.modelgate.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a real Redis, whose clock is its own: leases are short, and waited for. */
class RedisFleetKitTest extends BudgetLedgerKit {

    private static final Duration LEASE = Duration.ofMillis(500);
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
    protected void give(BudgetsBuilder process) {
        process.fleet(RedisFleetLedger.open(
                r -> r.uri(redis.uri()).name(name).lease(LEASE).askTimeout(Duration.ofSeconds(5))));
    }

    @Override
    protected boolean shared() {
        return true;
    }

    @Override
    protected boolean survivesRestart() {
        return true;
    }

    @Override
    protected void leasesRunOut() {
        time.advance(LEASE);
        long end = millis() + LEASE.toMillis() + 1;
        while (millis() < end) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static long millis() {
        List<?> now = (List<?>) redis.command("TIME");
        return Long.parseLong(String.valueOf(now.get(0))) * 1_000 + Long.parseLong(String.valueOf(now.get(1))) / 1_000;
    }
}
