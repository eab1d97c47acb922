package io.modelgate;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which parameters of a gated method make the caller. Immutable. */
final class GuardCaller {

    private static final int NONE = -1;
    private static final String[] NO_ATTRIBUTES = {};
    private static final Set<Class<?>> KEYS = Set.of(String.class, UUID.class, Long.class, Integer.class);

    private final int given;
    private final int key;
    private final int session;
    private final int[] attributes;
    private final String[] names;

    /** Who asks, where the method does not say; null where it does or nobody knows. */
    private final @Nullable Supplier<? extends @Nullable Caller> whoAsks;

    private GuardCaller(
            int given,
            int key,
            int session,
            List<Integer> attributes,
            List<String> names,
            @Nullable Supplier<? extends @Nullable Caller> whoAsks) {
        this.whoAsks = given == NONE && key == NONE && session == NONE ? whoAsks : null;
        this.given = given;
        this.key = key;
        this.session = session;
        this.attributes = attributes.stream().mapToInt(Integer::intValue).toArray();
        this.names = names.toArray(String[]::new);
    }

    /** Reads the parameters of a method and reports what is wrong with them. */
    static GuardCaller of(
            GuardMethod method, @Nullable Supplier<? extends @Nullable Caller> whoAsks, GuardMistakes mistakes) {
        int given = NONE;
        int key = NONE;
        int session = NONE;
        List<Integer> attributes = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < method.parameters().size(); i++) {
            Shape type = method.parameters().get(i);
            String where = method + ", parameter " + (i + 1);
            if (type.raw() == Caller.class) {
                given = once(given, i, "a Caller", where, mistakes);
            }
            for (Annotation annotation : method.annotations(i)) {
                checkType(annotation, type.boxed(), where, mistakes);
                if (annotation instanceof CallerKey) {
                    key = once(key, i, "@CallerKey", where, mistakes);
                } else if (annotation instanceof SessionId) {
                    session = once(session, i, "@SessionId", where, mistakes);
                } else if (annotation instanceof CallerAttribute attribute) {
                    checkName(attribute.value(), names, where, mistakes);
                    attributes.add(i);
                    names.add(attribute.value());
                }
            }
        }
        if (given != NONE && (key != NONE || session != NONE || !names.isEmpty())) {
            mistakes.add(
                    method,
                    "a parameter is a Caller and others are annotated to make one; keep the Caller or the annotations");
        }
        return new GuardCaller(given, key, session, attributes, names, whoAsks);
    }

    private static int once(int before, int now, String what, String where, GuardMistakes mistakes) {
        if (before != NONE) {
            mistakes.add(where, "is " + what + " as parameter " + (before + 1) + " is; keep one");
        }
        return now;
    }

    private static void checkName(String name, List<String> before, String where, GuardMistakes mistakes) {
        if (!Names.isName(name)) {
            mistakes.add(where, Names.notAName("@CallerAttribute", name));
        } else if (before.contains(name)) {
            mistakes.add(where, "is @CallerAttribute(\"" + name + "\") as another parameter is; keep one");
        }
    }

    private static void checkType(Annotation annotation, Class<?> type, String where, GuardMistakes mistakes) {
        boolean attribute = annotation instanceof CallerAttribute;
        if (!KEYS.contains(type) && !(attribute && (type.isEnum() || type == Boolean.class))) {
            mistakes.add(
                    where,
                    "@" + annotation.annotationType().getSimpleName() + " is on a " + type.getSimpleName()
                            + ": expected a String, UUID, long" + (attribute ? ", int, boolean or enum" : " or int"));
        }
    }

    /** The attributes that a caller may carry. */
    Set<String> attributes() {
        return new TreeSet<>(List.of(names));
    }

    /** Whether the caller is one that is there already: a parameter, or known from elsewhere. */
    boolean isGiven() {
        return given != NONE || whoAsks != null;
    }

    Caller given(@Nullable Object[] arguments) {
        if (whoAsks != null) {
            return asked(whoAsks.get(), arguments);
        }
        return arguments[given] instanceof Caller caller ? caller : Caller.anonymous();
    }

    /**
     * The caller of each use of an object that a method returned. What the arguments say is read now, so that a key that is refused is refused
     * where the method is called; who asks where they do not say is asked now, and if nobody is known here, once more when the object is used.
     */
    Supplier<Caller> atUse(@Nullable Object[] arguments) {
        Supplier<? extends @Nullable Caller> asks = whoAsks;
        if (asks != null) {
            Caller here = asks.get();
            return () -> asked(here == null ? asks.get() : here, arguments);
        }
        Caller caller = isGiven() ? given(arguments) : made(arguments);
        return () -> caller;
    }

    /** A caller made for one call, so that the compiler need not allocate it. */
    Caller made(@Nullable Object[] arguments) {
        return Caller.made(
                key == NONE ? null : text(arguments[key]),
                session == NONE ? null : text(arguments[session]),
                attributes.length == 0 ? NO_ATTRIBUTES : pairs(arguments));
    }

    private Caller asked(@Nullable Caller known, @Nullable Object[] arguments) {
        Caller caller = known == null ? Caller.anonymous() : known;
        String[] pairs = attributes.length == 0 ? NO_ATTRIBUTES : pairs(arguments);
        for (int i = 0; i < pairs.length; i += 2) {
            caller = caller.with(pairs[i], pairs[i + 1]);
        }
        return caller;
    }

    private String[] pairs(@Nullable Object[] arguments) {
        int present = 0;
        for (int attribute : attributes) {
            if (arguments[attribute] != null) {
                present++;
            }
        }
        String[] pairs = new String[2 * present];
        int next = 0;
        for (int i = 0; i < attributes.length; i++) {
            String value = text(arguments[attributes[i]]);
            if (value != null) {
                pairs[next++] = names[i];
                pairs[next++] = value;
            }
        }
        return pairs;
    }

    private static @Nullable String text(@Nullable Object argument) {
        if (argument == null || argument instanceof String) {
            return (String) argument;
        }
        return argument instanceof Enum<?> constant ? constant.name() : argument.toString();
    }
}
