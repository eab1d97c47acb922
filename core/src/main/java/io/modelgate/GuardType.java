package io.modelgate;

import io.modelgate.GuardMethod.Signature;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The methods of a guarded interface or class, as its source reads: type variables resolved, overrides united, bridges mapped to what they
 * bridge.
 */
final class GuardType {

    private static final Set<Signature> OF_EVERY_OBJECT = Set.of(
            new Signature("equals", List.of(Object.class)),
            new Signature("hashCode", List.of()),
            new Signature("toString", List.of()));

    private final Class<?> type;
    private final Map<TypeVariable<?>, Shape> known = new HashMap<>();
    private final Map<Signature, GuardMethod> resolved = new LinkedHashMap<>();
    private final Map<Signature, GuardMethod> erased = new HashMap<>();
    private final List<Method> bodies = new ArrayList<>();
    private final List<Class<?>> lineage;

    GuardType(Class<?> type) {
        this.type = type;
        Set<Class<?>> all = new LinkedHashSet<>();
        collect(type, all);
        // A type extends strictly more than what it extends does, so that overrides come before the overridden; a class
        // wins
        // over any interface.
        lineage = new ArrayList<>(all);
        lineage.sort(Comparator.comparing((Class<?> each) -> each.isInterface())
                .thenComparing(Comparator.comparingInt((Class<?> each) -> supertypes(each))
                        .reversed()));
        for (Class<?> each : lineage) {
            for (Method method : each.getDeclaredMethods()) {
                if (!method.isSynthetic()) {
                    add(method);
                }
            }
        }
    }

    private void collect(Class<?> each, Set<Class<?>> all) {
        if (!all.add(each)) {
            return;
        }
        List<Type> parents = new ArrayList<>(List.of(each.getGenericInterfaces()));
        Type superclass = each.getGenericSuperclass();
        if (superclass != null && superclass != Object.class) {
            parents.add(superclass);
        }
        for (Type parent : parents) {
            if (parent instanceof ParameterizedType generic) {
                Class<?> raw = (Class<?>) generic.getRawType();
                for (int i = 0; i < raw.getTypeParameters().length; i++) {
                    known.put(raw.getTypeParameters()[i], Shape.of(generic.getActualTypeArguments()[i], known));
                }
                collect(raw, all);
            } else {
                collect((Class<?>) parent, all);
            }
        }
    }

    private static int supertypes(Class<?> each) {
        Class<?> superclass = each.getSuperclass();
        return 1
                + (superclass == null ? 0 : supertypes(superclass))
                + Arrays.stream(each.getInterfaces())
                        .mapToInt(GuardType::supertypes)
                        .sum();
    }

    private void add(Method method) {
        boolean counts = isInterface() || !method.getDeclaringClass().isInterface();
        if (!overridable(method) || ofEveryObject(method)) {
            if (counts) { // a class inherits no such method of an interface
                bodies.add(method);
            }
            return;
        }
        List<Shape> parameters = parameters(method);
        List<Class<?>> classes = new ArrayList<>();
        parameters.forEach(parameter -> classes.add(parameter.raw()));
        GuardMethod there = resolved.get(new Signature(method.getName(), classes));
        if (there == null) {
            there = new GuardMethod(method, parameters, result(method));
            resolved.put(new Signature(method.getName(), classes), there);
        }
        there.declaredBy(method, counts);
        erased.putIfAbsent(Signature.of(method), there);
    }

    /** Whether what extends the type could have a method of its own in its place, if it is not final. */
    boolean overridable(Method method) {
        int modifiers = method.getModifiers();
        return !Modifier.isStatic(modifiers)
                && !Modifier.isPrivate(modifiers)
                && (Modifier.isPublic(modifiers)
                        || Modifier.isProtected(modifiers)
                        || method.getDeclaringClass().getPackageName().equals(type.getPackageName()));
    }

    Class<?> type() {
        return type;
    }

    boolean isInterface() {
        return type.isInterface();
    }

    /** What messages call it. */
    String kind() {
        return isInterface() ? "interface" : "class";
    }

    /** The type and all that it extends, but for {@link Object}; overrides come before the overridden. */
    List<Class<?>> lineage() {
        return lineage;
    }

    List<Shape> parameters(Method method) {
        return Arrays.stream(method.getGenericParameterTypes())
                .map(parameter -> Shape.of(parameter, known))
                .toList();
    }

    Shape result(Method method) {
        return Shape.of(method.getGenericReturnType(), known);
    }

    /** The methods that an object of the type has, but for those that every object has. */
    Collection<GuardMethod> methods() {
        return resolved.values();
    }

    /** The methods that nothing can override, and what it declares anew of those that every object has. */
    List<Method> bodies() {
        return bodies;
    }

    static boolean ofEveryObject(Method method) {
        return OF_EVERY_OBJECT.contains(Signature.of(method));
    }

    /** The method that is called by these erased types, by way of a bridge if need be. */
    @Nullable
    GuardMethod called(Signature signature) {
        return erased.get(signature);
    }

    /** The method that a class declares an implementation of; null if it is none of this type. */
    @Nullable
    GuardMethod implemented(Method method) {
        GuardMethod exact = resolved.get(Signature.of(method));
        return exact != null ? exact : called(Signature.of(method));
    }

    @Override
    public String toString() {
        return type.getSimpleName();
    }
}
