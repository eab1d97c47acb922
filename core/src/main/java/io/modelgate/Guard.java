package io.modelgate;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the gates of a guarded interface or class: reads its methods, reports every mistake at once, and only then makes the gates. What
 * stands before the methods, a proxy or a framework, is its user's.
 */
final class Guard {

    private final Gates gates;
    private final GuardType type;
    private final GuardVersions versions;
    private final GuardBuilder settings;
    private final GuardMistakes mistakes;
    private final Map<String, GuardGate> guarded = new LinkedHashMap<>();
    private final Map<String, GateConfig<Invocation, Object>> configs = new LinkedHashMap<>();

    Guard(Gates gates, GuardType type, GuardVersions versions, GuardBuilder settings, GuardMistakes mistakes) {
        this.gates = gates;
        this.type = type;
        this.versions = versions;
        this.settings = settings;
        this.mistakes = mistakes;
    }

    /** Reads the methods and configures their gates; what is wrong with them becomes a mistake. */
    void read(GuardRungs rungs) {
        versions.checkAgainst(type);
        Map<Class<?>, AnswerType> types = GuardAnswers.byType(settings.answers(), mistakes);
        for (GuardMethod method : type.methods()) {
            Gated gated = method.gated();
            if (gated != null) {
                read(method, gated, types, rungs);
            }
        }
        checkBodies();
        if (guarded.isEmpty()) {
            mistakes.add(type, "no method of it is annotated @Gated; annotate those that ask a model");
        }
        guarded.forEach((name, gate) -> {
            GateConfig<Invocation, Object> config =
                    gate.configure(gates, versions.all(), settings.settings(), mistakes);
            if (config != null) {
                configs.put(name, config);
            }
        });
        checkSettings();
    }

    private void read(GuardMethod method, Gated gated, Map<Class<?>, AnswerType> types, GuardRungs rungs) {
        if (method.gates().size() > 1) {
            mistakes.add(method, "it is declared with different gates: " + method.gates() + "; keep one");
        }
        if (Modifier.isFinal(method.specific().getModifiers())) {
            mistakes.add(method, "it is final, so that nothing can be put before it; remove final");
        }
        GuardAnswers answers = GuardAnswers.of(method, types, mistakes);
        GuardRung rung = gated.fallback().isEmpty() ? null : rungs.find(method, gated.fallback(), answers);
        GuardCaller caller = GuardCaller.of(method, gates.callers(), mistakes);
        GuardGate before = guarded.putIfAbsent(gated.value(), new GuardGate(gated, method, caller, answers, rung));
        if (before != null) {
            mistakes.add(
                    method,
                    "gate " + Names.quote(gated.value()) + " is the gate of " + before.method()
                            + "; give each method a gate of its own");
        }
    }

    private void checkBodies() {
        for (Method method : type.bodies()) {
            if (method.isAnnotationPresent(Gated.class)) {
                mistakes.add(
                        type + "." + method.getName(),
                        "it is " + what(method)
                                + (type.isInterface()
                                        ? ", so that no version implements it; gate an abstract or default method"
                                        : ", so that nothing can be put before it; gate a method that can be overridden"));
            }
        }
    }

    private static String what(Method method) {
        if (Modifier.isStatic(method.getModifiers())) {
            return "static";
        }
        if (Modifier.isPrivate(method.getModifiers())) {
            return "private";
        }
        return GuardType.ofEveryObject(method) ? "a method of every object" : "seen in another package only";
    }

    private void checkSettings() {
        Map<String, Integer> times = new HashMap<>();
        for (GuardBuilder.Setting setting : settings.settings()) {
            String named = "the configuration of gate " + Names.quote(setting.gate());
            if (!guarded.containsKey(setting.gate())) {
                mistakes.add(
                        named, "unknown gate, no method of " + type + " has it; its gates are " + guarded.keySet());
            }
            if (times.merge(setting.gate(), 1, Integer::sum) == 2) {
                mistakes.add(named, "it is given more than once; give it once");
            }
        }
    }

    /** Makes the gates, all or none, and gives what to do when the method of each is called. */
    Map<GuardMethod, GuardTarget> make() {
        List<ModelGate<Invocation, Object>> made = gates.control().locked(() -> {
            configs.values().forEach(this::checkStart);
            mistakes.refuse();
            return gates.add(List.copyOf(configs.values()));
        });
        Map<GuardMethod, GuardTarget> targets = new LinkedHashMap<>();
        for (ModelGate<Invocation, Object> gate : made) {
            GuardGate of = guarded.get(gate.name());
            if (of != null) {
                targets.put(of.method(), of.target(gate));
            }
        }
        return targets;
    }

    /** What the control log says against starting a gate, before any is started. */
    private void checkStart(GateConfig<Invocation, Object> config) {
        Control control = gates.control();
        String name = config.name();
        if (control.gate(name) != null) {
            mistakes.add("gate \"" + name + "\"", "it exists in this process; each name is one gate");
            return;
        }
        if (versions.classes().isEmpty()) {
            return;
        }
        GateFold fold = control.foldOrNull(name);
        try {
            ModelGate<Invocation, Object> trial = new ModelGate<>(config, gates);
            trial.discard();
            GateStart.check(config, fold == null ? new GateFold() : fold, control.fleetEntries(), trial.versions());
        } catch (IllegalStateException | IllegalArgumentException e) {
            mistakes.add(e);
        }
    }
}
