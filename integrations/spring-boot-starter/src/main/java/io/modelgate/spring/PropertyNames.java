package io.modelgate.spring;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** How properties are written. */
final class PropertyNames {

    private static final Pattern ELEMENT = Pattern.compile("[a-z0-9][a-z0-9-]*");

    private PropertyNames() {}

    /** What stands before the settings of a gate: {@code modelgate.gates.credit-risk.}, or with {@code [Credit_Risk]} where that is needed. */
    static String gate(String gate) {
        return "modelgate.gates" + element(gate) + ".";
    }

    /** The policy file of a gate's rollouts. */
    static String policy(String gate) {
        return "modelgate.rollouts" + element(gate) + ".policy";
    }

    static String element(String name) {
        return ELEMENT.matcher(name).matches() ? "." + name : "[" + name + "]";
    }

    /** {@code model-timeout} for {@code modelTimeout}. */
    static String kebab(String camel) {
        return camel.replaceAll("(?<=[a-z0-9])([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /** Those of the names that are the same as a name where only letters and digits count, in order. */
    static List<String> alike(String name, Collection<String> names) {
        String uniform = uniform(name);
        return names.stream()
                .filter(each -> uniform(each).equals(uniform))
                .sorted()
                .toList();
    }

    /** What is left of a name where only letters and digits count, as in an environment variable. */
    static String uniform(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
    }
}
