package io.modelgate.spring;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Mono;

/** The types of Reactor in which gated methods may answer, where Reactor is there. */
@AutoConfiguration
@ConditionalOnClass(Mono.class)
final class ModelGateReactorAutoConfiguration {

    @Bean
    MonoAnswers modelGateMonoAnswers() {
        return new MonoAnswers();
    }

    @Bean
    FluxAnswers modelGateFluxAnswers() {
        return new FluxAnswers();
    }
}
