package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.control.ControlLogException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
}
