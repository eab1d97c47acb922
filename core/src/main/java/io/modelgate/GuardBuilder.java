package io.modelgate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Configures the gates of a guarded interface or class beyond its annotations. Handed to the function given to {@link Gates#guard} or
 * {@link Gates#guarded}, and done when that returns. For use by one thread.
 */
public final class GuardBuilder {

    private final List<Setting> settings = new ArrayList<>();
    private final List<AnswerType> answers = new ArrayList<>();
    private @Nullable String stable;

    GuardBuilder() {}

    /** What was given for one gate. Its builder's answers are of the given type, or {@code Object} without one. */
    record Setting(String gate, @Nullable Class<?> answer, Consumer<GateBuilder<Invocation, Object>> configure) {}

    /**
     * Says by its id which implementation is the stable version, of all gates and for the methods without one, where implementations come
     * in no particular order; {@link GateBuilder#stable(String)} says it of one gate. Default: the first implementation. The last one
     * said counts; an id that no implementation has is a mistake that {@link Gates#guard} reports.
     */
    public GuardBuilder stable(String versionId) {
        stable = versionId;
        return this;
    }

    /**
     * Adds types in which answers come later, beyond {@code CompletionStage} and {@code CompletableFuture}, or as a stream. A gated method that
     * returns such a type makes its call when the object that it returned is used, once for each use, and not before. Two for one type, one
     * for a type whose meaning is settled and a gated method that returns a subclass are mistakes that {@link Gates#guard} reports.
     */
    public GuardBuilder answers(AnswerType... types) {
        answers.addAll(List.of(types));
        return this;
    }

    /**
     * Configures one gate: timeouts, limits, router, ladder. Its versions are the implementations, the first of them stable; more
     * versions may be added, another stable only by the {@linkplain GateBuilder#stable(String) id} of one of them. A gate that no method
     * of the interface has is a mistake that {@link Gates#guard} reports.
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

    List<AnswerType> answers() {
        return answers;
    }

    @Nullable
    String stable() {
        return stable;
    }
}
