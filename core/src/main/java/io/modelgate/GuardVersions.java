package io.modelgate;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The implementations that a guarded interface was given, checked. */
final class GuardVersions {

    /** An implementation and what is said of it. */
    record Each(Object implementation, Version version) {
        void describe(VersionBuilder<Invocation, Object> about) {
            if (!version.price().isEmpty()) {
                about.price(version.price());
            }
            if (!version.backend().isEmpty()) {
                about.backend(version.backend());
            }
            if (!version.digest().isEmpty()) {
                about.digest(version.digest());
            }
        }
    }

    private final Class<?> type;
    private final GuardMistakes mistakes;
    private final Map<String, Each> byId = new LinkedHashMap<>();

    GuardVersions(Class<?> type, @Nullable Object[] implementations, GuardMistakes mistakes) {
        this.type = type;
        this.mistakes = mistakes;
        for (int i = 0; i < implementations.length; i++) {
            add(implementations[i], "implementation " + (i + 1));
        }
        if (implementations.length == 0) {
            mistakes.add(GuardMistakes.name(type), "no implementation is given; give the stable version's first");
        }
    }

    private void add(@Nullable Object implementation, String where) {
        if (implementation == null || implementation instanceof Class<?>) {
            mistakes.add(where, "is " + implementation + "; give an object");
            return;
        }
        Class<?> its = implementation.getClass();
        String named = where + ", " + GuardMistakes.name(its);
        boolean fits = type.isInstance(implementation);
        if (!fits) {
            mistakes.add(named, "does not implement " + type.getName() + "; implement it");
        }
        Version version = its.getDeclaredAnnotation(Version.class);
        if (version == null) {
            mistakes.add(named, "has no @Version, which says the version's id; " + fix(its));
            return;
        }
        Each each = new Each(implementation, version);
        try {
            each.describe(VersionBuilder.of(version.value(), invocation -> invocation));
        } catch (IllegalArgumentException e) {
            mistakes.add(named, e.getMessage() + "; change its @Version");
            return;
        }
        Each before = fits ? byId.putIfAbsent(version.value(), each) : null;
        if (before != null) {
            mistakes.add(
                    named,
                    "is version \"" + version.value() + "\" as "
                            + GuardMistakes.name(before.implementation().getClass())
                            + " is; each id names one implementation");
        }
    }

    private static String fix(Class<?> its) {
        if (its.isHidden() || its.isAnonymousClass() || its.isSynthetic()) {
            return "a lambda or an anonymous class cannot carry it, so write a class with a name and annotate that";
        }
        return "annotate the class itself, as the annotation is not inherited";
    }

    List<Each> all() {
        return List.copyOf(byId.values());
    }

    List<Class<?>> classes() {
        List<Class<?>> classes = new ArrayList<>();
        all().forEach(each -> classes.add(each.implementation().getClass()));
        return classes;
    }

    /** Reports what the classes say that only the interface is heard on, and what they lack. */
    void checkAgainst(GuardInterface methods) {
        for (Class<?> its : classes()) {
            for (GuardMethod method : methods.methods()) {
                checkImplemented(its, method);
            }
            for (Class<?> each = its; each != null && each != Object.class; each = each.getSuperclass()) {
                for (Method method : each.getDeclaredMethods()) {
                    if (!method.isSynthetic()) {
                        checkMisplaced(method, methods.implemented(method));
                    }
                }
            }
        }
    }

    private void checkImplemented(Class<?> its, GuardMethod method) {
        try {
            Method found = its.getMethod(method.name(), method.specific().getParameterTypes());
            if (Modifier.isAbstract(found.getModifiers())) {
                mistakes.add(
                        GuardMistakes.name(its),
                        "has no implementation of " + method + "; compile it again with the interface");
            }
        } catch (NoSuchMethodException e) {
            mistakes.add(GuardMistakes.name(its), "has no implementation of " + method + "; make it public");
        }
    }

    private void checkMisplaced(Method method, @Nullable GuardMethod there) {
        String where = GuardMistakes.name(method.getDeclaringClass()) + "." + method.getName();
        Gated gated = method.getAnnotation(Gated.class);
        if (gated != null && (there == null || !there.gates().contains(gated))) {
            mistakes.add(
                    where,
                    "has @Gated(" + Names.quote(gated.value()) + "), which counts on the interface's method only; "
                            + (there == null
                                    ? GuardMistakes.name(type) + " has no such method"
                                    : "move it to " + there));
        }
        if (there == null || there.gated() == null) {
            return;
        }
        Annotation[][] annotations = method.getParameterAnnotations();
        for (int i = 0; i < annotations.length; i++) {
            Set<Annotation> heard = there.annotations(i);
            for (Annotation annotation : annotations[i]) {
                if (GuardMethod.makesCaller(annotation) && !heard.contains(annotation)) {
                    mistakes.add(
                            where + ", parameter " + (i + 1),
                            "has @" + annotation.annotationType().getSimpleName()
                                    + ", which counts on the interface's parameter only; move it to " + there);
                }
            }
        }
    }
}
