package io.modelgate;

import io.modelgate.GuardMethod.Signature;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the object of a guarded interface: a proxy that has all its methods, those without a gate included. */
final class GuardedInterface {

    private final GuardType type;
    private final GuardVersions versions;
    private final Object proxy;
    private final GuardMistakes mistakes;

    private GuardedInterface(GuardType type, GuardVersions versions, Object proxy, GuardMistakes mistakes) {
        this.type = type;
        this.versions = versions;
        this.proxy = proxy;
        this.mistakes = mistakes;
    }

    static <T> T proxy(Gates gates, Class<T> its, GuardBuilder settings, @Nullable Object[] implementations) {
        GuardMistakes mistakes = new GuardMistakes(its.getName());
        GuardVersions versions = GuardVersions.of(its, implementations, settings.stable(), mistakes);
        String wrong = wrong(its);
        if (wrong != null) {
            mistakes.add(GuardMistakes.name(its), wrong);
            mistakes.refuse();
        }
        GuardType type = new GuardType(its);
        GuardProxy handler = new GuardProxy("guarded " + type);
        T proxy = its.cast(Proxy.newProxyInstance(its.getClassLoader(), new Class<?>[] {its}, handler));
        Guard guard = new Guard(gates, type, versions, settings, mistakes);
        guard.read(new GuardRungs(type, versions.classes(), fallback -> GuardHandles.body(proxy, fallback), mistakes));
        GuardedInterface made = new GuardedInterface(type, versions, proxy, mistakes);
        Map<Signature, GuardTarget> targets = made.plainTargets();
        made.addGated(guard.make(), targets);
        handler.leadTo(targets);
        return proxy;
    }

    private static @Nullable String wrong(Class<?> type) {
        if (!type.isInterface()) {
            return "it is a " + (Modifier.isFinal(type.getModifiers()) ? "final " : "")
                    + "class, and only an interface can be guarded; put its methods into an interface that it implements";
        }
        if (type.isSealed()) {
            return "it is sealed, so that no guarded object can implement it; remove sealed";
        }
        return type.isHidden()
                ? "it is hidden, so that no guarded object can name it; declare it in a source file"
                : null;
    }

    /** The methods that go through no gate. */
    private Map<Signature, GuardTarget> plainTargets() {
        Map<Signature, GuardTarget> targets = new HashMap<>();
        for (Method method : type.type().getMethods()) {
            GuardMethod called = type.called(Signature.of(method));
            boolean gated = called != null && called.gated() != null;
            if (gated || Modifier.isStatic(method.getModifiers()) || GuardType.ofEveryObject(method)) {
                continue;
            }
            Method specific = called == null ? method : called.specific();
            try {
                targets.put(Signature.of(method), new GuardTarget.Plain(plain(specific)));
            } catch (IllegalAccessException e) {
                mistakes.add(specific, GuardHandles.closed(specific));
            }
        }
        return targets;
    }

    private MethodHandle plain(Method method) throws IllegalAccessException {
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

    private void addGated(Map<GuardMethod, GuardTarget> made, Map<Signature, GuardTarget> targets) {
        for (Method method : type.type().getMethods()) {
            Signature signature = Signature.of(method);
            GuardTarget target = made.get(type.called(signature));
            if (target != null) {
                targets.put(signature, target);
            }
        }
    }
}
