package io.modelgate.spring;

import static java.util.Objects.requireNonNull;

import io.modelgate.budget.Budget;
import io.modelgate.budget.Money;
import io.modelgate.budget.Per;
import io.modelgate.budget.Sharing;
import io.modelgate.budget.WhenUnreachable;
import io.modelgate.budget.Window;
import org.jspecify.annotations.Nullable;

/** Makes budgets of properties. */
final class BudgetSettings {

    private BudgetSettings() {}

    /**
     * The budget that properties say.
     *
     * @param at what stands before their names
     * @throws PropertyMistakes.Refusal with what is missing or cannot be
     */
    static Budget budget(String at, ModelGateProperties.Budget settings) {
        PropertyMistakes mistakes = new PropertyMistakes();
        String name = settings.name();
        if (name == null) {
            mistakes.add(at + "name", "is missing: name the budget");
        }
        Per per = per(at, settings, mistakes);
        Window window = window(at, settings, mistakes);
        checkAmount(at, settings, mistakes);
        checkSharing(at, settings, mistakes);
        mistakes.refuse();
        if (name == null || per == null || window == null) {
            throw new IllegalStateException(at + " is incomplete"); // refused above
        }
        Sharing sharing = sharing(at, settings);
        try {
            Budget budget = amount(settings, name, per).within(window);
            return sharing == null ? budget : budget.shared(sharing);
        } catch (IllegalArgumentException e) {
            throw PropertyMistakes.refusal(at.substring(0, at.length() - 1), String.valueOf(e.getMessage()), e);
        }
    }

    private static Budget amount(ModelGateProperties.Budget settings, String name, Per per) {
        Long tokens = settings.tokens();
        String money = settings.money();
        String currency = settings.currency();
        return tokens != null || money == null || currency == null
                ? Budget.tokens(name, tokens == null ? 0 : tokens, per)
                : Budget.money(name, Money.of(money, currency), per);
    }

    private static void checkAmount(String at, ModelGateProperties.Budget settings, PropertyMistakes mistakes) {
        boolean tokens = settings.tokens() != null;
        if (tokens == (settings.money() != null)) {
            mistakes.add(
                    at + "tokens",
                    tokens
                            ? "money is set too; a budget is in one of them"
                            : "is missing, and so is money: say the ceiling in one of them");
        }
        if (settings.money() != null && settings.currency() == null) {
            mistakes.add(at + "currency", "is missing: say in which currency the money is, for instance USD");
        }
        if (tokens && settings.currency() != null) {
            mistakes.add(at + "currency", "the ceiling is in tokens; remove it, or give money instead of tokens");
        }
    }

    private static void checkSharing(String at, ModelGateProperties.Budget settings, PropertyMistakes mistakes) {
        boolean leased = settings.shared() == ModelGateProperties.Shared.LEASED;
        mistakes.requireOnly(
                at + "slice",
                settings.slice(),
                leased,
                "is missing: say how much a process leases at most, in the unit of the ceiling",
                "only a leased budget has one; set " + at + "shared to leased, or remove it");
        mistakes.requireOnly(
                at + "when-unreachable",
                settings.whenUnreachable(),
                leased,
                "is missing: say what is done while Redis cannot be reached, refuse or run-on-lease",
                "only a leased budget has a choice; set " + at + "shared to leased, or remove it");
        if (settings.shared() != null && settings.window() == ModelGateProperties.Window.ROLLING) {
            mistakes.add(
                    at + "shared", "a rolling window cannot be shared; set " + at + "window to life, day or month");
        }
    }

    private static @Nullable Sharing sharing(String at, ModelGateProperties.Budget settings) {
        if (settings.shared() == null) {
            return null;
        }
        if (settings.shared() == ModelGateProperties.Shared.STRICT) {
            return Sharing.strict();
        }
        WhenUnreachable unreachable = requireNonNull(settings.whenUnreachable());
        String slice = requireNonNull(settings.slice());
        String currency = settings.currency();
        try {
            return currency == null
                    ? Sharing.leased(tokens(slice), unreachable)
                    : Sharing.leased(Money.of(slice, currency), unreachable);
        } catch (IllegalArgumentException e) {
            throw PropertyMistakes.refusal(at + "slice", String.valueOf(e.getMessage()), e);
        }
    }

    private static long tokens(String slice) {
        try {
            return Long.parseLong(slice);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("expected a whole number of tokens", e);
        }
    }

    private static @Nullable Per per(String at, ModelGateProperties.Budget settings, PropertyMistakes mistakes) {
        ModelGateProperties.Account account = settings.per();
        String attribute = settings.attribute();
        if (account == null) {
            mistakes.add(at + "per", "is missing: expected session, caller, attribute, version or gate");
            return null;
        }
        if ((account == ModelGateProperties.Account.ATTRIBUTE) != (attribute != null)) {
            mistakes.add(
                    at + "attribute",
                    attribute == null
                            ? "is missing: name the attribute whose values have accounts"
                            : "only accounts per attribute have one; set " + at + "per to attribute, or remove it");
            return null;
        }
        try {
            return switch (account) {
                case SESSION -> Per.session();
                case CALLER -> Per.caller();
                case ATTRIBUTE -> Per.attribute(attribute == null ? "" : attribute);
                case VERSION -> Per.version();
                case GATE -> Per.gate();
            };
        } catch (IllegalArgumentException e) {
            mistakes.add(at + "attribute", String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static @Nullable Window window(String at, ModelGateProperties.Budget settings, PropertyMistakes mistakes) {
        boolean rolling = settings.window() == ModelGateProperties.Window.ROLLING;
        boolean calendar = settings.window() == ModelGateProperties.Window.DAY
                || settings.window() == ModelGateProperties.Window.MONTH;
        if (!mistakes.requireOnly(
                        at + "length",
                        settings.length(),
                        rolling,
                        "is missing: say how far the window reaches back, for instance 1h",
                        "only a rolling window has one; set " + at + "window to rolling, or remove it")
                || !mistakes.requireOnly(
                        at + "zone",
                        settings.zone(),
                        calendar,
                        "is missing: say where midnight is, for instance Europe/Berlin",
                        "only a day and a month have one; set " + at + "window to one of them, or remove it")) {
            return null;
        }
        try {
            return switch (settings.window()) {
                case LIFE -> Window.life();
                case ROLLING -> Window.rolling(requireNonNull(settings.length()));
                case DAY -> Window.day(requireNonNull(settings.zone()));
                case MONTH -> Window.month(requireNonNull(settings.zone()));
            };
        } catch (IllegalArgumentException e) {
            mistakes.add(at + "length", String.valueOf(e.getMessage()));
            return null;
        }
    }
}
