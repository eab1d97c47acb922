package io.modelgate.budget;

import java.util.regex.Pattern;

/** The checks on names that come from outside. */
final class Names {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private static final int SHOWN = 100;

    private Names() {}

    /** Returns {@code value} if it can name a budget or an attribute. */
    static String name(String parameter, String value) {
        if (!isName(value)) {
            throw new IllegalArgumentException(parameter + " is " + quote(value)
                    + ": expected 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit");
        }
        return value;
    }

    static boolean isName(String value) {
        return NAME.matcher(value).matches();
    }

    /** Quotes a value for an error message: cut to a readable length, control characters made visible. */
    static String quote(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < Math.min(value.length(), SHOWN); i++) {
            char c = value.charAt(i);
            if (Character.isISOControl(c)) {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(value.length() > SHOWN ? "…\"" : "\"").toString();
    }
}
