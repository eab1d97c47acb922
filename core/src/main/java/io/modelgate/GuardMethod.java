package io.modelgate;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One method of a guarded interface: all declarations of it in the interface and those it extends, the most specific first. */
final class GuardMethod {

    /** What tells the methods of a class apart. */
    record Signature(String name, List<Class<?>> parameters) {
        static Signature of(Method method) {
            return new Signature(method.getName(), List.of(method.getParameterTypes()));
        }
    }

    private final List<Shape> parameters;
    private final Shape result;
    private final List<Method> declarations = new ArrayList<>();

    GuardMethod(Method specific, List<Shape> parameters, Shape result) {
        this.parameters = parameters;
        this.result = result;
        declarations.add(specific);
    }

    void declaredBy(Method method) {
        declarations.add(method);
    }

    Method specific() {
        return declarations.get(0);
    }

    String name() {
        return specific().getName();
    }

    List<Shape> parameters() {
        return parameters;
    }

    Shape result() {
        return result;
    }

    boolean isAbstract() {
        return Modifier.isAbstract(specific().getModifiers());
    }

    /** Its different gates, one if it is gated: an override keeps the annotation of what it overrides. */
    List<Gated> gates() {
        return declarations.stream()
                .flatMap(method -> Stream.ofNullable(method.getAnnotation(Gated.class)))
                .distinct()
                .toList();
    }

    @Nullable
    Gated gated() {
        List<Gated> gates = gates();
        return gates.isEmpty() ? null : gates.get(0);
    }

    /** What the declarations say of one parameter. */
    Set<Annotation> annotations(int parameter) {
        return declarations.stream()
                .flatMap(method -> Arrays.stream(method.getParameterAnnotations()[parameter]))
                .filter(GuardMethod::makesCaller)
                .collect(Collectors.toSet());
    }

    static boolean makesCaller(Annotation annotation) {
        return annotation instanceof CallerKey
                || annotation instanceof SessionId
                || annotation instanceof CallerAttribute;
    }

    /** The parameters as the interface reads. */
    String parameterList() {
        return parameters.stream().map(Shape::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    @Override
    public String toString() {
        return specific().getDeclaringClass().getSimpleName() + "." + name() + parameterList();
    }
}
