package io.modelgate.spring;

import io.modelgate.GateBuilder;
import java.util.function.Consumer;

/**
 * Configures gates beyond what properties can say, after them: ladders, routers, how to count tokens, what to accept. What is set here takes the place
 * of what the gate's own code and its properties set; {@link GateBuilder} says what is added instead. A bean of it is found by its type;
 * several come in their order. Called by the thread that makes a gate, once for each.
 *
 * <pre>{@code
 * @Bean
 * GateCustomizer offers() {
 *     return GateCustomizer.of("offers", Invocation.class, Offer.class, gate -> gate
 *             .accept(offer -> offer.confidence() >= 0.6 ? Verdict.ACCEPT : Verdict.LOW_CONFIDENCE)
 *             .fallback(Ladder.of(l -> l.previousVersion().degrade(Offer.NONE))));
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

    /**
     * Configures the gate of a name, whose types are known. The application does not start if it has no such gate.
     *
     * @param gate its name
     * @param input what its models are asked; {@link io.modelgate.Invocation} where the gate is an annotated method's
     * @param answer what they answer; of an annotated method what it returns, or what is in the {@code Optional}, the stage or the stream that it returns
     * @param configure configures it
     */
    static <I, O> GateCustomizer of(
            String gate, Class<I> input, Class<O> answer, Consumer<? super GateBuilder<I, O>> configure) {
        return new OneGate<>(gate, input, answer, configure);
    }
}
