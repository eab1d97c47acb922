package io.modelgate.spring;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import reactor.core.publisher.Mono;

/** What gates need of a web application: answers for calls that ended in hard failure, and callers made of requests. */
@AutoConfiguration(after = ModelGateAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass(RestControllerAdvice.class)
@EnableConfigurationProperties(ModelGateProperties.class)
final class ModelGateWebAutoConfiguration {

    @Bean
    GateExceptionAdvice modelGateExceptionAdvice() {
        return new GateExceptionAdvice();
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass(HttpServletRequest.class)
    @Conditional(AnySource.class)
    static class Callers {

        @Bean
        @ConditionalOnMissingBean(CallerResolver.class)
        RequestCallers modelGateRequestCallers(ModelGateProperties properties) {
            return new RequestCallers(properties.caller());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnClass(Mono.class)
    @Conditional(AnySource.class)
    static class CallersOfReactive {

        @Bean
        @ConditionalOnMissingBean(CallerResolver.class)
        ReactiveCallers modelGateReactiveCallers(ModelGateProperties properties) {
            return new ReactiveCallers(properties.caller());
        }
    }

    /** Whether a property says where the caller comes from. */
    static final class AnySource implements Condition {

        private static final String CALLER = "modelgate.caller";

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return said(context.getEnvironment())
                    && Binder.get(context.getEnvironment())
                            .bind(CALLER, ModelGateProperties.Caller.class)
                            .map(ModelGateProperties.Caller::anySource)
                            .orElse(false);
        }

        /** Few say anything, and a binding costs a start milliseconds. */
        private static boolean said(Environment environment) {
            ConfigurationPropertyName name = ConfigurationPropertyName.of(CALLER);
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
                if (source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT) {
                    return true;
                }
            }
            return false;
        }
    }
}
