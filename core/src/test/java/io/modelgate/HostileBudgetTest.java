package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.modelgate.budget.Admission;
import io.modelgate.budget.Budget;
import io.modelgate.budget.BudgetLedger;
import io.modelgate.budget.GateBudgets;
import io.modelgate.budget.Money;
import io.modelgate.budget.Per;
import io.modelgate.budget.Prices;
import io.modelgate.budget.Reaction;
import io.modelgate.budget.Reservation;
import io.modelgate.budget.Runaway;
import io.modelgate.budget.Spender;
import io.modelgate.budget.Usage;
import io.modelgate.budget.Window;
import java.io.StringReader;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** BudgetLedger against careless and hostile use. */
@Timeout(value = 40, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileBudgetTest {

    private static final Caller CALLER = Caller.of("user-42").session("s");

    private final HandDrivenTime time = new HandDrivenTime();

    private Gates gates(Executor executor) {
        return Gates.open(g -> g.ticker(time).scheduler(time).executor(executor).eventExecutor(Runnable::run));
    }

    private static BudgetLedger budgets(AtomicLong ticks) {
        return BudgetLedger.open(b -> {}, ticks::get, InstantSource.system(), key -> key, event -> {});
    }

    interface Chat {
        @Gated("chat")
        String say(Caller who, String what);
    }

    @Version("v1")
    static final class ChatV1 implements Chat {
        @Override
        public String say(Caller who, String what) {
            return what;
        }
    }

    interface Two {
        @Gated("one")
        String one(String s);

        @Gated("two")
        String two(String s);
    }

    @Version("v1")
    static final class TwoV1 implements Two {
        @Override
        public String one(String s) {
            return s;
        }

        @Override
        public String two(String s) {
            return s;
        }
    }

    @Test
    void aRollingCeilingHoldsAfterAnExpiry() {
        AtomicLong ticks = new AtomicLong();
        BudgetLedger budgets = budgets(ticks);
        GateBudgets gate = budgets.gate(
                "g",
                List.of(Budget.tokens("b", 1000, Per.gate()).within(Window.rolling(Duration.ofMinutes(1)))),
                List.of(),
                Map.of("v", "p"));
        Spender spender = gate.resolve("k", null, a -> null, 0);
        assertThat(gate.reserve(spender, "v", 1000, 0, false, 0, 0)).isInstanceOf(Reservation.class); // never settled
        ticks.set(Duration.ofMinutes(16).toNanos());
        budgets.expire(ticks.get());

        Admission twice = gate.reserve(spender, "v", 2000, 0, false, 0, ticks.get());

        assertThat(twice).as("2000 tokens of a ceiling of 1000").isNotInstanceOf(Reservation.class);
    }

    @Test
    void aRollingCeilingHoldsAfterACancel() {
        AtomicLong ticks = new AtomicLong();
        BudgetLedger budgets = budgets(ticks);
        GateBudgets gate = budgets.gate(
                "g",
                List.of(Budget.tokens("b", 1000, Per.gate()).within(Window.rolling(Duration.ofMinutes(1)))),
                List.of(),
                Map.of("v", "p"));
        Spender spender = gate.resolve("k", null, a -> null, 0);
        Reservation queued = (Reservation) gate.reserve(spender, "v", 1000, 0, false, 0, 0);
        queued.cancel(Duration.ofSeconds(30).toNanos());
        long now = Duration.ofSeconds(62).toNanos();
        assertThat(gate.reserve(spender, "v", 2000, 0, false, 0, now)).isNotInstanceOf(Reservation.class);
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void anExpiryThatIsLateTouchesNoLaterCall() throws Exception {
        AtomicLong ticks = new AtomicLong();
        BudgetLedger budgets = budgets(ticks);
        GateBudgets gate = budgets.gate(
                "g",
                List.of(
                        Budget.tokens("a", 1L << 40, Per.gate()),
                        Budget.tokens("b", 1L << 40, Per.gate()),
                        Budget.tokens("c", 1L << 40, Per.gate())),
                List.of(),
                Map.of("v", "p"));
        Spender spender = gate.resolve("k", null, a -> null, 0);
        AtomicBoolean stop = new AtomicBoolean();
        long later = Duration.ofMinutes(20).toNanos();
        Thread sweeper = new Thread(() -> {
            while (!stop.get()) {
                budgets.expire(later);
            }
        });
        sweeper.setDaemon(true);
        Admission first = gate.reserve(spender, "v", 1, 0, false, 0, 0);
        ((Reservation) first).settle(Usage.of(0, 0), 0);
        ((Reservation) first).release();
        sweeper.start();
        for (int n = 0; n < 3_000_000; n++) {
            Reservation r = (Reservation) gate.reserve(spender, "v", (n & 1) == 0 ? 1 : 1_000_000, 0, false, 0, 0);
            r.settle(Usage.of(0, 0), 0);
            r.release();
        }
        stop.set(true);
        sweeper.join();
        for (String name : List.of("a", "b", "c")) {
            assertThat(budgets.balance(name, "g").orElseThrow().spent()
                            + budgets.balance(name, "g").orElseThrow().reserved())
                    .as("nothing was used and nothing is open on " + name)
                    .isZero();
        }
    }

    @Test
    void aRefusedRegistrationChangesNoPrice() {
        try (Gates gates = Gates.open(g -> g.budgets(b -> b.prices(Prices.parse(
                "p",
                new StringReader(
                        "version=1\ncurrency=USD\nbig.input=10\nbig.output=10\nfree.input=0\nfree.output=0\n")))))) {
            ModelGate<Integer, Usage> gate = gates.gate(
                    "g",
                    g -> g.stable("v1", i -> Usage.of(i, 1), v -> v.price("big"))
                            .tokens(t ->
                                    t.input(Integer::longValue).maxOutput(1).usage(u -> u))
                            .budget(Budget.money("m", Money.of("100", "USD"), Per.gate())));
            gate.call(1000, CALLER);
            long one = gates.budgets().balance("m", "g").orElseThrow().spent();
            assertThat(one).isPositive();
            assertThat(catchThrowable(() -> gate.register("v1", i -> Usage.of(i, 1), v -> v.price("free"))))
                    .isInstanceOf(IllegalArgumentException.class);
            gate.call(1000, CALLER);
            assertThat(gates.budgets().balance("m", "g").orElseThrow().spent()).isEqualTo(2 * one);
        }
    }

    @Test
    void aSessionInUseIsWatchedAsOneAndRevived() {
        try (Gates gates = Gates.open(g -> g.ticker(time)
                .scheduler(time)
                .executor(Runnable::run)
                .budgets(b -> b.sessionIdle(Duration.ofSeconds(60))))) {
            ModelGate<Integer, Usage> gate = gates.gate(
                    "g",
                    g -> g.stable("v1", i -> Usage.of(i, 1))
                            .tokens(t ->
                                    t.input(Integer::longValue).maxOutput(1).usage(u -> u))
                            .runaway(Runaway.callsPerSession(100, Reaction.KILL_SESSION)));
            Caller kept = Caller.of("u").session("agent");
            for (int i = 0; i < 100; i++) { // never idle for longer than 2 seconds
                assertThat(gate.decide(i, kept)).isInstanceOf(Outcome.Answered.class);
                time.advance(Duration.ofSeconds(2));
            }
            Outcome<Usage> same = gate.decide(1, Caller.of("u").session("agent"));
            assertThat(gate.decide(1, kept).cause()).contains(Cause.SESSION_KILLED);
            assertThat(gates.budgets().killedSessions()).contains("agent");
            gates.budgets().reviveSession("agent");
            Outcome<Usage> after = gate.decide(1, kept);
            assertThat(after).as("revived").isInstanceOf(Outcome.Answered.class);
            assertThat(same.cause())
                    .as("another caller object of the same session counts too")
                    .contains(Cause.TOO_MANY_CALLS);
        }
    }

    @Test
    void aGateThatIsRefusedLeavesNoBudget() {
        try (Gates gates = Gates.open(g -> {})) {
            assertThat(catchThrowable(() -> gates.<Integer, Usage>gate(
                            "g",
                            g -> g.stable("v1", i -> Usage.of(i, 1))
                                    .tokens(t -> t.input(Integer::longValue).maxOutput(1))
                                    .budget(Budget.tokens("b", 10, Per.gate()), Budget.tokens("b", 20, Per.gate())))))
                    .isNotNull();
            assertThatCode(() -> gates.<Integer, Usage>gate(
                            "g",
                            g -> g.stable("v1", i -> Usage.of(i, 1))
                                    .tokens(t -> t.input(Integer::longValue).maxOutput(1))
                                    .budget(Budget.tokens("b", 20, Per.gate()))))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void aMaxOutputOfZeroRefusesTheCall() {
        AtomicLong told = new AtomicLong(-1);
        try (Gates gates = gates(Runnable::run)) {
            ModelGate<Integer, Usage> gate = gates.gate(
                    "g",
                    g -> g.callAwareStable(
                                    "v1",
                                    (i, call) -> {
                                        told.set(call.maxOutputTokens());
                                        return Usage.of(i, 1);
                                    },
                                    v -> {})
                            .tokens(t -> t.input(Integer::longValue)
                                    .maxOutput(i -> 0)
                                    .usage(u -> u))
                            .budget(Budget.tokens("b", 1000, Per.gate())));
            Outcome<Usage> outcome = gate.decide(1, CALLER);
            assertThat(told.get()).as("maxOutputTokens; outcome " + outcome).isNotZero();
        }
    }

    @Test
    void reservationsExpireAfterClose() {
        Gates gates = gates(Runnable::run);
        ModelGate<Integer, Usage> gate = gates.gate(
                "g",
                g -> g.stable("v1", i -> Usage.of(i, 1))
                        .tokens(t -> t.input(Integer::longValue).maxOutput(5).usage(u -> u))
                        .budget(Budget.tokens("b", 1000, Per.gate())));
        assertThat(gate.enter(900, CALLER).granted()).isTrue(); // and lost
        gates.close();
        time.advance(Duration.ofHours(1));
        assertThat(gate.decide(500, CALLER)).isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void repeatedInputIsNoticedWhateverCallerIsAmongTheArguments() {
        try (Gates gates = gates(Runnable::run)) {
            Chat chat = gates.guard(
                    Chat.class,
                    b -> b.gate(
                            "chat",
                            String.class,
                            g -> g.tokens(t -> t.input(i -> 1).maxOutput(1))
                                    .runaway(Runaway.repeatedInput(2, Reaction.REFUSE))),
                    new ChatV1());
            int answered = 0;
            for (int i = 0; i < 10; i++) {
                answered += catchThrowable(() -> chat.say(Caller.of("u").session("s"), "again")) == null ? 1 : 0;
            }
            assertThat(answered).isEqualTo(2);
        }
    }

    @Test
    void aRefusedGuardLeavesNoBudgetAndNamesAllMistakes() {
        try (Gates gates = gates(Runnable::run)) {
            Throwable first = catchThrowable(() -> gates.guard(
                    Two.class,
                    b -> b.gate(
                                    "one",
                                    g -> g.tokens(t -> t.input(i -> 1).maxOutput(1))
                                            .budget(Budget.tokens("b", 10, Per.gate())))
                            .gate(
                                    "two",
                                    g -> g.tokens(t -> t.input(i -> 1).maxOutput(1))
                                            .budget(Budget.money("m", Money.of("1", "USD"), Per.gate())))
                            .gate("three", g -> {}),
                    new TwoV1()));
            assertThat(first).isNotNull();
            org.assertj.core.api.SoftAssertions.assertSoftly(soft -> {
                soft.assertThat(gates.budgets().names())
                        .as("budgets of a guard that was refused")
                        .isEmpty();
                soft.assertThat(first.getMessage())
                        .as("all mistakes")
                        .contains("three")
                        .contains("prices");
            });
        }
    }
}
