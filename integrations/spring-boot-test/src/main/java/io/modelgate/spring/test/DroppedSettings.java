package io.modelgate.spring.test;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/** Has no test see where the control log and the ledgers of budgets really are: their properties are checked, then dropped. Thread-safe. */
final class DroppedSettings implements ConfigurationPropertiesBindHandlerAdvisor {

    private static final List<ConfigurationPropertyName> DROPPED = List.of(
            ConfigurationPropertyName.of("modelgate.log"),
            ConfigurationPropertyName.of("modelgate.budgets.ledger"),
            ConfigurationPropertyName.of("modelgate.budgets.redis"));

    /** Whether a ledger on Redis is among them, which budgets that a fleet shares do not open without. */
    static boolean dropFleet(Environment environment) {
        return Binder.get(environment)
                .bind("modelgate.budgets.redis.uri", String.class)
                .map(uri -> !uri.isBlank())
                .orElse(false);
    }

    @Override
    public BindHandler apply(BindHandler handler) {
        return new AbstractBindHandler(handler) {
            @Override
            public @Nullable Object onSuccess(
                    ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
                Object bound = super.onSuccess(name, target, context, result);
                return isValue(name) ? null : bound;
            }
        };
    }

    private static boolean isValue(ConfigurationPropertyName name) {
        return DROPPED.stream().anyMatch(each -> each.equals(name) || each.isAncestorOf(name));
    }
}
