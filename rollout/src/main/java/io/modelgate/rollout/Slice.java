package io.modelgate.rollout;

import java.util.List;

/**
 * The callers whose attribute has one value. Immutable.
 *
 * @param attribute the attribute
 * @param group its value
 */
public record Slice(String attribute, String group) {

    static List<Slice> of(Groups groups) {
        return groups.groups().stream()
                .map(group -> new Slice(groups.attribute(), group))
                .toList();
    }

    /** {@code approved[home=rent]}, what evidence calls a guardrail here. */
    String named(String guardrail) {
        return guardrail + "[" + attribute + "=" + group + "]";
    }
}
