package io.modelgate.rollout;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the tests of users' own guardrails are found: those of a policy that was started here, by gate, then those given by name. Thread-safe.
 */
final class UsersTests {

    private record Key(String gate, String guardrail) {}

    private final Map<String, GuardrailTest> named;
    private final Map<Key, GuardrailTest> started = new ConcurrentHashMap<>();

    UsersTests(Map<String, GuardrailTest> named) {
        this.named = Map.copyOf(named);
    }

    /** Keeps the tests of a policy that starts: the control log holds only their names. */
    void started(String gate, RolloutPolicy policy) {
        for (Guardrail guardrail : policy.guardrails()) {
            GuardrailTest test = guardrail.test();
            if (test != null) {
                started.put(new Key(gate, guardrail.name()), test);
            }
        }
    }

    /** The tests of the rollout that runs on a gate. */
    Function<String, @Nullable GuardrailTest> of(String gate) {
        return name -> {
            GuardrailTest own = started.get(new Key(gate, name));
            return own == null ? named.get(name) : own;
        };
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
