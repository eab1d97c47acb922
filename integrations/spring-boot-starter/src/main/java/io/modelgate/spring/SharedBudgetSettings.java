package io.modelgate.spring;

import io.modelgate.budget.BudgetsBuilder;
import io.modelgate.budget.FleetLedger;
import io.modelgate.budget.Prices;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What the budgets of all gates share, as properties say. */
final class SharedBudgetSettings {

    private static final String AT = "modelgate.budgets.";

    private SharedBudgetSettings() {}

    /**
     * Applies them.
     *
     * @throws PropertyMistakes.Refusal with every value that is refused; without a URI or a credential
     */
    static void apply(ModelGateProperties.Budgets settings, BudgetsBuilder budgets) {
        if (settings.saysMore()) { // few do, and to hand over each setting costs start-up
            applyOwn(settings, budgets); // before there is a connection that somebody would have to close
        }
        FleetLedger fleet = fleet(settings.redis(), LogSelection.REDIS);
        if (fleet != null) {
            budgets.fleet(fleet);
        }
    }

    private static void applyOwn(ModelGateProperties.Budgets settings, BudgetsBuilder budgets) {
        PropertyMistakes mistakes = new PropertyMistakes();
        mistakes.set(AT + "ledger", settings.ledger(), budgets::ledger);
        mistakes.set(AT + "prices", settings.prices(), file -> budgets.prices(prices(file)));
        mistakes.set(AT + "session-idle", settings.sessionIdle(), budgets::sessionIdle);
        mistakes.set(AT + "max-accounts", settings.maxAccounts(), budgets::maxAccounts);
        mistakes.set(AT + "reservation-timeout", settings.reservationTimeout(), budgets::reservationTimeout);
        mistakes.refuse();
    }

    private static Prices prices(Path file) {
        try {
            return Prices.load(file);
        } catch (UncheckedIOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    static @Nullable FleetLedger fleet(ModelGateProperties.FleetLedger settings, boolean redis) {
        String uri = settings.uri();
        if (uri == null || uri.isBlank()) {
            if (settings.saysMore()) {
                throw PropertyMistakes.refusal(
                        AT + "redis.uri",
                        "is missing, and other settings of modelgate.budgets.redis are given; say where Redis is, or remove them",
                        null);
            }
            return null;
        }
        if (!redis) {
            throw PropertyMistakes.refusal(
                    AT + "redis.uri",
                    "it is set, and nothing here shares budgets on Redis; add the dependency io.modelgate:modelgate-redis, or"
                            + " remove it",
                    null);
        }
        return RedisBudgets.open(settings, uri);
    }
}
