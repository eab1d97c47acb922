package io.modelgate.spring;

import io.modelgate.Gates;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.info.ConditionalOnEnabledInfoContributor;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;

/** What gates show in the actuator: their endpoint, their health, and a line in the info. */
@AutoConfiguration(after = ModelGateAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(Gates.class)
@EnableConfigurationProperties(ModelGateProperties.class)
@ImportRuntimeHints(GateHints.Answers.class)
final class ModelGateActuatorAutoConfiguration {

    private static final String HEALTH = "modelgateHealthIndicator"; // the health endpoint calls it modelgate

    @Bean
    @ConditionalOnAvailableEndpoint(endpoint = ModelGateEndpoint.class)
    @ConditionalOnMissingBean
    ModelGateEndpoint modelGateEndpoint(Gates gates) {
        return new ModelGateEndpoint(gates);
    }

    @Bean
    @ConditionalOnAvailableEndpoint(endpoint = ModelGateEndpoint.class)
    @ConditionalOnTrue("modelgate.actuator.writes")
    EndpointWrites modelGateEndpointWrites(Gates gates, ModelGateProperties properties) {
        return new EndpointWrites(gates, properties.actuator().writes());
    }

    /** Where values are shown at all, those that let one into Redis, or tell who is behind a hash, are not. */
    @Bean
    static SanitizingFunction modelGateSanitizing() {
        return data -> Origins.isCredential(data.getKey()) ? data.withSanitizedValue() : data;
    }

    @Bean
    @ConditionalOnEnabledInfoContributor("modelgate")
    GateInfo modelGateInfoContributor(Gates gates) {
        return new GateInfo(gates);
    }

    /** Apart from the next, as on either line of Spring Boot the types of the other are not there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.actuate.health.HealthIndicator")
    static class Boot3Health {

        @Bean(HEALTH)
        @ConditionalOnMissingBean(name = HEALTH)
        @org.springframework.boot.actuate.autoconfigure.health.ConditionalOnEnabledHealthIndicator("modelgate")
        ActuatorHealth health(Gates gates) {
            return new ActuatorHealth(new GateHealth(gates));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.springframework.boot.health.contributor.HealthIndicator")
    @ConditionalOnMissingClass("org.springframework.boot.actuate.health.HealthIndicator")
    static class Boot4Health {

        @Bean(HEALTH)
        @ConditionalOnMissingBean(name = HEALTH)
        @org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator("modelgate")
        ContributorHealth health(Gates gates) {
            return new ContributorHealth(new GateHealth(gates));
        }
    }
}
