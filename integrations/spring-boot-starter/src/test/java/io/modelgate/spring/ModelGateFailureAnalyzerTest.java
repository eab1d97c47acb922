package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

class ModelGateFailureAnalyzerTest {

    @TempDir
    private Path directory;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(CreditModel.Forest.class)
    static class Application {}

    /** What a person reads who starts it with this file. */
    private String failure(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("application.yaml"), yaml);
        Environment[] environment = new Environment[1];
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .listeners((ApplicationListener<ApplicationEnvironmentPreparedEvent>)
                        event -> environment[0] = event.getEnvironment())
                .build();
        try (ConfigurableApplicationContext context =
                application.run("--spring.config.location=" + file.toUri(), "--spring.main.banner-mode=off")) {
            return "it started";
        } catch (RuntimeException e) {
            return Applications.analysis(e, environment[0]);
        }
    }

    @Test
    void aRightFileStarts() throws IOException {
        assertThat(failure("""
                modelgate:
                  log: {file: %s}
                  kill-when-stale: 5m
                  gates:
                    credit-risk:
                      stable: v1
                      model-timeout: 200ms
                      deadline: 250ms
                      max-concurrent: 64
                      attributes: [region]
                      breaker: {failure-rate-threshold: 50, minimum-calls: 20, wait-in-open: 30s}
                      rate-limit: {calls: 100, per: 1s}
                """.formatted(directory.resolve("modelgate.log")))).isEqualTo("it started");
    }

    @Test
    void anUnknownKeyIsNamedWithItsLineAndWhatThereIs() throws IOException {
        assertThat(failure("""
                modelgate:
                  gates:
                    credit-risk:
                      deadlin: 250ms
                """))
                .contains("modelgate.gates.credit-risk.deadlin = 250ms")
                .contains("application.yaml", "4:16")
                .contains(
                        "there is no key \"deadlin\" under modelgate.gates.credit-risk; expected one of [stable,",
                        "deadline");
    }

    @Test
    void anUnknownKeyAtTheTopIsNamed() throws IOException {
        assertThat(failure("modelgate: {kill-when-stail: 5m}"))
                .contains("modelgate.kill-when-stail = 5m", "under modelgate; expected one of [log, kill-when-stale");
    }

    @Test
    void aValueOfTheWrongKindIsNamedWithItsLineAndWhatIsExpected() throws IOException {
        assertThat(failure("""
                modelgate:
                  gates:
                    credit-risk:
                      deadline: soon
                """))
                .contains("modelgate.gates.credit-risk.deadline = soon", "4:17")
                .contains("a duration with its unit, for instance 250ms");
        assertThat(failure("modelgate: {gates: {credit-risk: {max-concurrent: many}}}"))
                .contains("modelgate.gates.credit-risk.max-concurrent = many", "a whole number");
        assertThat(failure("modelgate: {start-killed-if-log-refuses: maybe}"))
                .contains("modelgate.start-killed-if-log-refuses = maybe", "true or false");
        assertThat(failure("modelgate: {gates: {credit-risk: {budgets: [{per: user}]}}}"))
                .contains("modelgate.gates.credit-risk.budgets[0].per = user")
                .contains("one of [session, caller, attribute, version, gate]");
    }

    @Test
    void aValueOutOfRangeIsNamedWithItsLineAndTheRange() throws IOException {
        assertThat(failure("""
                modelgate:
                  gates:
                    credit-risk:
                      max-concurrent: 0
                """))
                .contains("modelgate.gates.credit-risk.max-concurrent = 0", "4:23", "expected 1 or more");
        assertThat(failure("modelgate: {kill-when-stale: 1ms}"))
                .contains("modelgate.kill-when-stale = 1ms", "expected one second to one day");
    }

    @Test
    void itIsAskedBeforeSpringBootsOwn() {
        Environment environment = new StandardEnvironment();
        ArgumentResolver arguments = ArgumentResolver.of(Environment.class, environment)
                .and(BeanFactory.class, new DefaultListableBeanFactory());
        // As Spring Boot does: those whose libraries are not there are left out.
        assertThat(SpringFactoriesLoader.forDefaultResourceLocation()
                        .load(FailureAnalyzer.class, arguments, FailureHandler.handleMessage((message, failure) -> {})))
                .hasSizeGreaterThan(5)
                .first()
                .isInstanceOf(ModelGateFailureAnalyzer.class);
    }

    @Test
    void whatIsNoneOfItsBusinessIsLeftToOthers() {
        Environment environment = new StandardEnvironment();
        assertThat(new ModelGateFailureAnalyzer(environment).analyze(new IllegalStateException("of something else")))
                .isNull();
        assertThat(new ModelGateFailureAnalyzer(environment).analyze(new IllegalArgumentException("gate \"a\": b")))
                .isNull();
    }
}
