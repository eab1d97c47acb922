package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.control.ControlLogException;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;

class ModelGateActuatorAutoConfigurationTest {

    private static final String HEALTH = "modelgateHealthIndicator";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ModelGateActuatorAutoConfiguration.class))
            .withPropertyValues("management.endpoints.web.exposure.include=*");

    @Configuration(proxyBeanMethods = false)
    static class WithGates {

        @Bean(destroyMethod = "close")
        Gates gates() {
            return Gates.open(g -> {});
        }
    }

    @Test
    void gatesHaveAnEndpointHealthAndInfoButNoWrites() {
        runner.withUserConfiguration(WithGates.class)
                .run(context -> assertThat(context)
                        .hasSingleBean(ModelGateEndpoint.class)
                        .hasBean(HEALTH)
                        .hasSingleBean(GateInfo.class)
                        .doesNotHaveBean(EndpointWrites.class));
    }

    @Test
    void withoutGatesThereIsNothingToShow() {
        runner.run(context -> assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(ModelGateEndpoint.class)
                .doesNotHaveBean(HEALTH));
    }

    @Test
    void withoutTheActuatorTheApplicationStarts() {
        runner.withUserConfiguration(WithGates.class)
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(HEALTH)
                        .hasSingleBean(Gates.class));
    }

    @Test
    void writesAreThereOnlyWhereTheyAreAskedFor() {
        runner.withUserConfiguration(WithGates.class)
                .withPropertyValues("modelgate.actuator.writes=true")
                .run(context -> assertThat(context).hasSingleBean(EndpointWrites.class));
        runner.withUserConfiguration(WithGates.class)
                .withPropertyValues("modelgate.actuator.writes=false")
                .run(context -> assertThat(context).doesNotHaveBean(EndpointWrites.class));
    }

    @Test
    void anEndpointThatNobodySeesIsNotMade() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(ModelGateActuatorAutoConfiguration.class))
                .withUserConfiguration(WithGates.class)
                .withPropertyValues("modelgate.actuator.writes=true")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(ModelGateEndpoint.class)
                        .doesNotHaveBean(EndpointWrites.class)
                        .hasBean(HEALTH));
    }

    @Test
    void healthAndInfoCanBeSwitchedOff() {
        runner.withUserConfiguration(WithGates.class)
                .withPropertyValues(
                        "management.health.modelgate.enabled=false", "management.info.modelgate.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(HEALTH).doesNotHaveBean(GateInfo.class));
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportAutoConfiguration(ModelGateActuatorAutoConfiguration.class)
    static class Killed {

        @Bean(destroyMethod = "close")
        Gates gates() {
            Gates gates = Gates.open(g -> {});
            gates.gate("credit-risk", g -> g.stable("v1", input -> input));
            gates.gate("credit-risk").kill(Actor.of("alice"), "off");
            return gates;
        }
    }

    @SpringBootConfiguration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @ImportAutoConfiguration(ModelGateActuatorAutoConfiguration.class)
    static class Refused {

        @Bean(destroyMethod = "close")
        Gates gates() {
            return Gates.open(g -> g.controlLog(() -> {
                        throw new ControlLogException("line 7 is damaged");
                    })
                    .startKilledIfLogRefuses());
        }
    }

    @Test
    void aLoadBalancerKeepsAProcessWhoseGatesAreKilled() {
        try (TestApplication application =
                TestApplication.start(Killed.class, "management.endpoint.health.show-details=always")) {
            TestApplication.Answer health = application.get("/actuator/health/modelgate");

            assertThat(health.status()).isEqualTo(200);
            assertThat(health.body()).contains("\"UP\"", "credit-risk");
            assertThat(application.get("/actuator/health").status()).isEqualTo(200);
        }
    }

    @Test
    void aLoadBalancerLeavesAProcessThatKnowsNothingOfItsLog() {
        try (TestApplication application =
                TestApplication.start(Refused.class, "management.endpoint.health.show-details=always")) {
            TestApplication.Answer health = application.get("/actuator/health/modelgate");

            assertThat(health.status()).isEqualTo(503);
            assertThat(health.body()).contains("\"DOWN\"", "line 7 is damaged");
        }
    }

    @Test
    void noRestartIsAskedForByLivenessUnlessItsGroupSaysSo() {
        try (TestApplication application =
                TestApplication.start(Refused.class, "management.endpoint.health.probes.enabled=true")) {
            assertThat(application.get("/actuator/health/liveness").status()).isEqualTo(200);
        }
    }

    @Test
    void whatTheRecordsReadAsFalseEnablesNoWrites() {
        for (String no : new String[] {"no", "off", "0"}) {
            runner.withUserConfiguration(WithGates.class)
                    .withPropertyValues("modelgate.actuator.writes=" + no)
                    .run(context -> assertThat(context).as(no).hasNotFailed().doesNotHaveBean(EndpointWrites.class));
        }
        runner.withUserConfiguration(WithGates.class)
                .withPropertyValues("modelgate.actuator.writes=")
                .run(context -> assertThat(context).hasFailed()); // no boolean at all
        for (String yes : new String[] {"yes", "on", "1", "TRUE"}) {
            runner.withUserConfiguration(WithGates.class)
                    .withPropertyValues("modelgate.actuator.writes=" + yes)
                    .run(context -> assertThat(context).as(yes).hasSingleBean(EndpointWrites.class));
        }
    }

    @Test
    void noValueLetsAnybodyIntoRedis() {
        runner.withUserConfiguration(WithGates.class).run(context -> {
            SanitizingFunction sanitizing = context.getBean(SanitizingFunction.class);
            for (String secret : new String[] {
                "modelgate.log.redis.uri",
                "modelgate.log.redis.user",
                "modelgate.log.redis.password",
                "modelgate.log.redis.sentinel-password",
                "modelgate.log.redis.sentinelPassword",
                "MODELGATE_LOG_REDIS_URI"
            }) {
                assertThat(sanitizing
                                .apply(new SanitizableData(null, secret, "s3cret"))
                                .getValue())
                        .as(secret)
                        .isEqualTo(SanitizableData.SANITIZED_VALUE);
            }
            assertThat(sanitizing
                            .apply(new SanitizableData(null, "modelgate.log.redis.name", "tests"))
                            .getValue())
                    .isEqualTo("tests");
        });
    }

    @Test
    void aNativeImageIsToldOfWhatTheEndpointAnswers() {
        RuntimeHints hints = new RuntimeHints();
        new GateHints.Answers().registerHints(hints, null);
        for (Class<?> type : new Class<?>[] {
            EndpointWrites.Killed.class,
            EndpointWrites.Revived.class,
            ModelGateEndpoint.Engaged.class,
            ModelGateEndpoint.State.class,
            ModelGateEndpoint.Gate.class,
            ModelGateEndpoint.Detail.class,
            ModelGateEndpoint.Recorded.class
        }) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type))
                    .as(type.getName())
                    .accepts(hints);
        }
        assertThat(ModelGateActuatorAutoConfiguration.class
                        .getAnnotation(ImportRuntimeHints.class)
                        .value())
                .containsExactly(GateHints.Answers.class);
    }
}
