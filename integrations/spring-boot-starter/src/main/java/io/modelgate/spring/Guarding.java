package io.modelgate.spring;

import io.modelgate.AnswerType;
import io.modelgate.Gates;
import io.modelgate.GuardBuilder;
import io.modelgate.Guarded;
import io.modelgate.rollout.Cohorts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes guarded objects of the application's beans. Thread-safe. */
final class Guarding {

    private final Gates gates;
    private final GateSettings settings;
    private final List<AnswerType> answers;

    Guarding(Gates gates, GateSettings settings, List<AnswerType> answers) {
        this.gates = gates;
        this.settings = settings;
        this.answers = answers;
    }

    GateSettings settings() {
        return settings;
    }

    /**
     * Guards an interface.
     *
     * @param stable the id of the version of the methods without a gate, too; by default the first version
     * @throws StartException with every mistake
     */
    Object guard(Class<?> type, @Nullable String stable, Object... versions) {
        try {
            return gates.guard(
                    type,
                    builder -> {
                        configure(type, builder);
                        if (stable != null) {
                            builder.stable(stable);
                        }
                    },
                    versions);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw refused(e);
        }
    }

    /**
     * Guards the methods of a class.
     *
     * @throws StartException with every mistake
     */
    Guarded guarded(Class<?> type, Object bean) {
        try {
            return gates.guarded(type, builder -> configure(type, builder), bean);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw refused(e);
        }
    }

    /** Before properties and customizers, so that what they say takes the place of this. */
    private void configure(Class<?> type, GuardBuilder builder) {
        for (String gate : GatedMethods.gatesOf(type)) {
            builder.gate(gate, each -> each.router(Cohorts.router()));
        }
        builder.answers(answers.toArray(AnswerType[]::new));
    }

    private static StartException refused(RuntimeException e) {
        return new StartException(
                String.valueOf(e.getMessage()), "Each line above says what to do; docs/gated.md has the rules.", e);
    }
}
