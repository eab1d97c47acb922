package io.modelgate.spring;

import static java.util.Objects.requireNonNull;

import io.modelgate.budget.Money;
import io.modelgate.budget.Reaction;
import io.modelgate.budget.Runaway;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes limits on runaways of properties. */
final class RunawaySettings {

    private static final String KINDS = "calls-per-session, repeated-input, spend-tokens or spend-money";

    private RunawaySettings() {}

    /**
     * The limit that properties say.
     *
     * @param at what stands before their names
     * @throws PropertyMistakes.Refusal with what is missing or cannot be
     */
    static Runaway runaway(String at, ModelGateProperties.Runaway settings) {
        PropertyMistakes mistakes = new PropertyMistakes();
        if (settings.reaction() == null) {
            mistakes.add(at + "reaction", "is missing: expected refuse, kill-session or observe");
        }
        List<String> kinds = kinds(settings);
        if (kinds.isEmpty()) {
            mistakes.add(at.substring(0, at.length() - 1), "says no limit: set one of " + KINDS);
        } else if (kinds.size() > 1) {
            mistakes.add(at + kinds.get(1), kinds.get(0) + " is set too; give each limit an element of its own");
        }
        boolean spend = settings.spendTokens() != null || settings.spendMoney() != null;
        mistakes.requireOnly(
                at + "per",
                settings.per(),
                spend,
                "is missing: say within what time it is spent, for instance 1m",
                "only spend-tokens and spend-money have one; remove it");
        mistakes.requireOnly(
                at + "currency",
                settings.currency(),
                settings.spendMoney() != null,
                "is missing: say in which currency the money is, for instance USD",
                "only spend-money has one; remove it");
        mistakes.refuse();
        try {
            return limit(settings, requireNonNull(settings.reaction()));
        } catch (IllegalArgumentException e) {
            throw PropertyMistakes.refusal(about(at, kinds.get(0), e), String.valueOf(e.getMessage()), e);
        }
    }

    private static List<String> kinds(ModelGateProperties.Runaway settings) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("calls-per-session", settings.callsPerSession());
        all.put("repeated-input", settings.repeatedInput());
        all.put("spend-tokens", settings.spendTokens());
        all.put("spend-money", settings.spendMoney());
        return all.entrySet().stream()
                .filter(each -> Objects.nonNull(each.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Runaway limit(ModelGateProperties.Runaway settings, Reaction reaction) {
        if (settings.callsPerSession() != null) {
            return Runaway.callsPerSession(settings.callsPerSession(), reaction);
        }
        if (settings.repeatedInput() != null) {
            return Runaway.repeatedInput(settings.repeatedInput(), reaction);
        }
        if (settings.spendTokens() != null) {
            return Runaway.spendRate(settings.spendTokens(), requireNonNull(settings.per()), reaction);
        }
        Money money = Money.of(requireNonNull(settings.spendMoney()), requireNonNull(settings.currency()));
        return Runaway.spendRate(money, requireNonNull(settings.per()), reaction);
    }

    private static String about(String at, String kind, IllegalArgumentException mistake) {
        String text = String.valueOf(mistake.getMessage());
        return at + (text.startsWith("per ") ? "per" : text.startsWith("currency") ? "currency" : kind);
    }
}
