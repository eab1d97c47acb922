package io.modelgate;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A type as a method of the guarded type has it, its type variables replaced by what that says they are.
 *
 * @param open whether it stands for a type that nobody has named, so that it fits where its class alone would not
 */
record Shape(Class<?> raw, List<Shape> arguments, boolean open) {

    static Shape of(Type type, Map<TypeVariable<?>, Shape> known) {
        if (type instanceof ParameterizedType generic) {
            return new Shape(
                    (Class<?>) generic.getRawType(),
                    Arrays.stream(generic.getActualTypeArguments())
                            .map(argument -> of(argument, known))
                            .toList(),
                    false);
        }
        if (type instanceof GenericArrayType array) {
            Class<?> component = of(array.getGenericComponentType(), known).raw;
            return new Shape(Array.newInstance(component, 0).getClass(), List.of(), false);
        }
        if (type instanceof TypeVariable<?> variable) {
            Shape bound = known.get(variable);
            return bound != null ? bound : unnamed(variable.getBounds()[0], known);
        }
        if (type instanceof WildcardType wildcard) {
            return unnamed(wildcard.getUpperBounds()[0], known);
        }
        return new Shape((Class<?>) type, List.of(), false);
    }

    /** Only the class of a bound: its arguments may name the variable itself. */
    private static Shape unnamed(Type bound, Map<TypeVariable<?>, Shape> known) {
        Type plain = bound instanceof ParameterizedType generic ? generic.getRawType() : bound;
        return new Shape(of(plain, known).raw, List.of(), true);
    }

    /** The first type argument, or any object where the type is raw. */
    Shape argument() {
        return arguments.isEmpty() ? new Shape(Object.class, List.of(), true) : arguments.get(0);
    }

    /** The class of its values once they are objects. */
    Class<?> boxed() {
        return MethodType.methodType(raw).wrap().returnType();
    }

    boolean fits(Shape wanted) {
        return raw != void.class
                && wanted.boxed().isAssignableFrom(boxed())
                && (!raw.equals(wanted.raw) || argumentsMatch(wanted));
    }

    boolean same(Shape other) {
        return raw.equals(other.raw) && argumentsMatch(other);
    }

    private boolean argumentsMatch(Shape other) {
        if (arguments.isEmpty() || other.arguments.isEmpty()) {
            return true; // raw: the compiler has warned of it
        }
        for (int i = 0; i < arguments.size(); i++) {
            Shape mine = arguments.get(i);
            Shape theirs = other.arguments.get(i);
            if (!mine.open && !theirs.open && !mine.same(theirs)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return raw.getSimpleName()
                + (arguments.isEmpty()
                        ? ""
                        : arguments.stream().map(Shape::toString).collect(Collectors.joining(", ", "<", ">")));
    }
}
