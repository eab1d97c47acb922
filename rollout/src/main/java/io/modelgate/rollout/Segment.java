package io.modelgate.rollout;

import io.modelgate.Caller;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The callers whose attribute has one of some values. Immutable. */
record Segment(String attribute, Set<String> values) {

    static Segment of(String attribute, List<String> values) {
        return new Segment(attribute, Set.copyOf(values));
    }

    boolean holds(Caller caller) {
        @Nullable String value = caller.attributeOrNull(attribute);
        return value != null && values.contains(value);
    }
}
