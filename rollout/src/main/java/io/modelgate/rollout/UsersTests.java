package io.modelgate.rollout;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the tests of users' own guardrails are found: those of a policy that was started here, by rollout, then those given by name. Thread-safe.
 */
final class UsersTests {

    /** Of so many starts of a gate: of those that are tried at once one is stored, and while it runs no other is tried. */
    private static final int MOST = 16;

    private final Map<String, GuardrailTest> named;

    /** By gate, and there by rollout, the latest last. */
    private final Map<String, Map<String, RolloutPolicy>> started = new ConcurrentHashMap<>();

    UsersTests(Map<String, GuardrailTest> named) {
        this.named = Map.copyOf(named);
    }

    /** Keeps the tests of a rollout that is about to start: the control log holds only their names. */
    void starting(String gate, String rollout, RolloutPolicy policy) {
        if (policy.guardrails().stream().anyMatch(each -> each.test() != null)) {
            started.merge(gate, Map.of(rollout, policy), UsersTests::latest);
        }
    }

    private static Map<String, RolloutPolicy> latest(
            Map<String, RolloutPolicy> before, Map<String, RolloutPolicy> now) {
        Map<String, RolloutPolicy> latest = new LinkedHashMap<>(before);
        latest.putAll(now);
        if (latest.size() > MOST) {
            latest.remove(latest.keySet().iterator().next());
        }
        return latest;
    }

    /** The tests of a rollout. */
    Function<String, @Nullable GuardrailTest> of(String gate, String rollout) {
        RolloutPolicy policy = started.getOrDefault(gate, Map.of()).get(rollout);
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
