package io.modelgate.spring;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** An observation of each call, where {@code modelgate.observations.enabled=true}. The observations come from whoever has the registry. */
@AutoConfiguration(
        before = ModelGateAutoConfiguration.class,
        afterName = {
            "org.springframework.boot.actuate.autoconfigure.observation.ObservationAutoConfiguration",
            "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration" // of Boot 4
        })
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnTrue("modelgate.observations.enabled")
@EnableConfigurationProperties(ModelGateProperties.class)
final class ModelGateObservationAutoConfiguration {

    @Bean
    @ConditionalOnBean(ObservationRegistry.class)
    ObservedGates modelGateObservedGates(ObservationRegistry registry) {
        return new ObservedGates(registry);
    }

    @Bean
    @ConditionalOnBean(ObservedGates.class)
    GatesCustomizer modelGateObservations(ObservedGates observed, ModelGateProperties properties) {
        return gates -> {
            if (properties.observations().enabled()) { // what was asked ahead of time is not the last word
                gates.observe(observed);
            }
        };
    }
}
