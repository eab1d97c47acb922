package io.modelgate;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All kills that bear on one gate or version, compiled so that a call asks once. Immutable. */
final class Switch {

    /** Nothing is killed. */
    static final Switch ON = new Switch(false, null);

    private static final Switch OFF = new Switch(true, null);

    private final boolean off;

    /** The killed values by attribute, or null when no kill is narrowed. */
    private final @Nullable Map<String, Set<String>> narrowed;

    private Switch(boolean off, @Nullable Map<String, Set<String>> narrowed) {
        this.off = off;
        this.narrowed = narrowed;
    }

    static Switch of(Collection<Kill> kills) {
        if (kills.isEmpty()) {
            return ON;
        }
        Map<String, Set<String>> narrowed = new HashMap<>();
        for (Kill kill : kills) {
            String attribute = kill.scope().attribute();
            String value = kill.scope().value();
            if (attribute == null || value == null) {
                return OFF;
            }
            narrowed.computeIfAbsent(attribute, a -> new HashSet<>()).add(value);
        }
        return new Switch(false, narrowed);
    }

    /** Whether every caller is killed. */
    boolean off() {
        return off;
    }

    /** Whether no caller is killed. */
    boolean on() {
        return !off && narrowed == null;
    }

    /** Whether this caller is killed: a caller that lacks an attribute by which a kill is narrowed is. */
    boolean blocks(Caller caller) {
        return blocks(caller.attributePairs());
    }

    /** Whether a caller with these attributes (name, value, name, value …) is killed. */
    boolean blocks(String[] attributes) {
        return off || (narrowed != null && blocks(narrowed, attributes));
    }

    private static boolean blocks(Map<String, Set<String>> narrowed, String[] attributes) {
        for (Map.Entry<String, Set<String>> attribute : narrowed.entrySet()) {
            String value = Caller.value(attributes, attribute.getKey());
            if (value == null || attribute.getValue().contains(value)) {
                return true;
            }
        }
        return false;
    }
}
