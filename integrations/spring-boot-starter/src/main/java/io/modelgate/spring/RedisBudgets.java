package io.modelgate.spring;

import io.modelgate.budget.FleetLedger;
import io.modelgate.redis.RedisFleetLedger;

/** The ledger on Redis of shared budgets: apart, because its classes may be missing. */
final class RedisBudgets {

    private static final String AT = "modelgate.budgets.redis.";

    private RedisBudgets() {}

    /**
     * Opens it, which does not wait for Redis.
     *
     * @throws PropertyMistakes.Refusal if a property is missing or refused; it quotes neither the URI nor a credential
     */
    static FleetLedger open(ModelGateProperties.FleetLedger settings, String uri) {
        PropertyMistakes mistakes = new PropertyMistakes();
        mistakes.requireLogin(AT, settings.user(), settings.password());
        mistakes.refuse();
        try {
            return RedisFleetLedger.open(fleet -> {
                mistakes.set(AT + "uri", uri, fleet::uri);
                mistakes.set(AT + "name", settings.name(), fleet::name);
                mistakes.set(AT + "instance", settings.instance(), fleet::instance);
                mistakes.set(
                        AT + "password",
                        settings.password(),
                        word -> fleet.login(settings.user() == null ? "" : settings.user(), word));
                mistakes.set(AT + "sentinel-password", settings.sentinelPassword(), fleet::sentinelPassword);
                mistakes.set(AT + "trust", settings.trust(), fleet::trust);
                mistakes.set(AT + "lease", settings.lease(), fleet::lease);
                mistakes.set(AT + "ask-timeout", settings.askTimeout(), fleet::askTimeout);
                mistakes.refuse();
            });
        } catch (PropertyMistakes.Refusal e) {
            throw e;
        } catch (IllegalArgumentException e) { // the builder's errors quote nothing of the URI
            throw PropertyMistakes.refusal("modelgate.budgets.redis", String.valueOf(e.getMessage()), e);
        }
    }
}
