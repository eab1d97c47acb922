package io.modelgate.redis;

import io.modelgate.budget.BudgetsBuilder;
import io.modelgate.testkit.BudgetLedgerKit;
import io.modelgate.testkit.RedisServer;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** On a real Redis, whose clock is its own and goes on while the test's stands still: leases are long, and ended in it. */
class RedisFleetKitTest extends BudgetLedgerKit {

    private static final Duration LEASE = Duration.ofMinutes(1);
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

    /** For the server as for the processes: what stands last in a holder's field is when its lease ends. */
    @Override
    protected void leasesRunOut() {
        time.advance(LEASE);
        redis.command("EVAL", """
                local time = redis.call('TIME')
                local ended = string.format('%.0f', time[1] * 1000 - 1)
                for _, key in ipairs(redis.call('KEYS', 'modelgate:{' .. ARGV[1] .. '/*}:budget')) do
                  local all = redis.call('HGETALL', key)
                  for i = 1, #all, 2 do
                    if string.sub(all[i], 1, 2) == 'h:' then
                      redis.call('HSET', key, all[i], (string.gsub(all[i + 1], '%d+$', ended)))
                    end
                  end
                  redis.call('HSET', key, 'x', ended)
                end
                """, "0", name);
    }
}
