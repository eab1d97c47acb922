package io.modelgate.spring;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** What gates need of a web application: answers for calls that ended in hard failure, and callers made of requests. */
@AutoConfiguration(after = ModelGateAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass(RestControllerAdvice.class)
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
        RequestCallers modelGateRequestCallers(Environment environment) {
            return new RequestCallers(
                    environment.getProperty("modelgate.caller.principal", Boolean.class, false),
                    environment.getProperty("modelgate.caller.header"),
                    environment.getProperty("modelgate.caller.session", Boolean.class, false));
        }
    }

    /** Whether a property says where the caller comes from. */
    static final class AnySource extends AnyNestedCondition {

        AnySource() {
            super(ConfigurationPhase.PARSE_CONFIGURATION);
        }

        @ConditionalOnProperty("modelgate.caller.principal")
        static final class Principal {}

        @ConditionalOnProperty("modelgate.caller.header")
        static final class Header {}

        @ConditionalOnProperty("modelgate.caller.session")
        static final class Session {}
    }
}
