package io.modelgate.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Rollouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

@SpringBootTest(
        classes = {Credit.class, Canary.class},
        properties = "spring.config.name=guide")
class CanaryTest {

    private static final Path CAREFUL = Path.of("../../docs/policies/careful.yaml");

    @TempDir
    private static Path directory;

    @DynamicPropertySource
    static void policy(DynamicPropertyRegistry properties) throws IOException {
        Path policy = directory.resolve("policy.yaml");
        Files.copy(CAREFUL, policy);
        properties.add("modelgate.rollouts.credit-risk.policy", policy::toString);
    }

    @Autowired
    Gates gates;

    @Autowired
    Rollouts rollouts;

    @Autowired
    Canary canary;

    @Test
    void aPolicyStartsNothingUntilItsRolloutIsStartedUnderTheFileAsItIsThen() throws IOException {
        assertThat(rollouts.status(gates.gate("credit-risk"))).isEmpty();
        String careful = Files.readString(CAREFUL);
        assertThat(careful).contains("name: careful");
        Files.writeString(directory.resolve("policy.yaml"), careful.replace("name: careful", "name: more-careful"));

        Rollout started = canary.start(Actor.of("alice"), "canary of v2");

        assertThat(started.stored(Duration.ofSeconds(5))).isTrue();
        assertThat(rollouts.status(gates.gate("credit-risk"))).hasValueSatisfying(status -> {
            assertThat(status.candidate()).isEqualTo("v2");
            assertThat(status.policy().name()).isEqualTo("more-careful");
        });
    }
}
