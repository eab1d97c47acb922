package io.modelgate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Configures the gates of a guarded interface beyond its annotations. Handed to the function given to {@link Gates#guard}, and done when
 * that returns. For use by one thread.
 */
public final class GuardBuilder {

    private final List<Setting> settings = new ArrayList<>();

    GuardBuilder() {}

    /** What was given for one gate. Its builder's answers are of the given type, or {@code Object} without one. */
    record Setting(String gate, @Nullable Class<?> answer, Consumer<GateBuilder<Invocation, Object>> configure) {}

    /**
     * Configures one gate: timeouts, limits, router, ladder. Its versions are the implementations, the first of them stable; more
     * versions may be added, another stable may not. A gate that no method of the interface has is a mistake that {@link Gates#guard}
     * reports.
     */
    public GuardBuilder gate(String name, Consumer<GateBuilder<Invocation, Object>> configure) {
        settings.add(new Setting(name, null, configure));
        return this;
    }

    /**
     * Configures one gate as {@link #gate(String, Consumer)} does, with the type of its answers: what the method returns, boxed, or what is
     * in the {@code Optional} or {@code CompletionStage} that it returns. Another type is a mistake that {@link Gates#guard} reports.
     */
    @SuppressWarnings("unchecked") // used only once the type is found to be the one of the gate's answers
    public <O> GuardBuilder gate(String name, Class<O> answer, Consumer<GateBuilder<Invocation, O>> configure) {
        settings.add(
                new Setting(name, answer, builder -> configure.accept((GateBuilder<Invocation, O>) (Object) builder)));
        return this;
    }

    List<Setting> settings() {
        return settings;
    }
}
