package io.modelgate;

import io.modelgate.budget.Admission;
import io.modelgate.budget.Budget;
import io.modelgate.budget.BudgetRefusedException;
import io.modelgate.budget.GateBudgets;
import io.modelgate.budget.Per;
import io.modelgate.budget.Refusal;
import io.modelgate.budget.Spender;
import io.modelgate.budget.Usage;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The budgets of one gate as its invocations see them: reserve before, settle after. Thread-safe. */
final class Spending<I, O> {

    private static final long MOST = 1L << 40;

    private final String gate;
    private final GateBudgets budgets;
    private final Tokens<I, O> tokens;
    private final Warnings warnings;
    private final Set<String> perVersion;

    private Spending(GateConfig<I, O> config, Tokens<I, O> tokens, GateBudgets budgets, Warnings warnings) {
        gate = config.name();
        this.budgets = budgets;
        this.tokens = tokens;
        this.warnings = warnings;
        perVersion = config.budgets().stream()
                .filter(budget -> budget.per().equals(Per.version()))
                .map(Budget::name)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The budgets of a gate that has any, or null. */
    static <I, O> @Nullable Spending<I, O> of(GateConfig<I, O> config, Gates gates) {
        Tokens<I, O> tokens = config.tokens();
        if (tokens == null) {
            return null;
        }
        Map<String, String> prices = new HashMap<>();
        config.versions().forEach(version -> prices.put(version.id(), priceName(config.name(), version)));
        GateBudgets budgets = gates.ledger().gate(config.name(), config.budgets(), config.runaways(), prices);
        gates.lookAfterBudgets();
        return new Spending<>(config, tokens, budgets, gates.warnings());
    }

    private static String priceName(String gate, VersionBuilder<?, ?> version) {
        return version.price().isEmpty() ? gate + "/" + version.id() : version.price();
    }

    /** Forgets them: the gate was not made after all. */
    void discard(Gates gates) {
        gates.ledger().discard(budgets);
    }

    /** Takes a version in that is registered while the gate runs. */
    void add(VersionBuilder<I, O> version) {
        budgets.version(version.id(), priceName(gate, version));
    }

    boolean resolved(@Nullable Spender spender) {
        return spender != null && spender.isOf(budgets);
    }

    Spender resolve(Caller caller, long now) {
        return budgets.resolve(caller.keyOrNull(), caller.sessionOrNull(), caller::attributeOrNull, now);
    }

    /**
     * Reserves what an invocation may use, in all budgets or none: a reservation, or a {@link Miss}.
     *
     * @param clamps whether the version is told how much output is left
     * @param again whether another version of this call was asked before
     */
    Object reserve(String version, Caller caller, I input, boolean clamps, boolean again, long now) {
        long in;
        long out;
        long digest;
        try {
            in = count("input", tokens.input().applyAsLong(input), 0);
            out = count("maxOutput", tokens.maxOutput().applyAsLong(input), 1);
            digest = again ? 0 : tokens.digest().applyAsLong(input);
        } catch (Exception e) {
            warnings.threw("the count of tokens of gate \"" + gate + "\"", e);
            return Miss.of(Cause.INPUT_BLOCKED, e);
        }
        Admission admission = budgets.reserve(caller.resolved(this, now), version, in, out, clamps, digest, now);
        return admission instanceof Refusal refusal ? miss(refusal) : admission;
    }

    private long count(String what, long tokens, long least) {
        if (tokens < least || tokens > MOST) {
            throw new IllegalArgumentException(
                    "gate \"" + gate + "\": " + what + " is " + tokens + ": expected " + least + " to 2^40 tokens");
        }
        return tokens;
    }

    private Miss miss(Refusal refusal) {
        Cause cause = switch (refusal.kind()) {
            case OVER_BUDGET, LEDGER_FAILED, FLEET_UNREACHABLE -> Cause.OVER_BUDGET;
            case TOO_MANY_CALLS -> refusal.budget().isEmpty() ? Cause.TOO_MANY_CALLS : Cause.FULL;
            case REPEATED_INPUT -> Cause.REPEATED_INPUT;
            case SPENDING_TOO_FAST -> Cause.SPENDING_TOO_FAST;
            case SESSION_KILLED -> Cause.SESSION_KILLED;
            case TOO_MANY_SESSIONS -> Cause.FULL;
        };
        BudgetRefusedException numbers = new BudgetRefusedException(refusal);
        return perVersion.contains(refusal.budget()) ? Miss.ofVersion(cause, numbers) : Miss.of(cause, numbers);
    }

    /** What an answer says of its usage. */
    Usage read(@Nullable O answer) {
        if (answer == null || tokens.usage() == null) {
            return Usage.UNKNOWN;
        }
        try {
            Usage usage = tokens.usage().apply(answer);
            return usage == null ? Usage.UNKNOWN : usage;
        } catch (Throwable e) { // the answer stands, whatever is wrong with the books
            warnings.threw("the usage function of gate \"" + gate + "\"", e);
            return Usage.UNKNOWN;
        }
    }
}
