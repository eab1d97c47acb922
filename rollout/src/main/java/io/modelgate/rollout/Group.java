package io.modelgate.rollout;

import java.util.List;

/**
 * The callers whose attribute has one value. Immutable.
 *
 * @param attribute the attribute
 * @param value the value
 */
public record Group(String attribute, String value) {

    static List<Group> of(Groups groups) {
        return groups.groups().stream()
                .map(group -> new Group(groups.attribute(), group))
                .toList();
    }

    /** {@code approved[home=rent]}, what evidence calls a guardrail here. */
    String named(String guardrail) {
        return guardrail + "[" + attribute + "=" + value + "]";
    }
}
