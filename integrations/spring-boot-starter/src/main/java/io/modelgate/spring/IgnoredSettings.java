package io.modelgate.spring;

import org.springframework.beans.factory.BeanFactory;

/** Settings that nothing reads because a bean of the application has taken the place of the one that would. */
final class IgnoredSettings {

    private static final String OWN_GATES =
            "the application has a bean of type Gates of its own, which knows nothing of this;"
                    + " remove that bean and say in a GatesCustomizer what it is for, or remove the setting";
    private static final String OWN_LOG =
            "the application has a bean of type ControlLog of its own, which knows nothing of this;"
                    + " remove that bean or the setting";

    private IgnoredSettings() {}

    /** Adds a mistake for each. */
    static void refuse(ModelGateProperties properties, boolean ownGates, BeanFactory beans, PropertyMistakes mistakes) {
        if (ownGates) {
            refuseWithOwnGates(properties, mistakes);
        } else if (!beans.containsBean("modelGateControlLog") && LogSelection.given(properties.log())) {
            mistakes.add("modelgate.log", OWN_LOG);
        }
        if (properties.caller().anySource()
                && beans.getBeanProvider(CallerResolver.class).stream()
                        .findAny()
                        .isEmpty()) {
            mistakes.add(
                    "modelgate.caller",
                    "nothing reads the caller off requests in this application, which serves none; remove it, or"
                            + " add a bean of type CallerResolver");
        }
    }

    private static void refuseWithOwnGates(ModelGateProperties properties, PropertyMistakes mistakes) {
        refuse(LogSelection.given(properties.log()), "modelgate.log", mistakes);
        refuse(properties.killWhenStale() != null, "modelgate.kill-when-stale", mistakes);
        refuse(properties.startKilledIfLogRefuses(), "modelgate.start-killed-if-log-refuses", mistakes);
        ModelGateProperties.Budgets budgets = properties.budgets();
        refuse(budgets.ledger() != null, "modelgate.budgets.ledger", mistakes);
        refuse(budgets.prices() != null, "modelgate.budgets.prices", mistakes);
        refuse(budgets.sessionIdle() != null, "modelgate.budgets.session-idle", mistakes);
        refuse(budgets.maxAccounts() != null, "modelgate.budgets.max-accounts", mistakes);
        refuse(budgets.reservationTimeout() != null, "modelgate.budgets.reservation-timeout", mistakes);
        refuse(budgets.redis().uri() != null || budgets.redis().saysMore(), "modelgate.budgets.redis", mistakes);
        refuse(properties.observations().enabled(), "modelgate.observations.enabled", mistakes);
    }

    private static void refuse(boolean given, String property, PropertyMistakes mistakes) {
        if (given) {
            mistakes.add(property, OWN_GATES);
        }
    }
}
