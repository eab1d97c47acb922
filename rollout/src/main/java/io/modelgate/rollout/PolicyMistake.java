package io.modelgate.rollout;

import java.util.List;

/**
 * Something in a policy that cannot be. Immutable.
 *
 * @param path the part, as a file nests it: {@code steps[2].weight}
 * @param text its value and what is expected instead, so that path and text together are a sentence
 */
record PolicyMistake(String path, String text) {

    @Override
    public String toString() {
        return path + " " + text;
    }

    /** Refuses with all of them, if there are any. */
    static void refuse(String what, List<PolicyMistake> mistakes) {
        if (mistakes.size() == 1) {
            throw new IllegalArgumentException(what + ": " + mistakes.get(0));
        }
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(what + " has " + mistakes.size() + " mistakes:\n  "
                    + String.join(
                            "\n  ",
                            mistakes.stream().map(PolicyMistake::toString).toList()));
        }
    }
}
