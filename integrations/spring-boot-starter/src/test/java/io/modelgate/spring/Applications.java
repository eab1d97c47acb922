package io.modelgate.spring;

import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;

/** Applications without a web server, for tests. */
final class Applications {

    private Applications() {}

    /** One with gates, and the given configuration. */
    static ApplicationContextRunner with(Class<?>... configuration) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        PropertyPlaceholderAutoConfiguration.class, ModelGateAutoConfiguration.class))
                .withUserConfiguration(configuration);
    }

    /** What a person reads when the application does not start: both parts, with a line between. */
    static String analysis(Throwable failure, Environment environment) {
        FailureAnalysis analysis = new ModelGateFailureAnalyzer(environment).analyze(failure);
        return analysis == null
                ? "no analysis of " + failure
                : analysis.getDescription() + "\n--\n" + analysis.getAction();
    }

    /** What a person reads when the application does not start with these properties. */
    static String failure(ApplicationContextRunner runner) {
        String[] text = {"it started"};
        Environment[] environment = new Environment[1];
        runner.withInitializer(context -> environment[0] = context.getEnvironment())
                .run(context -> {
                    Throwable failure = context.getStartupFailure();
                    if (failure != null) {
                        text[0] = analysis(failure, environment[0]);
                    }
                });
        return text[0];
    }

    static Stream<String> beansOf(ApplicationContext context, Class<?> type) {
        return Arrays.stream(context.getBeanNamesForType(type));
    }
}
