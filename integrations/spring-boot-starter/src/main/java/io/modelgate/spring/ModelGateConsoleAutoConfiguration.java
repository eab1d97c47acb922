package io.modelgate.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.Gates;
import io.modelgate.rollout.Rollouts;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;

/** The operators' console of the application's gates, where {@code modelgate.console.enabled=true}. */
@AutoConfiguration(after = ModelGateAutoConfiguration.class)
@ConditionalOnTrue("modelgate.console.enabled")
@EnableConfigurationProperties(ModelGateProperties.class)
final class ModelGateConsoleAutoConfiguration {

    static final String CONSOLE = "io.modelgate.console.Console";

    /** With the module modelgate-console. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = CONSOLE)
    @ImportRuntimeHints(Files.class)
    static final class Served {

        @Bean
        @Lazy(false)
        SmartLifecycle modelGateConsole(
                ModelGateProperties properties,
                Gates gates,
                ObjectProvider<Rollouts> rollouts,
                ObjectProvider<MeterRegistry> meters,
                ObjectProvider<SslBundles> bundles) {
            return new MountedConsole(properties.console(), gates, rollouts, meters, bundles);
        }
    }

    /** Without it somebody relies on a console that is not there. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass(CONSOLE)
    static final class Missing {

        Missing() {
            throw PropertyMistakes.refusal(
                    "modelgate.console.enabled",
                    "it is set, and nothing here serves a console; add the dependency io.modelgate:modelgate-console, or"
                            + " remove it",
                    null);
        }
    }

    /** What the console reads off the class path: the page and the description of its API. */
    static final class Files implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
            hints.resources().registerPattern("io/modelgate/console/*").registerPattern("io/modelgate/console/page/*");
        }
    }
}
