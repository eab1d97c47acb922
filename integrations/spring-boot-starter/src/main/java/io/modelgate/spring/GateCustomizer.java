package io.modelgate.spring;

import io.modelgate.GateBuilder;

/**
 * Configures gates beyond what properties can say, after them: ladders, how to count tokens, what to accept. What is set here takes the place
 * of what the gate's own code and its properties set; {@link GateBuilder} says what is added instead. A bean of it is found by its type;
 * several come in their order. Called by the thread that makes a gate, once for each.
 *
 * <pre>{@code
 * @Bean
 * GateCustomizer counting() {
 *     return (gate, builder) -> {
 *         if (gate.equals("summaries")) {
 *             builder.tokens(t -> t.input(asked -> 1_000).maxOutput(500));
 *         }
 *     };
 * }
 * }</pre>
 */
@FunctionalInterface
public interface GateCustomizer {

    /**
     * Configures one gate; what it throws keeps the gate from being made, and the application from starting.
     *
     * @param gate its name
     * @param builder its configuration so far
     */
    void customize(String gate, GateBuilder<?, ?> builder);
}
