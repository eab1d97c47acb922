package io.modelgate.rollout;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the tests of users' own guardrails are found: those of a policy that was started here, by rollout, then those given by name. Thread-safe.
 */
final class UsersTests {

    private final Map<String, GuardrailTest> named;
    private final Map<String, RolloutPolicy> started = new ConcurrentHashMap<>();

    UsersTests(Map<String, GuardrailTest> named) {
        this.named = Map.copyOf(named);
    }

    /** Keeps the tests of a rollout that is about to start: the control log holds only their names. */
    void starting(String rollout, RolloutPolicy policy) {
        if (policy.guardrails().stream().anyMatch(each -> each.test() != null)) {
            started.put(rollout, policy);
        }
    }

    /** Keeps the tests of a rollout no longer. */
    void over(String rollout) {
        started.remove(rollout);
    }

    /** The tests of a rollout. */
    Function<String, @Nullable GuardrailTest> of(String rollout) {
        RolloutPolicy policy = started.get(rollout);
        return policy == null ? named::get : of(policy);
    }

    /** The tests of a policy that is at hand. */
    Function<String, @Nullable GuardrailTest> of(RolloutPolicy policy) {
        return name -> {
            for (Guardrail guardrail : policy.guardrails()) {
                GuardrailTest test = guardrail.test();
                if (test != null && guardrail.name().equals(name)) {
                    return test;
                }
            }
            return named.get(name);
        };
    }
}
