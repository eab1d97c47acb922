package io.modelgate.examples.guide;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;

// spring.md: policy
class Canary {
    private final Rollouts rollouts;
    private final Gates gates;
    private final ObjectProvider<RolloutPolicy> policy;

    Canary(Rollouts rollouts, Gates gates, @Qualifier("credit-risk-policy") ObjectProvider<RolloutPolicy> policy) {
        this.rollouts = rollouts;
        this.gates = gates;
        this.policy = policy;
    }

    Rollout start(Actor actor, String reason) {
        return rollouts.start(gates.gate("credit-risk"), "v2", policy.getObject(), actor, reason);
    }
}
// spring.md: end
