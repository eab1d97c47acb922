package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.Ticker;
import io.modelgate.budget.Money;
import io.modelgate.budget.Refusal;
import io.modelgate.budget.RefusalKind;
import io.modelgate.budget.Sharing;
import io.modelgate.budget.Usage;
import io.modelgate.budget.WhenUnreachable;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What properties say of budgets beyond a gate's own ceilings: of a fleet's, of sessions that run away, of what all gates share. */
class SharedBudgetsTest {

    private static final String SECRET = "s3cret";
    private static final Caller CALLER = Caller.of("user-1").session("session-1");

    @TempDir
    private Path directory;

    @Configuration(proxyBeanMethods = false)
    static class Echo {
        @Bean
        ModelGate<String, String> echo(Gates gates) {
            return gates.gate(
                    "echo",
                    g -> g.stable("v1", asked -> asked)
                            .tokens(t -> t.input(asked -> 10).maxOutput(10).usage(answer -> Usage.of(10, 10))));
        }
    }

    private static ApplicationContextRunner with(String... properties) {
        return Applications.with(Echo.class).withPropertyValues(properties);
    }

    /** A process of the fleet: with a copy of the log of its own. */
    private ApplicationContextRunner process(String name, RedisServer redis, String... properties) throws IOException {
        return with(
                        "modelgate.log.redis.uri=redis://localhost:" + redis.port(),
                        "modelgate.log.redis.directory=" + Files.createDirectories(directory.resolve(name)),
                        "modelgate.budgets.redis.uri=${modelgate.log.redis.uri}",
                        "modelgate.budgets.redis.user=default",
                        "modelgate.budgets.redis.password=" + SECRET,
                        "modelgate.budgets.redis.name=tests",
                        "modelgate.budgets.redis.instance=" + name,
                        "modelgate.budgets.redis.ask-timeout=10s",
                        "modelgate.log.redis.user=default",
                        "modelgate.log.redis.password=" + SECRET,
                        "modelgate.gates.echo.budgets[0].name=all",
                        "modelgate.gates.echo.budgets[0].tokens=45",
                        "modelgate.gates.echo.budgets[0].per=gate")
                .withPropertyValues(properties);
    }

    @SuppressWarnings("unchecked")
    private static Outcome<String> ask(ApplicationContext context) {
        return ((ModelGate<String, String>) context.getBean(ModelGate.class)).decide("a", CALLER);
    }

    /** Asks until the ledger has said who it is, which it does by itself. */
    private static Outcome<String> askOnceReached(ApplicationContext context) {
        long end = Ticker.system().read() + Duration.ofSeconds(60).toNanos();
        Outcome<String> outcome = ask(context);
        while (outcome.refusal().map(Refusal::kind).equals(Optional.of(RefusalKind.FLEET_UNREACHABLE))
                && Ticker.system().read() < end) {
            LockSupport.parkNanos(10_000_000);
            outcome = ask(context);
        }
        return outcome;
    }

    @Test
    void theProcessesOfAFleetShareACeiling() throws IOException {
        RedisServer.assumeAvailable();
        try (RedisServer redis = RedisServer.create().password(SECRET).start()) {
            String strict = "modelgate.gates.echo.budgets[0].shared=strict";
            process("one", redis, strict)
                    .run(one -> process("two", redis, strict).run(two -> {
                        assertThat(one).hasNotFailed();
                        assertThat(two).hasNotFailed();
                        assertThat(askOnceReached(one).cause()).isEmpty();
                        assertThat(askOnceReached(two).cause()).isEmpty();
                        assertThat(ask(one).cause()).contains(Cause.OVER_BUDGET);
                        assertThat(ask(two).cause()).contains(Cause.OVER_BUDGET);
                    }));
        }
    }

    @Test
    void aProcessLeasesWhatPropertiesSay() throws IOException {
        RedisServer.assumeAvailable();
        try (RedisServer redis = RedisServer.create().password(SECRET).start()) {
            process(
                            "one",
                            redis,
                            "modelgate.gates.echo.budgets[0].shared=leased",
                            "modelgate.gates.echo.budgets[0].slice=20",
                            "modelgate.gates.echo.budgets[0].when-unreachable=run-on-lease")
                    .run(context -> {
                        assertThat(askOnceReached(context).cause()).isEmpty();
                        assertThat(sharing(context)).contains(Sharing.leased(20, WhenUnreachable.RUN_ON_LEASE));
                    });
        }
        assertThat(BudgetSettings.budget(
                                "",
                                new ModelGateProperties.Budget(
                                        "money",
                                        null,
                                        "5.00",
                                        "USD",
                                        ModelGateProperties.Account.GATE,
                                        null,
                                        ModelGateProperties.Window.LIFE,
                                        null,
                                        null,
                                        ModelGateProperties.Shared.LEASED,
                                        "0.50",
                                        WhenUnreachable.REFUSE))
                        .sharing())
                .contains(Sharing.leased(Money.of("0.50", "USD"), WhenUnreachable.REFUSE));
    }

    /** What the properties of an application come to. */
    private static Optional<Sharing> sharing(ApplicationContext context) {
        ModelGateProperties.Budget budget = context.getBean(ModelGateProperties.class)
                .gates()
                .get("echo")
                .budgets()
                .get(0);
        return BudgetSettings.budget("modelgate.gates.echo.budgets[0].", budget).sharing();
    }

    @Test
    void aSharedBudgetNeedsAPlaceWhereItIsShared() {
        assertThat(Applications.failure(with(
                        "modelgate.gates.echo.budgets[0].name=all",
                        "modelgate.gates.echo.budgets[0].tokens=45",
                        "modelgate.gates.echo.budgets[0].per=gate",
                        "modelgate.gates.echo.budgets[0].shared=strict")))
                .contains("budget \"all\" is shared by the fleet, but there is no ledger of a fleet");
    }

    @Test
    void everyMistakeOfASharedBudgetIsNamedAtOnce() {
        String at = "modelgate.gates.echo.budgets";
        assertThat(Applications.failure(with(
                        at + "[0].name=leased",
                        at + "[0].tokens=45",
                        at + "[0].per=gate",
                        at + "[0].shared=leased",
                        at + "[1].name=strict",
                        at + "[1].tokens=45",
                        at + "[1].per=gate",
                        at + "[1].shared=strict",
                        at + "[1].slice=5",
                        at + "[1].window=rolling",
                        at + "[1].length=1h",
                        at + "[2].name=words",
                        at + "[2].tokens=45",
                        at + "[2].per=gate",
                        at + "[2].shared=leased",
                        at + "[2].slice=2.5",
                        at + "[2].when-unreachable=refuse",
                        at + "[3].name=more",
                        at + "[3].tokens=45",
                        at + "[3].per=gate",
                        at + "[3].shared=leased",
                        at + "[3].slice=46",
                        at + "[3].when-unreachable=refuse")))
                .contains(at + "[0].slice", "say how much a process leases at most")
                .contains(at + "[0].when-unreachable", "refuse or run-on-lease")
                .contains(at + "[1].slice = 5", "only a leased budget has one")
                .contains(at + "[1].shared = strict", "a rolling window cannot be shared")
                .contains(at + "[2].slice = 2.5", "expected a whole number of tokens")
                .contains(at + "[3]", "in slices of 46: expected at most its ceiling, 45");
    }

    @Test
    void everyValueThatTheLedgerOnRedisRefusesIsNamedAtOnce() {
        String at = "modelgate.budgets.redis.";
        assertThat(Applications.failure(with(
                        at + "uri=redis://localhost:1", at + "lease=1ms", at + "ask-timeout=1m", at + "name=no name")))
                .contains(at + "lease", "lease is PT0.001S: expected PT0.5S to PT1H")
                .contains(at + "ask-timeout", "askTimeout is PT1M: expected PT0.01S to PT10S")
                .contains(at + "name", "name is \"no name\"");
        assertThat(Applications.failure(with(at + "uri=redis://localhost:1", at + "user=me")))
                .contains(at + "password", "set both, or neither");
        assertThat(Applications.failure(with(at + "lease=10s"))).contains(at + "uri", "is missing");
        assertThatThrownBy(() -> SharedBudgetSettings.fleet(fleet("redis://me:" + SECRET + "@host"), false))
                .hasMessageContaining(at + "uri")
                .hasMessageContaining("io.modelgate:modelgate-redis")
                .hasMessageNotContaining(SECRET);
    }

    @Test
    void noTextShowsAUriOrAPassword() {
        String uri = "redis://me:" + SECRET + "@host";
        assertThat(fleet(uri).toString()).doesNotContain(SECRET);
        for (String misplaced : new String[] {
            "modelgate.budgets=" + uri,
            "modelgate.budgets.redis=" + SECRET,
            "modelgate.budgets.redis.uri=rediss:/" + SECRET,
            "modelgate.budgets.redis.pasword=" + SECRET,
            "modelgate.budgets.redis.password=" + SECRET,
            "modelgate.budgets.redis.lease=" + SECRET
        }) {
            assertThat(Applications.failure(with(misplaced)))
                    .as(misplaced)
                    .contains("modelgate.budgets")
                    .doesNotContain("it started", "no analysis", SECRET);
        }
    }

    @Test
    void whatLetsOneIntoRedisIsACredentialHoweverItIsWritten() {
        for (String property : new String[] {
            "modelgate.log.redis.uri",
            "modelgate.log.redis.identity-secret",
            "MODELGATE_LOG_REDIS_IDENTITYSECRET",
            "modelgate.budgets.redis.uri",
            "modelgate.budgets.redis.user",
            "modelgate.budgets.redis.sentinelPassword",
            "MODELGATE_BUDGETS_REDIS_PASSWORD"
        }) {
            assertThat(Origins.isCredential(property)).as(property).isTrue();
        }
        assertThat(Origins.isCredential("modelgate.budgets.redis.lease")).isFalse();
    }

    private static ModelGateProperties.FleetLedger fleet(String uri) {
        return new ModelGateProperties.FleetLedger(uri, null, null, "me", SECRET, null, null, null, null);
    }

    @Test
    void whatAllBudgetsShareIsChecked() {
        String at = "modelgate.budgets.";
        assertThat(Applications.failure(
                        with(at + "session-idle=1ms", at + "max-accounts=0", at + "reservation-timeout=400d")))
                .contains(at + "session-idle = 1ms", "sessionIdle is PT0.001S: expected 1 second to 366 days")
                .contains(at + "max-accounts = 0", "maxAccounts is 0: expected 1 to 100000000")
                .contains(at + "reservation-timeout = 400d", "expected 1 second to 366 days");
    }

    @Test
    void aCustomizerAddsToWhatPropertiesSayOfBudgets() {
        // Were it instead of them, the property would be ignored.
        assertThat(Applications.failure(with("modelgate.budgets.max-accounts=0")
                        .withBean(GatesCustomizer.class, () -> gates -> gates.budgets(b -> b.maxAccounts(5)))))
                .contains("modelgate.budgets.max-accounts = 0");
    }

    @Test
    void aSessionThatRunsAwayIsStopped() {
        String at = "modelgate.gates.echo.runaways[0].";
        with(at + "calls-per-session=1", at + "reaction=refuse").run(context -> {
            assertThat(ask(context).cause()).isEmpty();
            assertThat(ask(context).cause()).contains(Cause.TOO_MANY_CALLS);
        });
        with(at + "repeated-input=1", at + "reaction=kill-session").run(context -> {
            assertThat(ask(context).cause()).isEmpty();
            assertThat(ask(context).cause()).contains(Cause.REPEATED_INPUT);
            assertThat(context.getBean(Gates.class).budgets().killedSessions()).containsExactly("session-1");
        });
        with(at + "spend-tokens=15", at + "per=1h", at + "reaction=refuse").run(context -> {
            assertThat(ask(context).cause()).isEmpty();
            assertThat(ask(context).cause()).contains(Cause.SPENDING_TOO_FAST);
        });
        with(at + "calls-per-session=1", at + "reaction=observe").run(context -> {
            assertThat(ask(context).cause()).isEmpty();
            assertThat(ask(context).cause()).isEmpty();
        });
    }

    @Test
    void aRateOfMoneyTakesThePrices() throws IOException {
        Path prices = Files.writeString(directory.resolve("prices.properties"), """
                version = 1
                currency = USD
                echo/v1.input = 1000000
                echo/v1.output = 1000000
                """);
        String at = "modelgate.gates.echo.runaways[0].";
        with(
                        at + "spend-money=15.00",
                        at + "currency=USD",
                        at + "per=1h",
                        at + "reaction=refuse",
                        "modelgate.budgets.prices=" + prices)
                .run(context -> {
                    assertThat(ask(context).cause()).isEmpty();
                    assertThat(ask(context).cause()).contains(Cause.SPENDING_TOO_FAST);
                });
    }

    @Test
    void everyMistakeOfALimitOnSessionsIsNamedAtOnce() {
        String at = "modelgate.gates.echo.runaways";
        assertThat(Applications.failure(with(
                        at + "[0].reaction=refuse",
                        at + "[1].calls-per-session=5",
                        at + "[1].repeated-input=5",
                        at + "[2].spend-money=5",
                        at + "[2].reaction=refuse",
                        at + "[3].calls-per-session=0",
                        at + "[3].reaction=refuse",
                        at + "[4].spend-tokens=5",
                        at + "[4].per=1ms",
                        at + "[4].reaction=refuse",
                        at + "[5].calls-per-session=5",
                        at + "[5].per=1h",
                        at + "[5].reaction=refuse")))
                .contains(at + "[0]", "says no limit: set one of calls-per-session, repeated-input")
                .contains(at + "[1].repeated-input = 5", "calls-per-session is set too")
                .contains(at + "[1].reaction", "expected refuse, kill-session or observe")
                .contains(at + "[2].per", "say within what time it is spent")
                .contains(at + "[2].currency", "for instance USD")
                .contains(at + "[3].calls-per-session = 0", "expected 1 to 1000000000")
                .contains(at + "[4].per = 1ms", "1 second to 366 days")
                .contains(at + "[5].per = 1h", "only spend-tokens and spend-money have one");
    }
}
