package io.modelgate;

import io.modelgate.GuardMethod.Signature;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The gates of an object's class, for the framework that stands before the object: made by {@link Gates#guarded}. What calls the object
 * itself, its own methods included, goes through no gate. As thread-safe as the object.
 */
public final class Guarded {

    private final String description;
    private final Set<Method> methods;

    /** By every declaration and bridge that a caller's method may be. */
    private final Map<Method, GuardTarget> targets;

    private Guarded(GuardType type, Map<GuardMethod, GuardTarget> made) {
        description = "guarded " + type;
        Set<Method> gated = new LinkedHashSet<>();
        made.keySet().forEach(method -> gated.add(method.specific()));
        methods = Set.copyOf(gated);
        Map<Method, GuardTarget> all = new HashMap<>();
        for (Class<?> each : type.lineage()) {
            for (Method method : each.getDeclaredMethods()) {
                GuardTarget target = made.get(type.called(Signature.of(method)));
                if (target != null && type.overridable(method)) {
                    all.put(method, target);
                }
            }
        }
        targets = Map.copyOf(all);
    }

    static Guarded of(Gates gates, Class<?> its, GuardBuilder settings, @Nullable Object object) {
        GuardMistakes mistakes = new GuardMistakes(its.getName());
        if (its.isInterface()) {
            mistakes.add(GuardMistakes.name(its), "it is an interface; give its implementations to guard");
            mistakes.refuse();
        }
        checkOpen(its, mistakes);
        GuardType type = new GuardType(its);
        GuardVersions versions = GuardVersions.own(its, object, settings.stable(), mistakes);
        Guard guard = new Guard(gates, type, versions, settings, mistakes);
        guard.read(new GuardRungs(
                type,
                Set.of(),
                fallback -> its.isInstance(object) ? GuardHandles.on(object, fallback) : GuardHandles.NONE,
                mistakes));
        return new Guarded(type, guard.make());
    }

    private static void checkOpen(Class<?> its, GuardMistakes mistakes) {
        String wrong = null;
        if (Modifier.isFinal(its.getModifiers()) || its.isEnum()) {
            wrong = its.isRecord() ? "a record" : its.isEnum() ? "an enum" : "final";
        } else if (its.isSealed()) {
            wrong = "sealed";
        } else if (its.isHidden()) {
            wrong = "hidden";
        }
        if (wrong != null) {
            mistakes.add(
                    GuardMistakes.name(its),
                    "it is " + wrong
                            + ", so that nothing can be put before its methods; make it a class that can be extended");
        }
    }

    /** The gated methods of the class, each as the most specific class declares it. Unmodifiable, never empty. */
    public Set<Method> methods() {
        return methods;
    }

    /**
     * Calls a method through its gate.
     *
     * @param method one of {@link #methods()}, or what it overrides, implements or bridges
     * @param arguments the arguments, of the types of its parameters, primitive ones boxed; not to be changed afterwards
     * @return the answer, of the type that the method returns
     * @throws GateException if neither the object nor a fallback had an answer
     * @throws IllegalArgumentException if that method has no gate, or the number of arguments is another; for a caller's key that is empty
     * @throws Throwable an {@link Error} of the object's method, as it is
     */
    public @Nullable Object call(Method method, @Nullable Object[] arguments) throws Throwable {
        GuardTarget target = targets.get(method);
        if (target == null) {
            throw new IllegalArgumentException(method + " has no gate in this " + description);
        }
        if (arguments.length != method.getParameterCount()) {
            throw new IllegalArgumentException(method + " was called with " + arguments.length + " arguments: expected "
                    + method.getParameterCount());
        }
        return target.call(arguments);
    }

    /** Names the class. */
    @Override
    public String toString() {
        return description;
    }
}
