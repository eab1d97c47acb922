package io.modelgate.spring;

import io.modelgate.Gated;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.util.ClassUtils;

/** Finds {@link Gated} methods. */
final class GatedMethods {

    private GatedMethods() {}

    /** Whether a class, or one that it extends, has methods of its own that are gated: those of its interfaces do not count. */
    static boolean inClass(Class<?> type) {
        return !inClasses(type).isEmpty();
    }

    /** The annotated methods of a class and those that it extends. */
    static List<Method> inClasses(Class<?> type) {
        List<Method> found = new ArrayList<>();
        if (type.isInterface()) {
            return found;
        }
        for (Class<?> each = type; mayBeGated(each); each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                if (!method.isSynthetic() && method.isAnnotationPresent(Gated.class)) {
                    found.add(method);
                }
            }
        }
        return found;
    }

    static boolean isUsers(Class<?> type) {
        return type != null && type != Object.class && !type.getName().startsWith("java.");
    }

    /** Whether it pays to look: most beans of an application are Spring's, whose classes know nothing of gates, and looking costs start-up. */
    static boolean mayBeGated(Class<?> type) {
        return isUsers(type) && !isSprings(type.getName());
    }

    /** Spring's own packages, as far as many beans are made in them: others may well have taken a name beside these. */
    private static final List<String> SPRINGS = Stream.of(
                    "aop",
                    "beans",
                    "boot",
                    "cache",
                    "context",
                    "core",
                    "data",
                    "format",
                    "http",
                    "jdbc",
                    "jmx",
                    "messaging",
                    "orm",
                    "scheduling",
                    "security",
                    "session",
                    "transaction",
                    "validation",
                    "web")
            .map(name -> "org.springframework." + name + ".")
            .toList();

    /** Whether a class of this name is Spring's own. */
    static boolean isSprings(String name) {
        if (!name.startsWith("org.springframework.")) {
            return false;
        }
        for (String springs : SPRINGS) {
            if (name.startsWith(springs)) {
                return true;
            }
        }
        return false;
    }

    /** The interfaces of a class that have gated methods, without those that another of them extends. */
    static List<Class<?>> interfaces(Class<?> type) {
        List<Class<?>> gated = new ArrayList<>();
        for (Class<?> each : ClassUtils.getAllInterfacesForClassAsSet(type)) {
            if (isGated(each)) {
                gated.add(each);
            }
        }
        List<Class<?>> outermost = new ArrayList<>(gated);
        for (Class<?> each : gated) {
            outermost.removeIf(other -> other != each && other.isAssignableFrom(each));
        }
        return outermost;
    }

    /** Whether an interface, or one that it extends, has gated methods. */
    static boolean isGated(Class<?> type) {
        return type.isInterface() && !gatesOf(type).isEmpty();
    }

    /** The gates of an interface, of those that it extends, or of a class and those that it extends. */
    static Set<String> gatesOf(Class<?> type) {
        Set<String> gates = new LinkedHashSet<>();
        if (type.isInterface()) {
            collect(type, gates);
        } else {
            for (Method method : inClasses(type)) {
                gates.add(gate(method));
            }
        }
        return gates;
    }

    private static void collect(Class<?> type, Set<String> gates) {
        if (!mayBeGated(type)) {
            return;
        }
        for (Method method : type.getDeclaredMethods()) {
            if (!method.isSynthetic() && method.isAnnotationPresent(Gated.class)) {
                gates.add(gate(method));
            }
        }
        for (Class<?> parent : type.getInterfaces()) {
            collect(parent, gates);
        }
    }

    private static String gate(Method method) {
        return method.getAnnotation(Gated.class).value();
    }
}
