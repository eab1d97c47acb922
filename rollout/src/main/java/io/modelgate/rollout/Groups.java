package io.modelgate.rollout;

import java.util.List;

/**
 * The groups of callers that a guardrail looks at one by one: an attribute of the gate, and those of its values that make a group each.
 * Who has another value, or none, is in no group. Immutable.
 *
 * @param attribute the attribute, declared by the gate
 * @param groups its values, 2 to {@value #MOST} of them
 */
public record Groups(String attribute, List<String> groups) {

    /** The most groups of one attribute. */
    public static final int MOST = 50;

    private static final int LONGEST = 100;

    /**
     * Checks and copies the groups.
     *
     * @throws IllegalArgumentException if there are fewer than 2 or more than {@value #MOST}, or one stands twice, is empty, longer than 100
     *     characters or has a control character
     */
    public Groups {
        groups = List.copyOf(groups);
        String what = "groups by \"" + attribute + "\" are ";
        if (groups.size() < 2 || groups.size() > MOST) {
            throw new IllegalArgumentException(
                    what + groups.size() + ": expected 2 to " + MOST + " values of the attribute");
        }
        for (String group : groups) {
            if (group.isBlank() || group.length() > LONGEST || group.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException(what + groups + ", of which " + PolicyText.quote(group)
                        + " is none: expected 1 to " + LONGEST + " characters, none of them a control character");
            }
        }
        if (groups.stream().distinct().count() < groups.size()) {
            throw new IllegalArgumentException(what + groups + ": expected each once");
        }
    }
}
