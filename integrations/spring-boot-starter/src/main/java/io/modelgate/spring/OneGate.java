package io.modelgate.spring;

import io.modelgate.GateBuilder;
import java.util.function.Consumer;

/** Configures one gate. The types are the word of whoever made it, as a builder knows none. */
record OneGate<I, O>(String gate, Class<I> input, Class<O> answer, Consumer<? super GateBuilder<I, O>> configure)
        implements GateCustomizer {

    @Override
    @SuppressWarnings("unchecked")
    public void customize(String name, GateBuilder<?, ?> builder) {
        if (name.equals(gate)) {
            configure.accept((GateBuilder<I, O>) builder);
        }
    }
}
