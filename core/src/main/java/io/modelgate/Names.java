package io.modelgate;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The checks on names and free text that come from outside. */
final class Names {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private Names() {}

    /** Returns {@code value} if it can name a gate, a version, an attribute or a rung. */
    static String name(String parameter, @Nullable String value) {
        if (value == null || !isName(value)) {
            throw new IllegalArgumentException(notAName(parameter, value));
        }
        return value;
    }

    /** What to say of a value that cannot name anything. */
    static String notAName(String parameter, @Nullable String value) {
        return parameter + " is " + quote(value)
                + ": expected 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit";
    }

    static boolean isName(String value) {
        return NAME.matcher(value).matches();
    }

    /** Returns {@code value} if it is free text of the given length without control characters. */
    static String text(String parameter, @Nullable String value, int min, int max) {
        if (value == null || value.length() < min || value.length() > max) {
            throw new IllegalArgumentException(
                    parameter + " is " + quote(value) + ": expected " + min + " to " + max + " characters");
        }
        for (int i = 0; i < value.length(); i++) {
            if (Character.isISOControl(value.charAt(i))) {
                throw new IllegalArgumentException(parameter + " is " + quote(value)
                        + ": it holds a control character at index " + i + "; remove it");
            }
        }
        return value;
    }

    /** Quotes a value for an error message: cut to a readable length, control characters made visible. */
    static String quote(@Nullable String value) {
        if (value == null) {
            return "null";
        }
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < Math.min(value.length(), 100); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(value.length() > 100 ? "…\"" : "\"").toString();
    }

    /**
     * Text from anyone who can write to a log, safe for a terminal: whatever could move its cursor, change its state or reorder a line is
     * made visible.
     */
    static String plain(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR,
                        Character.SURROGATE -> plain.append(String.format("\\u%04x", c));
                default -> plain.appendCodePoint(c);
            }
        });
        return plain.toString();
    }
}
