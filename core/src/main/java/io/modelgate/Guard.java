package io.modelgate;

import io.modelgate.GuardMethod.Signature;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the object of a guarded interface: reads it, reports every mistake at once, and only then makes its gates. */
final class Guard<T> {

    private final Gates gates;
    private final Class<T> type;
    private final List<GuardBuilder.Setting> settings;
    private final GuardMistakes mistakes;
    private final GuardVersions versions;

    Guard(Gates gates, Class<T> type, @Nullable Object[] implementations, List<GuardBuilder.Setting> settings) {
        this.gates = gates;
        this.type = type;
        this.settings = settings;
        mistakes = new GuardMistakes(type.getName());
        versions = new GuardVersions(type, implementations, mistakes);
    }

    T proxy() {
        if (!mayBeProxied()) {
            mistakes.refuse();
        }
        GuardInterface methods = new GuardInterface(type);
        GuardProxy handler = new GuardProxy("guarded " + type.getSimpleName());
        T proxy = type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
        versions.checkAgainst(methods);
        Map<String, GuardGate> guarded = read(methods, proxy);
        Map<String, GateConfig<Invocation, Object>> configs = new LinkedHashMap<>();
        guarded.forEach((name, gate) -> {
            GateConfig<Invocation, Object> config = gate.configure(versions.all(), settings, mistakes);
            if (config != null) {
                configs.put(name, config);
            }
        });
        checkSettings(guarded);
        Map<Signature, GuardTarget> targets = plainTargets(methods, proxy);
        List<ModelGate<Invocation, Object>> made = gates.control().locked(() -> {
            configs.values().forEach(this::checkStart);
            mistakes.refuse();
            return gates.add(List.copyOf(configs.values()));
        });
        made.forEach(gate -> addTargets(methods, guarded, gate, targets));
        handler.leadTo(targets);
        return proxy;
    }

    private boolean mayBeProxied() {
        String wrong = null;
        if (!type.isInterface()) {
            wrong = "it is a " + (Modifier.isFinal(type.getModifiers()) ? "final " : "")
                    + "class, and only an interface can be guarded; put its methods into an interface that it implements";
        } else if (type.isSealed()) {
            wrong = "it is sealed, so that no guarded object can implement it; remove sealed";
        } else if (type.isHidden()) {
            wrong = "it is hidden, so that no guarded object can name it; declare it in a source file";
        }
        if (wrong != null) {
            mistakes.add(GuardMistakes.name(type), wrong);
        }
        return wrong == null;
    }

    private Map<String, GuardGate> read(GuardInterface methods, T proxy) {
        Map<String, GuardGate> read = new LinkedHashMap<>();
        GuardRungs rungs = new GuardRungs(methods, versions.classes(), mistakes);
        for (GuardMethod method : methods.methods()) {
            Gated gated = method.gated();
            if (gated == null) {
                continue;
            }
            if (method.gates().size() > 1) {
                mistakes.add(method, "it is declared with different gates: " + method.gates() + "; keep one");
            }
            GuardAnswers answers = GuardAnswers.of(method, mistakes);
            GuardRung rung = gated.fallback().isEmpty() ? null : rungs.find(method, gated.fallback(), answers, proxy);
            GuardCaller caller = GuardCaller.of(method, mistakes);
            GuardGate before = read.putIfAbsent(gated.value(), new GuardGate(gated, method, caller, answers, rung));
            if (before != null) {
                mistakes.add(
                        method,
                        "gate " + Names.quote(gated.value()) + " is the gate of " + before.method()
                                + "; give each method a gate of its own");
            }
        }
        checkBodies(methods);
        if (read.isEmpty()) {
            mistakes.add(methods, "no method of it is annotated @Gated; annotate those that ask a model");
        }
        return read;
    }

    private void checkBodies(GuardInterface methods) {
        for (Method method : methods.bodies()) {
            if (method.isAnnotationPresent(Gated.class)) {
                String what = Modifier.isStatic(method.getModifiers())
                        ? "static"
                        : Modifier.isPrivate(method.getModifiers()) ? "private" : "a method of every object";
                mistakes.add(
                        methods + "." + method.getName(),
                        "it is " + what + ", so that no version implements it; gate an abstract or default method");
            }
        }
    }

    private void checkSettings(Map<String, GuardGate> guarded) {
        Map<String, Integer> times = new HashMap<>();
        for (GuardBuilder.Setting setting : settings) {
            String named = "the configuration of gate " + Names.quote(setting.gate());
            if (!guarded.containsKey(setting.gate())) {
                mistakes.add(
                        named,
                        "unknown gate, no method of " + type.getSimpleName() + " has it; its gates are "
                                + guarded.keySet());
            }
            if (times.merge(setting.gate(), 1, Integer::sum) == 2) {
                mistakes.add(named, "it is given more than once; give it once");
            }
        }
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

    /** The methods that go through no gate. */
    private Map<Signature, GuardTarget> plainTargets(GuardInterface methods, T proxy) {
        Map<Signature, GuardTarget> targets = new HashMap<>();
        for (Method method : type.getMethods()) {
            GuardMethod called = methods.called(Signature.of(method));
            boolean gated = called != null && called.gated() != null;
            if (gated || Modifier.isStatic(method.getModifiers()) || GuardInterface.ofEveryObject(method)) {
                continue;
            }
            Method specific = called == null ? method : called.specific();
            try {
                targets.put(Signature.of(method), new GuardTarget.Plain(plain(specific, proxy)));
            } catch (IllegalAccessException e) {
                mistakes.add(specific, GuardHandles.closed(specific));
            }
        }
        return targets;
    }

    private MethodHandle plain(Method method, T proxy) throws IllegalAccessException {
        List<GuardVersions.Each> all = versions.all();
        boolean body = method.isDefault()
                && (all.isEmpty()
                        || !GuardRungs.overrides(all.get(0).implementation().getClass(), method));
        if (body) {
            return GuardHandles.body(proxy, method);
        }
        // Without any implementation this is a mistake already, and the handle never called.
        return GuardHandles.on(all.isEmpty() ? proxy : all.get(0).implementation(), method);
    }

    private void addTargets(
            GuardInterface methods,
            Map<String, GuardGate> guarded,
            ModelGate<Invocation, Object> gate,
            Map<Signature, GuardTarget> targets) {
        GuardGate made = guarded.get(gate.name());
        if (made == null) {
            return;
        }
        GuardTarget target = made.target(gate);
        for (Method method : type.getMethods()) {
            if (made.method().equals(methods.called(Signature.of(method)))) {
                targets.put(Signature.of(method), target);
            }
        }
    }
}
