package io.modelgate.rollout;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The words of a policy file. What it refuses, it refuses with what it expects. */
final class Words {

    private Words() {}

    /** A constant as files spell it: {@code invalid-output}. */
    static String of(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static boolean bool(String text) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        throw new IllegalArgumentException("expected true or false");
    }

    static int integer(String text) {
        long whole = PolicyText.whole(text);
        if (whole != (int) whole) {
            throw new IllegalArgumentException("expected a number of at most ten digits");
        }
        return (int) whole;
    }

    /** The constant that {@link #of} spells so. */
    static <E extends Enum<E>> E constant(Class<E> type, String text) {
        List<String> words = Stream.of(type.getEnumConstants()).map(Words::of).toList();
        int at = words.indexOf(text);
        if (at < 0) {
            String meant = Yaml.meant(text, words);
            throw new IllegalArgumentException(
                    "expected one of " + String.join(", ", words) + (meant.startsWith("did") ? "; " + meant : ""));
        }
        return type.getEnumConstants()[at];
    }
}
