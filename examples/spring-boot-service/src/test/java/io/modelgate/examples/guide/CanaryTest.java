package io.modelgate.examples.guide;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Rollouts;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest(
        classes = {Credit.class, Canary.class},
        properties = {
            "spring.config.name=guide",
            "modelgate.rollouts.credit-risk.policy=../../docs/policies/careful.yaml"
        })
class CanaryTest {

    @Autowired
    Gates gates;

    @Autowired
    Rollouts rollouts;

    @Autowired
    Canary canary;

    @Test
    void aPolicyStartsNothingUntilItsRolloutIsStarted() {
        assertThat(rollouts.status(gates.gate("credit-risk"))).isEmpty();

        Rollout started = canary.start(Actor.of("alice"), "canary of v2");

        assertThat(started.stored(Duration.ofSeconds(5))).isTrue();
        assertThat(rollouts.status(gates.gate("credit-risk"))).hasValueSatisfying(status -> {
            assertThat(status.candidate()).isEqualTo("v2");
            assertThat(status.policy().name()).isEqualTo("careful");
        });
    }
}
