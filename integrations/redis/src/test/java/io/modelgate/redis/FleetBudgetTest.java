package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Sharing;
import io.modelgate.budget.Usage;
import io.modelgate.budget.WhenUnreachable;
import io.modelgate.testkit.RedisServer;
import io.modelgate.testkit.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two processes, so to say, whose gates share the budget of a tenant. */
@Timeout(120)
class FleetBudgetTest {

    private static final int CEILING = 2_000;
    private static final int SLICE = 200;
    private static final int TOKENS = 10;
    private static final int OUTPUT = 4;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final AtomicInteger spent = new AtomicInteger();
    private RedisServer redis;

    @BeforeEach
    void start() {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().start();
        open.add(redis);
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private ModelGate<String, Usage> gate(Sharing sharing, int ledgerPort, Duration lease) {
        Gates gates = Gates.open(g -> g.controlLog(() -> RedisControlLog.open(
                        r -> r.uri(redis.uri()).withoutCopy().commandTimeout(Duration.ofSeconds(20))))
                .budgets(b -> b.fleet(RedisFleetLedger.open(
                        r -> r.uri(redis.uri(ledgerPort)).lease(lease).askTimeout(Duration.ofSeconds(10))))));
        open.add(gates);
        return gates.gate(
                "credit",
                g -> g.stable("v1", input -> {
                            spent.addAndGet(TOKENS);
                            return Usage.of(TOKENS - OUTPUT, OUTPUT);
                        })
                        .attributes("tenant")
                        .tokens(t -> t.input(input -> TOKENS - OUTPUT)
                                .maxOutput(OUTPUT)
                                .usage(usage -> usage))
                        .budget(Budget.tokens("tenant", CEILING, Per.attribute("tenant"))
                                .shared(sharing)));
    }

    private static Outcome<Usage> call(ModelGate<String, Usage> gate) {
        return gate.decide("x", Caller.of("user").with("tenant", "acme"));
    }

    private static boolean answered(ModelGate<String, Usage> gate) {
        Outcome<Usage> outcome = call(gate);
        assertThat(outcome.cause()).isIn(Optional.empty(), Optional.of(Cause.OVER_BUDGET));
        return outcome.answer().isPresent();
    }

    /** Calls until it is refused. */
    private static void exhaust(ModelGate<String, Usage> gate) {
        while (answered(gate)) {
            assertThat(gate).isNotNull();
        }
    }

    private void together(Sharing sharing) {
        Duration lease = Duration.ofSeconds(10);
        ModelGate<String, Usage> one = gate(sharing, redis.port(), lease);
        ModelGate<String, Usage> two = gate(sharing, redis.port(), lease);
        CompletableFuture.allOf(
                        CompletableFuture.runAsync(() -> exhaust(one)), CompletableFuture.runAsync(() -> exhaust(two)))
                .join();
    }

    @Test
    void aStrictCeilingIsKeptByTwoTogetherToTheToken() {
        together(Sharing.strict());
        assertThat(spent).hasValue(CEILING);
    }

    @Test
    void aLeasedCeilingIsKeptWhileNobodyIsLost() {
        Sharing sharing = Sharing.leased(SLICE, WhenUnreachable.RUN_ON_LEASE);
        together(sharing);
        assertThat(spent.get()).isGreaterThan(CEILING - 2 * SLICE).isLessThanOrEqualTo((int)
                (CEILING + sharing.overshoot(0)));
    }

    @Test
    void withoutItsLedgerOneThatRefusesServesNothingAndGoesOnWhenItReturns() {
        TcpProxy proxy = TcpProxy.to(redis.port());
        open.add(proxy);
        ModelGate<String, Usage> gate =
                gate(Sharing.leased(SLICE, WhenUnreachable.REFUSE), proxy.port(), Duration.ofSeconds(2));
        until(() -> answered(gate));
        proxy.cut();
        // What is leased is served until it is noticed that the ledger is away.
        until(() -> !answered(gate));
        int before = spent.get();
        assertThat(before).isLessThanOrEqualTo(TOKENS + SLICE);
        for (int i = 0; i < 100; i++) {
            assertThat(answered(gate)).isFalse();
        }
        assertThat(spent).hasValue(before);
        proxy.heal();
        until(() -> answered(gate));
    }

    @Test
    void withoutItsLedgerOneThatRunsOnItsLeaseServesThatAndNoMore() {
        TcpProxy proxy = TcpProxy.to(redis.port());
        open.add(proxy);
        ModelGate<String, Usage> gate =
                gate(Sharing.leased(SLICE, WhenUnreachable.RUN_ON_LEASE), proxy.port(), Duration.ofSeconds(30));
        until(() -> answered(gate));
        proxy.cut();
        int before = spent.get();
        exhaust(gate);
        assertThat(spent.get() - before)
                .as("at least the half slice below which it is filled up")
                .isBetween(SLICE / 2, SLICE);
        assertThat(answered(gate)).isFalse();
        proxy.heal();
        until(() -> answered(gate));
        exhaust(gate);
        assertThat(spent).as("nothing of the ceiling is lost by that").hasValue(CEILING);
    }
}
