package io.modelgate;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The implementations that a guarded interface was given, or the object of a guarded class; checked. */
final class GuardVersions {

    /** An implementation and what is said of it. */
    record Each(Object implementation, @Nullable Version version) {

        /** That of an object whose class has no {@link Version}, which only one that is alone may lack. */
        private static final String ALONE = "v1";

        String id() {
            return version == null ? ALONE : version.value();
        }

        void describe(VersionBuilder<Invocation, Object> about) {
            if (version == null) {
                return;
            }
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

    /** The ids that were read, those of implementations that are mistakes included. */
    private final Set<String> ids = new LinkedHashSet<>();

    private GuardVersions(Class<?> type, GuardMistakes mistakes) {
        this.type = type;
        this.mistakes = mistakes;
    }

    /** The implementations of an interface, each with its {@link Version}. */
    static GuardVersions of(
            Class<?> type, @Nullable Object[] implementations, @Nullable String stable, GuardMistakes mistakes) {
        GuardVersions versions = new GuardVersions(type, mistakes);
        versions.addAll(implementations);
        versions.putFirst(stable);
        return versions;
    }

    /** The one object of a class, which is what the class says: the object's own may be one that a framework made. */
    static GuardVersions own(
            Class<?> type, @Nullable Object implementation, @Nullable String stable, GuardMistakes mistakes) {
        GuardVersions versions = new GuardVersions(type, mistakes);
        if (!type.isInstance(implementation)) {
            mistakes.add(
                    "the object",
                    (implementation == null ? "is null" : "is a " + GuardMistakes.name(implementation.getClass()))
                            + "; give one of " + type.getName());
        } else {
            versions.add(implementation, type.getDeclaredAnnotation(Version.class), GuardMistakes.name(type), true);
        }
        versions.putFirst(stable);
        return versions;
    }

    private void addAll(@Nullable Object[] implementations) {
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
        add(implementation, version, named, fits);
    }

    private void add(Object implementation, @Nullable Version version, String named, boolean fits) {
        Each each = new Each(implementation, version);
        ids.add(each.id());
        try {
            each.describe(VersionBuilder.of(each.id(), invocation -> invocation));
        } catch (IllegalArgumentException e) {
            mistakes.add(named, e.getMessage() + "; change its @Version");
            return;
        }
        Each before = fits ? byId.putIfAbsent(each.id(), each) : null;
        if (before != null) {
            mistakes.add(
                    named,
                    "is version \"" + each.id() + "\" as "
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

    /** Puts the stable version first, if it is said which that is. */
    private void putFirst(@Nullable String stable) {
        if (stable == null) {
            return;
        }
        if (!ids.contains(stable)) {
            mistakes.add(
                    "stable",
                    "is " + Names.quote(stable) + ", and no implementation is that version; there are " + ids);
        }
        Each first = byId.remove(stable);
        if (first != null) {
            Map<String, Each> others = new LinkedHashMap<>(byId);
            byId.clear();
            byId.put(stable, first);
            byId.putAll(others);
        }
    }

    /** The stable one first. */
    List<Each> all() {
        return List.copyOf(byId.values());
    }

    List<Class<?>> classes() {
        List<Class<?>> classes = new ArrayList<>();
        all().forEach(each -> classes.add(each.implementation().getClass()));
        return classes;
    }

    /** Reports what is said where only the guarded type is heard, and what the classes lack. */
    void checkAgainst(GuardType methods) {
        for (GuardMethod method : methods.methods()) {
            method.unheard().forEach(unheard -> checkUnheard(unheard, method));
        }
        for (Class<?> its : classes()) {
            if (methods.isInterface()) {
                methods.methods().forEach(method -> checkImplemented(its, method));
            }
            for (Class<?> each = its;
                    each != null && each != Object.class && each != type;
                    each = each.getSuperclass()) {
                for (Method method : each.getDeclaredMethods()) {
                    if (!method.isSynthetic()) {
                        checkMisplaced(method, methods.implemented(method), methods.kind());
                    }
                }
            }
        }
    }

    /** Of a class's method that an interface declares too: it is gated by one of them, and heard where it is gated. */
    private void checkUnheard(Method method, GuardMethod there) {
        if (there.gated() != null && method.isAnnotationPresent(Gated.class)) {
            mistakes.add(
                    there,
                    "it implements " + where(method)
                            + ", which is gated too, and one call goes through one gate; remove one @Gated");
        } else if (there.gated() != null) {
            checkParameters(method, there, "class");
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

    private static String where(Method method) {
        return GuardMistakes.name(method.getDeclaringClass()) + "." + method.getName();
    }

    private void checkMisplaced(Method method, @Nullable GuardMethod there, String kind) {
        Gated gated = method.getAnnotation(Gated.class);
        if (gated != null && (there == null || !there.gates().contains(gated))) {
            mistakes.add(
                    where(method),
                    "has @Gated(" + Names.quote(gated.value()) + "), which counts on the " + kind + "'s method only; "
                            + (there == null
                                    ? GuardMistakes.name(type) + " has no such method"
                                    : "move it to " + there));
        }
        if (there != null && there.gated() != null) {
            checkParameters(method, there, kind);
        }
    }

    private void checkParameters(Method method, GuardMethod there, String kind) {
        Annotation[][] annotations = method.getParameterAnnotations();
        for (int i = 0; i < annotations.length; i++) {
            Set<Annotation> heard = there.annotations(i);
            for (Annotation annotation : annotations[i]) {
                if (GuardMethod.makesCaller(annotation) && !heard.contains(annotation)) {
                    mistakes.add(
                            where(method) + ", parameter " + (i + 1),
                            "has @" + annotation.annotationType().getSimpleName() + ", which counts on the " + kind
                                    + "'s parameter only; move it to " + there);
                }
            }
        }
    }
}
