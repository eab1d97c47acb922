package io.modelgate.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.modelgate.budget.GateBudgets;
import io.modelgate.budget.Per;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One among 1,000,000 live sessions, in random order, by a key of 36 characters: looked up, reserved, settled, by a caller that is
 * new in each call. Against a bare cache with the same bounds and a counter.
 */
@Fork(
        value = 2,
        jvmArgs = {"-Xms1g", "-Xmx1g", "-Xmn384m", "-XX:+UseG1GC", "-XX:+AlwaysPreTouch"})
public class ManySessions extends Measured {

    private static final int SESSIONS = 1_000_000;
    private static final int MOST = 2 * SESSIONS;
    private static final Duration IDLE = Duration.ofHours(24);

    /** The keys, always the same ones. */
    static String[] keys() {
        SplittableRandom random = new SplittableRandom(42);
        String[] keys = new String[SESSIONS];
        for (int i = 0; i < SESSIONS; i++) {
            keys[i] = new UUID(random.nextLong(), random.nextLong()).toString();
        }
        return keys;
    }

    /** The sessions of a ledger. */
    @State(Scope.Benchmark)
    public static class Sessions {
        final String[] keys = keys();
        final GateBudgets gate = Spending.gate(Spending.budgets(MOST), Spending.budget("session", Per.session()));

        @Setup
        public void fill() {
            for (String key : keys) {
                Spending.call(gate, gate.resolve(null, key, attribute -> null, 0), 0);
            }
        }
    }

    /** The counters of a cache. */
    @State(Scope.Benchmark)
    public static class Counters {
        final String[] keys = keys();
        final Cache<String, AtomicLong> counters =
                Caffeine.newBuilder().expireAfterAccess(IDLE).maximumSize(MOST).build();

        @Setup
        public void fill() {
            for (String key : keys) {
                counters.put(key, new AtomicLong());
            }
        }
    }

    /** The random order, another one for each thread. */
    @State(Scope.Thread)
    public static class Order {
        private static final AtomicInteger SEEDS = new AtomicInteger();
        private final SplittableRandom random = new SplittableRandom(SEEDS.incrementAndGet());
        final long now = System.nanoTime();

        int next() {
            return random.nextInt(SESSIONS);
        }
    }

    /** All that a gate does for a call of a caller that it has not seen. */
    @Benchmark
    public long sessions1m(Sessions sessions, Order order) {
        String key = sessions.keys[order.next()];
        return Spending.call(sessions.gate, sessions.gate.resolve(null, key, attribute -> null, order.now), order.now);
    }

    /** The least that such a lookup can cost, with the cache's own clock. */
    @Benchmark
    public long caffeine1m(Counters counters, Order order) {
        return counters.counters
                .get(counters.keys[order.next()], key -> new AtomicLong())
                .addAndGet(1);
    }
}
