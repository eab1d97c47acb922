package io.modelgate.redis;

import static io.modelgate.redis.RedisLink.bytes;

import io.modelgate.budget.FleetLedger;
import io.modelgate.budget.FleetLedgerException;
import io.modelgate.control.ControlLogException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The ceilings of a fleet on Redis 6.2 or newer, or Valkey: one hash for each account. Thread-safe.
 *
 * <pre>{@code
 * Gates.open(g -> g.budgets(b -> b.fleet(RedisFleetLedger.open(r -> r.uri("rediss://redis.internal:6379").name("credit")))));
 * }</pre>
 *
 * <p>It connects by itself, again and again; meanwhile it is unreachable.
 */
public final class RedisFleetLedger implements FleetLedger {

    /** A server that may have lost something grants nothing for so long, in which all processes tell it what they hold. */
    private static final Duration QUIET = Duration.ofSeconds(2);

    /** How long an account is kept after its day or month is over: clocks differ, and calls end late. */
    private static final Duration KEPT = Duration.ofHours(24);

    /** A holder that was silent for so long is gone; one that lives is heard every hour. */
    private static final Duration GONE = Duration.ofHours(24);

    private static final Script EXCHANGE = Script.load("exchange");
    private static final Script OWNER = Script.load("owner");
    private static final long OVERTAKEN = -1;

    private final RedisLink link;
    private final Servers servers;
    private final String name;
    private final String instance;
    private final Duration lease;
    private final Duration askTimeout;
    private final AtomicLong turns = new AtomicLong();

    private RedisFleetLedger(RedisAddress address, RedisFleetLedgerBuilder config) {
        name = config.name;
        // A process that starts again holds nothing: what it held before is another holder's.
        instance = (config.instance.isEmpty() ? "" : config.instance + "~")
                + UUID.randomUUID().toString().substring(0, 13);
        lease = config.lease;
        askTimeout = config.askTimeout;
        Duration connecting = askTimeout.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : askTimeout;
        link = RedisLink.open(address, connecting);
        servers = new Servers(link, config.ticker, QUIET);
    }

    /**
     * Begins to connect and does not wait for it.
     *
     * @throws IllegalArgumentException if a setting is out of range or does not go with the URI, or there is none
     */
    public static RedisFleetLedger open(Consumer<RedisFleetLedgerBuilder> configure) {
        RedisFleetLedgerBuilder config = new RedisFleetLedgerBuilder();
        configure.accept(config);
        return new RedisFleetLedger(config.address(), config);
    }

    @Override
    public void own(String mark) {
        link.awaitConnected(askTimeout);
        List<Object> reply = answers(List.of(link.evalAsync(
                        OWNER, List.of(bytes("modelgate:{" + name + "}:budget-owner")), List.of(bytes(mark)))))
                .get(0);
        if (!RedisLink.text(reply.get(0)).equals(mark)) {
            throw new IllegalStateException("the ledger of the fleet \"" + name + "\" on " + link.address()
                    + " names its accounts under the secret of another control log; give all processes on it one log,"
                    + " or one secret, or give this fleet another name");
        }
        servers.awaitKnown(askTimeout); // or the first exchange would be refused for a moment
    }

    @Override
    public List<Lease> exchange(List<Holding> holdings) {
        long server = servers.current();
        boolean quiet = servers.quiet();
        String turn = Long.toString(turns.incrementAndGet());
        List<CompletableFuture<List<Object>>> asked = new ArrayList<>(holdings.size());
        for (Holding holding : holdings) {
            if (quiet && holding.needed() > 0) {
                throw new FleetLedgerException("Redis " + link.address()
                        + " was started again or failed over, and is being told what all processes hold");
            }
            asked.add(link.evalAsync(EXCHANGE, List.of(key(holding)), arguments(holding, turn, quiet)));
        }
        List<Lease> leases = new ArrayList<>(holdings.size());
        for (List<Object> reply : answers(asked)) {
            leases.add(lease(reply));
        }
        if (servers.current() != server) {
            throw new FleetLedgerException("the connection to Redis " + link.address() + " was made anew meanwhile");
        }
        return leases;
    }

    /** Each account has a slot of its own in a cluster. */
    private byte[] key(Holding holding) {
        return bytes("modelgate:{" + name + "/" + holding.account() + "}:budget");
    }

    private List<byte[]> arguments(Holding holding, String turn, boolean quiet) {
        return List.of(
                bytes(instance + ":" + holding.holder()),
                bytes(turn),
                bytes(Long.toString(holding.ceiling())),
                bytes(Long.toString(holding.held())),
                bytes(Long.toString(holding.needed())),
                bytes(Long.toString(quiet ? 0 : holding.wanted())),
                bytes(Long.toString(lease.toMillis())),
                bytes(Long.toString(
                        holding.keep() == null ? -1 : holding.keep().plus(KEPT).toMillis())),
                bytes(Long.toString(GONE.toMillis())));
    }

    private Lease lease(List<Object> reply) {
        long covered = (Long) reply.get(0);
        if (covered == OVERTAKEN) {
            throw new FleetLedgerException("a later exchange has overtaken this one");
        }
        return new Lease(covered == 1, (Long) reply.get(1), (Long) reply.get(2), lease);
    }

    /** Waits for all of them, for as long as one may take. */
    private List<List<Object>> answers(List<CompletableFuture<List<Object>>> asked) {
        try {
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                    .get(askTimeout.toMillis(), TimeUnit.MILLISECONDS);
            return asked.stream().map(CompletableFuture::join).toList();
        } catch (TimeoutException e) {
            throw new FleetLedgerException(
                    "Redis " + link.address() + " did not answer within " + askTimeout.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FleetLedgerException("interrupted while waiting for Redis " + link.address());
        } catch (ExecutionException e) {
            // Only what the link says of itself is known to be without credentials.
            throw new FleetLedgerException(
                    e.getCause() instanceof ControlLogException known
                            ? String.valueOf(known.getMessage())
                            : "Redis " + link.address() + " cannot be asked");
        }
    }

    @Override
    public long losses() {
        return servers.losses();
    }

    @Override
    public void close() {
        link.close();
    }

    /** For messages: where it is, without credentials. */
    @Override
    public String toString() {
        return "fleet " + name + " on " + link.address();
    }
}
