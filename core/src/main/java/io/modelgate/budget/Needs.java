package io.modelgate.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the budgets of a gate need of its process, before the gate is built: prices, and the ledger of a fleet. */
final class Needs {

    private Needs() {}

    /** Whether any of them is in money. */
    static boolean money(List<Budget> budgets, List<Runaway> runaways) {
        return !currencies(budgets, runaways).isEmpty();
    }

    /** The currencies by what they are of. */
    private static Map<String, String> currencies(List<Budget> budgets, List<Runaway> runaways) {
        Map<String, String> currencies = new TreeMap<>();
        for (Budget budget : budgets) {
            budget.currencyCode().ifPresent(code -> currencies.put("budget " + budget.name(), code));
        }
        for (Runaway runaway : runaways) {
            if (runaway instanceof Runaway.MoneyRate rate) {
                currencies.put("the spend rate " + rate.money(), rate.money().currency());
            }
        }
        return currencies;
    }

    /**
     * Refuses a gate whose versions cannot be charged.
     *
     * @param prices that there are; null if none
     * @param names the name of each version's price, by version
     * @throws IllegalArgumentException naming every mistake
     */
    static void prices(
            @Nullable Prices prices,
            String gate,
            List<Budget> budgets,
            List<Runaway> runaways,
            Map<String, String> names) {
        Map<String, String> currencies = currencies(budgets, runaways);
        if (currencies.isEmpty()) {
            return;
        }
        if (prices == null) {
            throw new IllegalArgumentException(
                    "gate \"" + gate + "\": " + String.join(", ", currencies.keySet())
                            + " is in money, but there are no prices; add Gates.open(g -> g.budgets(b -> b.prices(Prices.load(file))))");
        }
        List<String> mistakes = new ArrayList<>();
        currencies.forEach((what, currency) -> {
            if (!currency.equals(prices.currency())) {
                mistakes.add(what + " is in " + currency + ", the prices in " + prices.currency());
            }
        });
        new TreeMap<>(names).forEach((version, name) -> {
            if (prices.price(name).isEmpty()) {
                mistakes.add("version " + Names.quote(version) + " has no price " + Names.quote(name)
                        + "; add it to the file or name another with v.price(…)");
            }
        });
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException("gate " + gate + " has limits in money: " + String.join("; ", mistakes)
                    + ". Prices of version " + prices.version() + " are there for " + prices.names());
        }
    }

    /**
     * Refuses a gate that shares a ceiling with nobody.
     *
     * @throws IllegalArgumentException naming the budget, and the fix
     */
    static void fleet(boolean there, String gate, List<Budget> budgets) {
        for (Budget budget : budgets) {
            if (budget.sharing().isPresent() && !there) {
                throw new IllegalArgumentException("gate \"" + gate + "\": budget \"" + budget.name()
                        + "\" is shared by the fleet, but there is no ledger of a fleet; add"
                        + " Gates.open(g -> g.budgets(b -> b.fleet(ledger))), or leave out shared(…)");
            }
        }
    }
}
