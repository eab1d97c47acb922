package io.modelgate;

import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A gated method that has been read, and the gate that is made for it. */
record GuardGate(
        Gated gated,
        GuardMethod method,
        GuardCaller caller,
        GuardAnswers answers,
        @Nullable GuardRung rung) {

    /** The settings of its gate; null where a mistake keeps it from having any. */
    @Nullable
    GateConfig<Invocation, Object> configure(
            Gates gates,
            List<GuardVersions.Each> versions,
            List<GuardBuilder.Setting> settings,
            GuardMistakes mistakes) {
        if (!Names.isName(gated.value())) {
            mistakes.add(method, Names.notAName("gate", gated.value()));
            return null;
        }
        GateBuilder<Invocation, Object> builder = new GateBuilder<>(gated.value());
        caller.attributes().stream().filter(Names::isName).forEach(builder::attributes);
        builder.answer(answers.ofVersion(method.result()));
        addVersions(builder, versions, mistakes);
        try {
            for (GuardBuilder.Setting setting : settings) {
                if (setting.gate().equals(gated.value()) && typed(setting, mistakes)) {
                    setting.configure().accept(builder);
                }
            }
            gates.configureAsEach(gated.value(), builder);
            GateConfig<Invocation, Object> config = builder.build();
            if (answers.type() instanceof StreamAnswer) {
                checkStream(config, mistakes);
            } else if (config.fallback() != null) {
                checkLadder(config.fallback(), mistakes);
            }
            return rung == null ? config : builder.fallback(rung).build();
        } catch (IllegalArgumentException e) {
            mistakes.add(e);
            return null;
        }
    }

    private void addVersions(
            GateBuilder<Invocation, Object> builder, List<GuardVersions.Each> versions, GuardMistakes mistakes) {
        if (versions.isEmpty()) { // a mistake already; a stand-in shows what else is wrong
            builder.stable("none", invocation -> invocation);
        }
        for (int i = 0; i < versions.size(); i++) {
            GuardVersions.Each each = versions.get(i);
            try {
                add(builder, i == 0, each, GuardHandles.on(each.implementation(), method.specific()));
            } catch (IllegalAccessException e) {
                mistakes.add(method, GuardHandles.closed(method.specific()));
                addVersions(builder, List.of(), mistakes);
                return;
            }
        }
    }

    private void add(
            GateBuilder<Invocation, Object> builder, boolean stable, GuardVersions.Each each, MethodHandle handle) {
        String id = each.id();
        if (answers.isLater()) {
            GuardAsyncVersion version = new GuardAsyncVersion(handle, answers);
            if (stable) {
                builder.asyncStable(id, version, each::describe);
            } else {
                builder.asyncVersion(id, version, each::describe);
            }
        } else {
            GuardVersion version = new GuardVersion(handle, answers);
            if (stable) {
                builder.stable(id, version, each::describe);
            } else {
                builder.version(id, version, each::describe);
            }
        }
    }

    private boolean typed(GuardBuilder.Setting setting, GuardMistakes mistakes) {
        Class<?> answer = answers.answer(method.result()).boxed();
        if (setting.answer() == null || setting.answer() == answer) {
            return true;
        }
        mistakes.add(
                method,
                "its gate is configured for answers of " + setting.answer().getSimpleName() + "; they are "
                        + answer.getSimpleName());
        return false;
    }

    /** A rung of a ladder has one answer, and asks a version for it. */
    private void checkStream(GateConfig<Invocation, Object> config, GuardMistakes mistakes) {
        if (config.fallback() != null) {
            mistakes.add(
                    method,
                    "gate " + Names.quote(gated.value()) + " answers with a " + method.result()
                            + ", a stream, and has a ladder in its configuration, whose rungs have one answer each;"
                            + " name a method with @Gated(fallback) instead");
        }
        for (VersionBuilder<Invocation, Object> version : config.versions()) {
            if (version.async() != null) {
                mistakes.add(
                        method,
                        "version " + Names.quote(version.id()) + " is asynchronous, and gate "
                                + Names.quote(gated.value()) + " answers with a " + method.result()
                                + ", which its versions return at once; add it with version or callAwareVersion");
            }
        }
    }

    private void checkLadder(Fallback<Invocation, Object> ladder, GuardMistakes mistakes) {
        if (!gated.fallback().isEmpty()) {
            mistakes.add(
                    method,
                    "gate " + Names.quote(gated.value()) + " has the fallback " + Names.quote(gated.fallback())
                            + " and a ladder in its configuration; keep one");
        }
        ladder.check(gated.value());
        Class<?> answer = answers.answer(method.result()).boxed();
        Set<String> wrong = new TreeSet<>();
        for (Cause cause : Cause.values()) {
            ladder.constant(cause)
                    .filter(constant -> !answer.isInstance(constant.answer()))
                    .ifPresent(constant -> wrong.add("rung \"" + constant.rung() + "\" of its ladder answers with a "
                            + GuardMistakes.name(constant.answer().getClass()) + "; answer with a "
                            + answer.getSimpleName()));
        }
        wrong.forEach(each -> mistakes.add(method, each));
    }

    GuardTarget target(ModelGate<Invocation, Object> gate) {
        if (answers.type() instanceof LaterAnswer later) {
            return new GuardTarget.LaterGate(gate, method.name(), caller, later);
        }
        if (answers.type() instanceof StreamAnswer stream) {
            return new GuardTarget.StreamGate(gate, method.name(), caller, stream);
        }
        return answers.isLater()
                ? new GuardTarget.AsyncGate(gate, method.name(), caller)
                : new GuardTarget.Gate(gate, method.name(), caller, answers);
    }
}
