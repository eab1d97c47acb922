package io.modelgate;

import io.modelgate.GuardMethod.Signature;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the method that a {@link Gated#fallback()} names. */
final class GuardRungs {

    private final GuardType type;
    private final Collection<Class<?>> implementations;
    private final Self self;
    private final GuardMistakes mistakes;

    GuardRungs(GuardType type, Collection<Class<?>> implementations, Self self, GuardMistakes mistakes) {
        this.type = type;
        this.implementations = implementations;
        this.self = self;
        this.mistakes = mistakes;
    }

    /** The object that a fallback is called on. */
    interface Self {
        MethodHandle handle(Method method) throws IllegalAccessException;
    }

    private String how() {
        return "; a fallback is a "
                + (type.isInterface() ? "default or static method of the interface" : "method of the class")
                + " with the gated method's parameters, and a Cause after them if it wants to know";
    }

    /** A method with the name that a fallback has. */
    private record Candidate(Method method, List<Shape> parameters, Shape result, boolean gated) {
        boolean takes(List<Shape> wanted) {
            if (parameters.size() != wanted.size()) {
                return false;
            }
            for (int i = 0; i < wanted.size(); i++) {
                if (!parameters.get(i).same(wanted.get(i))) {
                    return false;
                }
            }
            return true;
        }

        /** Whether it is what the name and the parameters of another method lead to, seen from the type. */
        boolean hides(Method other) {
            return other.getDeclaringClass().isAssignableFrom(method.getDeclaringClass())
                    && Signature.of(other).equals(Signature.of(method));
        }

        @Override
        public String toString() {
            return method.getName()
                    + parameters.stream().map(Shape::toString).collect(Collectors.joining(", ", "(", ")"));
        }
    }

    /** The rung; null if it has none, or only a mistake. */
    @Nullable
    GuardRung find(GuardMethod gated, String name, GuardAnswers answers) {
        List<Candidate> named = named(name);
        List<Shape> withCause = new ArrayList<>(gated.parameters());
        withCause.add(new Shape(Cause.class, List.of(), false));
        List<Candidate> fitting = named.stream()
                .filter(candidate -> candidate.takes(gated.parameters()) || candidate.takes(withCause))
                .toList();
        String fallback = "fallback " + Names.quote(name);
        if (named.isEmpty()) {
            mistakes.add(
                    gated,
                    fallback + " names no method of " + type + "; add " + (type.isInterface() ? "default " : "")
                            + gated.result() + " " + name + gated.parameterList() + how());
        } else if (fitting.isEmpty()) {
            mistakes.add(
                    gated,
                    fallback + " has the wrong parameters: there is " + named + ", expected " + name
                            + gated.parameterList() + how());
        } else if (fitting.size() > 1) {
            mistakes.add(gated, fallback + " is ambiguous: " + fitting + "; keep one, or rename the others");
        } else if (usable(gated, fitting.get(0), fallback, answers)) {
            return rung(gated, fitting.get(0), answers);
        }
        return null;
    }

    private List<Candidate> named(String name) {
        List<Candidate> named = new ArrayList<>();
        for (GuardMethod method : type.methods()) {
            if (method.name().equals(name)) {
                named.add(
                        new Candidate(method.specific(), method.parameters(), method.result(), method.gated() != null));
            }
        }
        for (Method method : type.bodies()) {
            if (method.getName().equals(name) && named.stream().noneMatch(other -> other.hides(method))) {
                named.add(new Candidate(
                        method, type.parameters(method), type.result(method), method.isAnnotationPresent(Gated.class)));
            }
        }
        return named;
    }

    private boolean usable(GuardMethod gated, Candidate candidate, String fallback, GuardAnswers answers) {
        Method method = candidate.method();
        Shape answer = answers.answer(gated.result());
        String wrong = null;
        if (!Names.isName(method.getName())) {
            wrong = "cannot name a rung; rename it to 1 to 100 letters, digits or '_', starting with a letter or digit";
        } else if (candidate.gated()) {
            wrong = "is gated itself, and a rung goes through no gate; name a method without @Gated";
        } else if (Modifier.isPrivate(method.getModifiers())) {
            wrong = "is private; " + (type.isInterface() ? "make it default or static" : "remove private");
        } else if (type.isInterface() && Modifier.isAbstract(method.getModifiers())) {
            wrong = "has no body; make it default or static";
        } else if (!answers.fits(candidate.result(), gated.result())) {
            wrong = "returns " + candidate.result() + "; return "
                    + (answers == GuardAnswers.PLAIN ? "" : gated.result() + " or ") + answer;
        } else {
            for (Class<?> implementation : implementations) {
                if (overrides(implementation, method)) {
                    wrong = "is overridden by " + GuardMistakes.name(implementation)
                            + ", but a rung belongs to no version; remove the override";
                }
            }
        }
        if (wrong != null) {
            mistakes.add(gated, fallback + " " + wrong);
        }
        return wrong == null;
    }

    /** Whether a class has its own body for a method that an interface has one for. */
    static boolean overrides(Class<?> implementation, Method method) {
        if (Modifier.isStatic(method.getModifiers())) {
            return false;
        }
        try {
            return !implementation
                    .getMethod(method.getName(), method.getParameterTypes())
                    .getDeclaringClass()
                    .isInterface();
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private @Nullable GuardRung rung(GuardMethod gated, Candidate candidate, GuardAnswers answers) {
        Method method = candidate.method();
        try {
            boolean wantsCause =
                    candidate.parameters().size() > gated.parameters().size();
            return new GuardRung(
                    method.getName(),
                    Modifier.isStatic(method.getModifiers()) ? GuardHandles.ofStatic(method) : self.handle(method),
                    wantsCause,
                    answers);
        } catch (IllegalAccessException e) {
            mistakes.add(gated, GuardHandles.closed(method));
            return null;
        }
    }
}
