package io.modelgate.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.AnswerType;
import io.modelgate.Gates;
import io.modelgate.GatesBuilder;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.rollout.Observations;
import io.modelgate.rollout.PromotionGate;
import io.modelgate.rollout.Rollouts;
import io.modelgate.rollout.Webhook;
import java.util.List;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;

/**
 * Opens the gates of the application as {@code modelgate.*} says, and makes gates of its beans: of those that are versions of an interface with
 * gated methods, and of those that have such methods themselves. {@code docs/spring.md} is the guide.
 *
 * <p>A bean of type {@link ControlLog} or {@link Gates} takes the place of the one made here. Gates that the application makes itself,
 * {@code gates.gate(…)}, belong into beans of type {@link ModelGate}, so that they are there when the properties are checked.
 */
@AutoConfiguration(
        afterName = {
            // Boot 3, then Boot 4.
            "org.springframework.boot.actuate.autoconfigure.metrics.CompositeMeterRegistryAutoConfiguration",
            "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
        })
@EnableConfigurationProperties(ModelGateProperties.class)
public final class ModelGateAutoConfiguration {

    ModelGateAutoConfiguration() {}

    @Bean
    static VersionBeans modelGateVersionBeans() {
        return new VersionBeans();
    }

    @Bean
    static GatedBeans modelGateGatedBeans(ObjectProvider<Guarding> guarding, VersionBeans versions) {
        return new GatedBeans(guarding, versions);
    }

    @Bean
    static PolicyBeans modelGatePolicyBeans() {
        return new PolicyBeans();
    }

    /** Gates are there from the start, so that every mistake is found then and every gate can be killed. */
    @Bean
    static LazyInitializationExcludeFilter modelGateNeverLazy() {
        return (name, definition, type) -> Gates.class.isAssignableFrom(type)
                || ModelGate.class.isAssignableFrom(type)
                || GatedMethods.inClass(type);
    }

    /** Opened when the gates are, so that they can start killed where it refuses; closed by them. */
    @Bean(destroyMethod = "")
    @Lazy
    @ConditionalOnMissingBean(ControlLog.class)
    ControlLog modelGateControlLog(ModelGateProperties properties) {
        return LogSelection.open(properties.log());
    }

    @Bean
    GateSettings modelGateSettings(ModelGateProperties properties) {
        return new GateSettings(properties.gates());
    }

    @Bean
    PublishedEvents modelGateEvents(ConfigurableApplicationContext context) {
        return new PublishedEvents(context);
    }

    /** The gates of the application. */
    @Bean(destroyMethod = "close")
    @Lazy(false)
    @ConditionalOnMissingBean
    Gates gates(
            ModelGateProperties properties,
            GateSettings settings,
            ObjectProvider<ControlLog> log,
            ObjectProvider<MeterRegistry> meters,
            ObjectProvider<GatesCustomizer> customizers,
            ObjectProvider<GateCustomizer> gateCustomizers,
            ObjectProvider<CallerResolver> whoAsks,
            PublishedEvents events) {
        List<GateCustomizer> each = gateCustomizers.orderedStream().toList();
        MeterRegistry registry = meters.getIfAvailable();
        CallerResolver resolver = whoAsks.getIfAvailable();
        Gates gates = Gates.open(builder -> {
            builder.controlLog(() -> opened(log));
            apply(properties, builder);
            if (registry != null) {
                builder.meters(registry);
            }
            if (resolver != null) {
                builder.callers(resolver::resolve);
            }
            builder.eachGate((gate, its) -> {
                settings.apply(gate, its);
                for (GateCustomizer customizer : each) {
                    customizer.customize(gate, its);
                }
            });
            for (GatesCustomizer customizer : customizers.orderedStream().toList()) {
                customizer.customize(builder);
            }
        });
        settings.use();
        gates.onEvent(events::publish);
        return gates;
    }

    private static void apply(ModelGateProperties properties, GatesBuilder gates) {
        PropertyMistakes mistakes = new PropertyMistakes();
        if (properties.killWhenStale() != null) {
            mistakes.set("modelgate.kill-when-stale", properties.killWhenStale(), gates::killWhenStale);
        }
        if (properties.startKilledIfLogRefuses()) {
            gates.startKilledIfLogRefuses();
        }
        mistakes.refuse();
        gates.budgets(budgets -> SharedBudgetSettings.apply(properties.budgets(), budgets));
    }

    /** The log, or its own refusal, which the gates understand and a failed bean's they do not. */
    private static ControlLog opened(ObjectProvider<ControlLog> log) {
        try {
            return log.getObject();
        } catch (BeansException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof ControlLogException refusal) {
                    throw refusal;
                }
            }
            throw e;
        }
    }

    @Bean
    Guarding modelGateGuarding(Gates gates, GateSettings settings, ObjectProvider<AnswerType> answers) {
        return new Guarding(gates, settings, answers.orderedStream().toList());
    }

    /** Looks after rollouts, where somebody asks for it or a policy is configured. */
    @Bean(destroyMethod = "close")
    @Lazy
    @ConditionalOnMissingBean
    Rollouts rollouts(
            Gates gates,
            ObjectProvider<PromotionGate> promotionGates,
            ObjectProvider<Webhook> webhooks,
            ObjectProvider<Observations> observations,
            PublishedEvents events) {
        Rollouts rollouts = Rollouts.open(gates, builder -> {
            promotionGates.orderedStream().forEach(builder::promotionGate);
            webhooks.orderedStream().forEach(builder::webhook);
            observations.ifAvailable(builder::observations);
        });
        rollouts.onEvent(events::publish);
        return rollouts;
    }

    @Bean
    @Lazy(false)
    @ConditionalOnClass(name = UnappliedChanges.EVENT)
    UnappliedChanges modelGateUnappliedChanges(Environment environment) {
        return new UnappliedChanges(environment);
    }

    @Bean
    StartChecks modelGateStartChecks(
            ModelGateProperties properties, GateSettings settings, Gates gates, ObjectProvider<Rollouts> rollouts) {
        return new StartChecks(properties, settings, gates, rollouts);
    }
}
