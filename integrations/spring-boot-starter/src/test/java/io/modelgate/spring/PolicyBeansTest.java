package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.RolloutStatus;
import io.modelgate.rollout.Rollouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class PolicyBeansTest {

    private static final String POLICY = """
            name: careful
            steps: {start: 1 %, factor: 2, every: 30m, callers: 200}
            """;

    @TempDir
    private Path directory;

    private ApplicationContextRunner with(String gate, String policy) throws IOException {
        Path file = Files.writeString(directory.resolve("careful.yaml"), policy);
        return Applications.with(VersionBeansTest.Both.class)
                .withPropertyValues(
                        "modelgate.gates.credit-risk.stable=v1", "modelgate.rollouts." + gate + ".policy=" + file);
    }

    @Test
    void aPolicyFileIsABeanAndRolloutsAreLookedAfter() throws IOException {
        with("credit-risk", POLICY).run(context -> {
            assertThat(context).hasNotFailed();
            RolloutPolicy policy = context.getBean("credit-risk-policy", RolloutPolicy.class);
            assertThat(policy.name()).isEqualTo("careful");
            assertThat(((ConfigurableApplicationContext) context)
                            .getBeanFactory()
                            .containsSingleton("rollouts"))
                    .isTrue();
            // The gates of annotated beans have the router that rollouts need.
            context.getBean(Rollouts.class)
                    .start(context.getBean(Gates.class).gate("credit-risk"), "v2", policy, Actor.of("alice"), "canary");
            assertThat(context.getBean(Rollouts.class)
                            .status(context.getBean(Gates.class).gate("credit-risk")))
                    .isPresent();
        });
    }

    private void write(String policy) throws IOException {
        Files.writeString(directory.resolve("careful.yaml"), policy);
    }

    private static RolloutStatus start(ApplicationContext context) {
        Gates gates = context.getBean(Gates.class);
        Rollouts rollouts = context.getBean(Rollouts.class);
        RolloutPolicy policy = context.getBeanProvider(RolloutPolicy.class).getObject();
        rollouts.start(gates.gate("credit-risk"), "v2", policy, Actor.of("alice"), "canary");
        return rollouts.status(gates.gate("credit-risk")).orElseThrow();
    }

    @Test
    void theNextRolloutRunsUnderTheFileAsItIsThenAndTheOneThatRunsDoesNot() throws IOException {
        with("credit-risk", POLICY).run(context -> {
            assertThat(context.getBean(RolloutPolicy.class).name()).isEqualTo("careful");
            write(POLICY.replace("careful", "bold"));
            assertThat(start(context).policy().name()).isEqualTo("bold");

            write(POLICY.replace("careful", "reckless"));
            Gates gates = context.getBean(Gates.class);
            assertThat(context.getBean(Rollouts.class)
                            .status(gates.gate("credit-risk"))
                            .orElseThrow()
                            .policy()
                            .name())
                    .isEqualTo("bold");
        });
    }

    @Test
    void aFileThatIsWrongByThenStartsNothingAndSaysItsLine() throws IOException {
        with("credit-risk", POLICY).run(context -> {
            write(POLICY.replace("factor", "faktor"));
            assertThatThrownBy(() -> start(context))
                    .rootCause()
                    .hasMessageContaining("careful.yaml:2")
                    .hasMessageContaining("faktor");
            assertThat(context.getBean(Rollouts.class)
                            .status(context.getBean(Gates.class).gate("credit-risk")))
                    .isEmpty();

            write(POLICY);
            assertThat(start(context).policy().name()).isEqualTo("careful");
        });
    }

    @Test
    void aMistakeInAPolicyFileFailsTheStartWithItsLine() throws IOException {
        assertThat(Applications.failure(with("credit-risk", POLICY.replace("factor", "faktor"))))
                .contains("modelgate.rollouts.credit-risk.policy", "careful.yaml")
                .contains("faktor");
    }

    @Test
    void aPolicyOfAGateThatIsNotThereFailsTheStart() throws IOException {
        assertThat(Applications.failure(with("credit", POLICY)))
                .contains("no gate of this application is named \"credit\"; its gates are [credit-risk]");
    }

    @Test
    void aPolicyFileThatIsNotThereFailsTheStart() throws IOException {
        assertThat(Applications.failure(with("credit-risk", POLICY)
                        .withPropertyValues("modelgate.rollouts.credit-risk.policy=" + directory.resolve("none.yaml"))))
                .contains("modelgate.rollouts.credit-risk.policy", "none.yaml");
    }

    @Configuration(proxyBeanMethods = false)
    static class Asking {
        @Bean
        Object asking(Rollouts rollouts) {
            return "asked";
        }
    }

    @Test
    void rolloutsAreLookedAfterWhereABeanAsksForIt() {
        Applications.with(CreditModel.Forest.class)
                .run(context -> assertThat(((ConfigurableApplicationContext) context)
                                .getBeanFactory()
                                .containsSingleton("rollouts"))
                        .isFalse());
        Applications.with(CreditModel.Forest.class, Asking.class)
                .run(context -> assertThat(((ConfigurableApplicationContext) context)
                                .getBeanFactory()
                                .containsSingleton("rollouts"))
                        .isTrue());
    }

    @Test
    void aPolicyMayBeNamedInAnEnvironmentVariable() throws IOException {
        Path file = Files.writeString(directory.resolve("careful.yaml"), POLICY);
        Applications.with(VersionBeansTest.Both.class)
                .withPropertyValues("modelgate.gates.credit-risk.stable=v1")
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "systemEnvironment", Map.of("MODELGATE_ROLLOUTS_CREDITRISK_POLICY", file.toString()))))
                .run(context -> assertThat(context).hasNotFailed().hasSingleBean(RolloutPolicy.class));
        with("credit-risk", POLICY)
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "systemEnvironment", Map.of("MODELGATE_ROLLOUTS_CREDITRISK_POLICY", file.toString()))))
                .run(context -> {
                    assertThat(context).hasNotFailed().hasSingleBean(RolloutPolicy.class);
                    assertThat(context.getBean("credit-risk-policy", RolloutPolicy.class))
                            .isEqualTo(context.getBean(RolloutPolicy.class));
                });
    }
}
