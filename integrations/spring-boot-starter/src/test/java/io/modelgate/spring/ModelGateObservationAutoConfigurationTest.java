package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ModelGateObservationAutoConfigurationTest {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ModelGateObservationAutoConfiguration.class));

    private ApplicationContextRunner withRegistry() {
        return runner.withBean(ObservationRegistry.class, ObservationRegistry::create);
    }

    @Test
    void callsAreObservedOnlyWhereThatIsAskedFor() {
        withRegistry().run(context -> assertThat(context).doesNotHaveBean(ObservedGates.class));
        withRegistry()
                .withPropertyValues("modelgate.observations.enabled=true")
                .run(context -> assertThat(context).hasSingleBean(ObservedGates.class));
    }

    @Test
    void withoutARegistryNobodyHearsOfThem() {
        runner.withPropertyValues("modelgate.observations.enabled=true")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(ObservedGates.class));
    }

    @Test
    void aCallIsObservedOnceThatIsAskedFor() {
        TestObservationRegistry registry = TestObservationRegistry.create();
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        ModelGateAutoConfiguration.class, ModelGateObservationAutoConfiguration.class))
                .withBean(ObservationRegistry.class, () -> registry)
                .withPropertyValues("modelgate.observations.enabled=true")
                .run(context -> {
                    ModelGate<String, String> gate =
                            context.getBean(Gates.class).gate("credit", g -> g.stable("v1", input -> input));

                    assertThat(gate.call("x", Caller.of("alice"))).isEqualTo("x");

                    TestObservationRegistryAssert.assertThat(registry)
                            .hasSingleObservationThat()
                            .hasNameEqualTo("modelgate.call")
                            .hasLowCardinalityKeyValue("gate", "credit")
                            .hasLowCardinalityKeyValue("version", "v1")
                            .hasBeenStopped();
                });
    }

    @Test
    void whatTheRecordsReadAsFalseObservesNothing() {
        for (String no : new String[] {"no", "off", "0", ""}) {
            withRegistry()
                    .withPropertyValues("modelgate.observations.enabled=" + no)
                    .run(context -> assertThat(context).as(no).doesNotHaveBean(ObservedGates.class));
        }
    }
}
