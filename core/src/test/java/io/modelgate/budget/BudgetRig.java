package io.modelgate.budget;

import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** BudgetLedger with a hand-driven clock. */
final class BudgetRig implements AutoCloseable {

    /** 1 USD per million of input, 2 of output: a token costs one or two micro-units. */
    static final Prices PRICES =
            Prices.parse("prices", new StringReader("version=1\ncurrency=USD\nsmall.input=1\nsmall.output=2\n"));

    final List<BudgetEvent> events = Collections.synchronizedList(new ArrayList<>());
    final BudgetLedger budgets;
    volatile Instant instant = Instant.parse("2026-11-21T12:00:00Z");
    private final AtomicLong ticks = new AtomicLong();

    BudgetRig() {
        this(b -> {});
    }

    BudgetRig(Consumer<BudgetsBuilder> configure) {
        InstantSource instants = () -> instant;
        budgets = BudgetLedger.open(
                b -> {
                    b.prices(PRICES).executor(Runnable::run);
                    configure.accept(b);
                },
                ticks::get,
                instants,
                key -> "h" + Integer.toHexString(key.hashCode()),
                events::add);
    }

    GateBudgets gate(Budget... all) {
        return gate(List.of(), all);
    }

    GateBudgets gate(List<Runaway> runaways, Budget... all) {
        return budgets.gate("gate", List.of(all), runaways, Map.of("v1", "small"));
    }

    Spender session(GateBudgets gate, @Nullable String session) {
        return gate.resolve("caller", session, attribute -> null, now());
    }

    Admission ask(Spender spender, long input, long output) {
        return spender.gate.reserve(spender, "v1", input, output, false, 0, now());
    }

    Admission clamp(Spender spender, long input, long output) {
        return spender.gate.reserve(spender, "v1", input, output, true, 0, now());
    }

    Reservation reserve(Spender spender, long input, long output) {
        if (ask(spender, input, output) instanceof Reservation reservation) {
            return reservation;
        }
        throw new AssertionError("refused");
    }

    void spend(Spender spender, long input, long output) {
        reserve(spender, input, output).settle(Usage.of(input, output), now());
    }

    Refusal refusal(Spender spender, long input, long output) {
        return (Refusal) ask(spender, input, output);
    }

    Balance balance(String budget, String key) {
        return budgets.balance(budget, key).orElseThrow();
    }

    long now() {
        return ticks.get();
    }

    void pass(Duration time) {
        ticks.addAndGet(time.toNanos());
        instant = instant.plus(time);
    }

    void expire() {
        budgets.expire(now());
    }

    @Override
    public void close() {
        budgets.close();
    }
}
