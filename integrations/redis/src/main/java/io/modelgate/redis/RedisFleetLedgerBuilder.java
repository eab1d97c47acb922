package io.modelgate.redis;

import static java.util.Objects.requireNonNull;

import io.modelgate.Ticker;
import java.time.Duration;

/** Configures a {@link RedisFleetLedger}. Not thread-safe. */
public final class RedisFleetLedgerBuilder extends Access<RedisFleetLedgerBuilder> {

    private static final Duration SHORTEST_LEASE = Duration.ofMillis(500);
    private static final Duration LONGEST_LEASE = Duration.ofHours(1);
    private static final Duration SHORTEST_ASK = Duration.ofMillis(10);
    private static final Duration LONGEST_ASK = Duration.ofSeconds(10);

    String name = "modelgate";
    String instance = "";
    Duration lease = Duration.ofSeconds(10);
    Duration askTimeout = Duration.ofMillis(100);
    Ticker ticker = Ticker.system();

    RedisFleetLedgerBuilder() {}

    @Override
    RedisFleetLedgerBuilder self() {
        return this;
    }

    /**
     * Where Redis is and who asks it.
     *
     * @throws IllegalArgumentException if there is no URI, or a setting does not go with it; without credentials
     */
    RedisAddress address() {
        return address("the ledger of the fleet has no URI; add r.uri(\"redis://host:6379\")");
    }

    /**
     * Sets the name of the fleet on that Redis: processes with one name share their ceilings. Default: {@code modelgate}.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit
     * @throws IllegalArgumentException if it is none
     */
    public RedisFleetLedgerBuilder name(String name) {
        this.name = name("name", name);
        return this;
    }

    /**
     * Sets how this process is called for whoever looks into Redis; each start adds something of its own to it. Default: nothing.
     *
     * @param instance 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit
     * @throws IllegalArgumentException if it is none
     */
    public RedisFleetLedgerBuilder instance(String instance) {
        this.instance = name("instance", instance);
        return this;
    }

    /**
     * Sets for how long a slice is leased: how long a process that cannot reach Redis may go on, and how long the slice of one that is
     * lost is missing. The same in all processes. Default: 10 seconds.
     *
     * @param lease 500 milliseconds to 1 hour
     * @throws IllegalArgumentException if it is out of range
     */
    public RedisFleetLedgerBuilder lease(Duration lease) {
        this.lease = range("lease", lease, SHORTEST_LEASE, LONGEST_LEASE);
        return this;
    }

    /**
     * Sets how long a call may wait for an answer before it is refused. Default: 100 milliseconds.
     *
     * @param timeout 10 milliseconds to 10 seconds
     * @throws IllegalArgumentException if it is out of range
     */
    public RedisFleetLedgerBuilder askTimeout(Duration timeout) {
        askTimeout = range("askTimeout", timeout, SHORTEST_ASK, LONGEST_ASK);
        return this;
    }

    /** Sets the elapsed time, for tests. Leases end by Redis's clock and by that of the gates. */
    RedisFleetLedgerBuilder ticker(Ticker ticker) {
        this.ticker = requireNonNull(ticker, "ticker");
        return this;
    }
}
