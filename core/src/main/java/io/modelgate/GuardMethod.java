package io.modelgate;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One method of a guarded type: all declarations of it in the type and those it extends, the most specific first. Of a class, only those
 * by classes are heard: what an interface says counts where that is guarded.
 */
final class GuardMethod {

    /** What tells the methods of a class apart. */
    record Signature(String name, List<Class<?>> parameters) {
        static Signature of(Method method) {
            return new Signature(method.getName(), List.of(method.getParameterTypes()));
        }
    }

    private final List<Shape> parameters;
    private final Shape result;
    private final Method specific;
    private final List<Method> heard = new ArrayList<>();
    private final List<Method> unheard = new ArrayList<>();

    GuardMethod(Method specific, List<Shape> parameters, Shape result) {
        this.specific = specific;
        this.parameters = parameters;
        this.result = result;
    }

    void declaredBy(Method method, boolean counts) {
        (counts ? heard : unheard).add(method);
    }

    Method specific() {
        return specific;
    }

    /** The declarations that do not count. */
    List<Method> unheard() {
        return unheard;
    }

    String name() {
        return specific.getName();
    }

    List<Shape> parameters() {
        return parameters;
    }

    Shape result() {
        return result;
    }

    /** Its different gates, one if it is gated: an override keeps the annotation of what it overrides. */
    List<Gated> gates() {
        return heard.stream()
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
        return heard.stream()
                .flatMap(method -> Arrays.stream(method.getParameterAnnotations()[parameter]))
                .filter(GuardMethod::makesCaller)
                .collect(Collectors.toSet());
    }

    static boolean makesCaller(Annotation annotation) {
        return annotation instanceof CallerKey
                || annotation instanceof SessionId
                || annotation instanceof CallerAttribute;
    }

    /** The parameters as the source reads. */
    String parameterList() {
        return parameters.stream().map(Shape::toString).collect(Collectors.joining(", ", "(", ")"));
    }

    @Override
    public String toString() {
        return specific.getDeclaringClass().getSimpleName() + "." + name() + parameterList();
    }
}
