package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.budget.Budget;
import io.modelgate.budget.BudgetLedger;
import io.modelgate.budget.FleetLedger.Holding;
import io.modelgate.budget.FleetLedger.Lease;
import io.modelgate.budget.FleetLedgerException;
import io.modelgate.budget.GateBudgets;
import io.modelgate.budget.Per;
import io.modelgate.budget.Refusal;
import io.modelgate.budget.RefusalKind;
import io.modelgate.budget.Reservation;
import io.modelgate.budget.Sharing;
import io.modelgate.budget.Spender;
import io.modelgate.budget.Usage;
import io.modelgate.budget.WhenUnreachable;
import io.modelgate.testkit.ManualTime;
import io.modelgate.testkit.RedisServer;
import io.modelgate.testkit.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is special about Redis: it is elsewhere, it ends and begins again, and several look into it. */
@Timeout(60)
class RedisFleetLedgerTest {

    private static final String SECRET = "no-one-may-see-this";
    private static final String ACCOUNT = "tenant/0/h1";
    private static final String KEY = "modelgate:{credit/tenant/0/h1}:budget";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final ManualTime time = new ManualTime();
    private RedisServer redis;

    @BeforeEach
    void start() {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().password(SECRET).start();
        open.add(redis);
    }

    @AfterEach
    void stop() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private RedisFleetLedger ledger(int port, Duration askTimeout) {
        RedisFleetLedger ledger = RedisFleetLedger.open(r -> r.uri(redis.uri(port))
                .name("credit")
                .lease(Duration.ofMillis(500))
                .askTimeout(askTimeout));
        open.add(ledger);
        until(() -> reaches(() -> ledger.own("ledger.owner")));
        return ledger;
    }

    private RedisFleetLedger ledger() {
        return ledger(redis.port(), Duration.ofSeconds(5));
    }

    private static Holding holding(long held, long needed, long wanted, @Nullable Duration keep) {
        return new Holding(ACCOUNT, 1, 1_000, held, needed, wanted, keep);
    }

    private static Lease ask(RedisFleetLedger ledger, long held, long needed, long wanted) {
        return ledger.exchange(List.of(holding(held, needed, wanted, null))).get(0);
    }

    /** As soon as the ledger has been told which server it asks. */
    private static Lease atLast(RedisFleetLedger ledger, long held, long needed, long wanted) {
        until(() -> reaches(() -> ask(ledger, held, needed, wanted)));
        return ask(ledger, held, needed, wanted);
    }

    private static void until(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static boolean reaches(Runnable asking) {
        try {
            asking.run();
            return true;
        } catch (FleetLedgerException e) {
            return false;
        }
    }

    @Test
    void toAskAgainChangesNothing() {
        RedisFleetLedger one = ledger();
        assertThat(ask(one, 100, 50, 200)).isEqualTo(new Lease(true, 200, 650, Duration.ofMillis(500)));
        assertThat(ask(one, 150, 0, 200)).isEqualTo(ask(one, 150, 0, 200));
        assertThat(redis.command("HGET", KEY, "t")).hasToString("350");
    }

    @Test
    void anExchangeThatComesLateUndoesNothing() {
        RedisFleetLedger one = ledger();
        ask(one, 700, 0, 100);
        String holder = holder();
        String[] share = String.valueOf(redis.command("HGET", KEY, holder)).split(" ", -1);
        redis.command("HSET", KEY, holder, (Long.parseLong(share[0]) + 10) + " 700 100 " + share[3]);

        assertThatThrownBy(() -> ask(one, 0, 0, 0))
                .isInstanceOf(FleetLedgerException.class)
                .hasMessageContaining("overtaken");
        assertThat(redis.command("HGET", KEY, "t")).hasToString("800");
    }

    private String holder() {
        List<?> fields = (List<?>) redis.command("HKEYS", KEY);
        return fields.stream()
                .map(String::valueOf)
                .filter(field -> field.startsWith("h:"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void manyAccountsAreAskedInOneGoAndEachHasItsSlot() {
        RedisFleetLedger one = ledger();
        List<Holding> holdings = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            holdings.add(new Holding("tenant/0/h" + i, 1, 1_000, i, 0, 10, null));
        }
        List<Lease> leases = one.exchange(holdings);
        assertThat(leases).hasSize(500);
        assertThat(leases.get(499).remaining()).isEqualTo(1_000 - 499 - 10);
    }

    @Test
    void anAccountOfADayGoesADayAfterIt() {
        RedisFleetLedger one = ledger();
        one.exchange(List.of(holding(1, 0, 0, Duration.ofHours(5))));
        long left = Long.parseLong(String.valueOf(redis.command("TTL", KEY)));
        assertThat(left)
                .isBetween(
                        Duration.ofHours(29).toSeconds() - 60,
                        Duration.ofHours(29).toSeconds());
    }

    @Test
    void aHolderLongGoneIsFoldedAndStaysCharged() {
        ask(ledger(), 600, 0, 100);
        String[] share = String.valueOf(redis.command("HGET", KEY, holder())).split(" ", -1);
        redis.command("HSET", KEY, holder(), share[0] + " 600 100 1000", "x", "1000"); // last heard of in 1970

        assertThat(atLast(ledger(), 0, 401, 0).covered()).isFalse();
        assertThat(redis.command("HGET", KEY, "g")).hasToString("600");
        assertThat(redis.command("HLEN", KEY)).hasToString("4"); // the one that asked, t, x and g
        assertThat(atLast(ledger(), 0, 400, 0).covered()).isTrue();
    }

    @Test
    void anotherSecretIsRefusedAndNoCredentialIsShown() {
        RedisFleetLedger one = ledger();
        assertThatThrownBy(() -> one.own("another"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("secret of another control log")
                .hasMessageNotContaining(SECRET);
        assertThat(one.toString()).doesNotContain(SECRET);
        redis.kill();
        assertThatThrownBy(() -> ask(one, 0, 1, 0))
                .isInstanceOf(FleetLedgerException.class)
                .hasMessageNotContaining(SECRET)
                .hasNoCause();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisFleetLedger.open(r -> {}))
                .withMessageContaining("r.uri(");
    }

    @Test
    void aServerThatWasStartedAgainGrantsNothingUntilAllHaveTold() {
        RedisFleetLedger one = RedisFleetLedger.open(r -> r.uri(redis.uri())
                .name("credit")
                .askTimeout(Duration.ofSeconds(5))
                .ticker(time));
        open.add(one);
        one.own("mark");
        until(() -> reaches(() -> ask(one, 900, 0, 0)));
        redis.kill();
        redis.restart();
        redis.command("FLUSHALL"); // it lost everything

        until(() -> reaches(() -> ask(one, 900, 0, 100)));
        assertThat(one.losses()).isEqualTo(1);
        assertThatThrownBy(() -> ask(one, 900, 1, 0)).hasMessageContaining("started again");
        time.advance(Duration.ofSeconds(2));
        assertThat(ask(one, 900, 100, 0).covered()).isTrue();
    }

    @Test
    void aConnectionThatWasCutIsNoOtherServer() {
        try (TcpProxy proxy = TcpProxy.to(redis.port())) {
            RedisFleetLedger one = ledger(proxy.port(), Duration.ofSeconds(5));
            until(() -> reaches(() -> ask(one, 100, 10, 0)));
            proxy.cut();
            until(() -> !reaches(() -> ask(one, 100, 10, 0)));
            proxy.heal();
            until(() -> reaches(() -> ask(one, 100, 10, 0)));
            assertThat(one.losses()).isZero();
        }
    }

    @Test
    void anAnswerThatNeverComesCostsRoomAndNeverTheCeiling() {
        try (TcpProxy proxy = TcpProxy.to(redis.port())) {
            BudgetLedger cut = budgets(ledger(proxy.port(), Duration.ofMillis(200)));
            BudgetLedger other = budgets(ledger());
            spend(cut, 100);
            proxy.swallowReplies();

            Refusal refusal = (Refusal) reserve(cut, 500);

            assertThat(refusal.kind()).isEqualTo(RefusalKind.FLEET_UNREACHABLE);
            assertThat(((Refusal) reserve(other, 950)).remaining()).isLessThan(950);
            proxy.heal();
            until(() -> {
                time.advance(Duration.ofMillis(200));
                cut.share();
                return reserve(other, 700) instanceof Reservation; // 100 spent and a slice of 100 are the other's
            });
            assertThat(reserve(cut, 201)).isInstanceOf(Refusal.class);
        }
    }

    private BudgetLedger budgets(RedisFleetLedger ledger) {
        BudgetLedger budgets = BudgetLedger.open(b -> b.fleet(ledger), time::read, time, key -> key, event -> {});
        budgets.background(Runnable::run);
        budgets.own();
        open.add(budgets);
        Budget budget =
                Budget.tokens("tenant", 1_000, Per.gate()).shared(Sharing.leased(100, WhenUnreachable.RUN_ON_LEASE));
        gates.put(budgets, budgets.gate("gate", List.of(budget), List.of(), Map.of("v1", "v1")));
        return budgets;
    }

    private final Map<BudgetLedger, GateBudgets> gates = new HashMap<>();

    private Object reserve(BudgetLedger budgets, long tokens) {
        GateBudgets gate = gates.get(budgets);
        Spender spender = gate.resolve("c", "s", attribute -> null, time.read());
        return gate.reserve(spender, "v1", tokens, 0, false, 0, time.read());
    }

    private void spend(BudgetLedger budgets, long tokens) {
        until(() -> {
            time.advance(Duration.ofMillis(100));
            if (reserve(budgets, tokens) instanceof Reservation reservation) {
                reservation.settle(Usage.of(tokens, 0), time.read());
                return true;
            }
            return false;
        });
    }
}
