package io.modelgate.simulator;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Writes maps, lists, texts, numbers and truth values as JSON; a number that is none becomes {@code null}. */
final class Json {

    private Json() {}

    static String of(@Nullable Object value) {
        return text(value, "") + "\n";
    }

    private static String text(@Nullable Object value, String indent) {
        if (value instanceof Map<?, ?> map) {
            boolean flat = map.values().stream().noneMatch(each -> each instanceof Map || each instanceof List);
            StringJoiner joined = flat ? new StringJoiner(", ", "{", "}") : block("{", "}", indent);
            map.forEach((key, each) -> joined.add(quote(String.valueOf(key)) + ": " + text(each, indent + "  ")));
            return joined.toString();
        }
        if (value instanceof List<?> list) {
            StringJoiner joined = block("[", "]", indent).setEmptyValue("[]");
            list.forEach(each -> joined.add(text(each, indent + "  ")));
            return joined.toString();
        }
        if (value instanceof Double number) {
            return Double.isFinite(number) ? Quantity.plain(number) : "null";
        }
        return value instanceof String text ? quote(text) : String.valueOf(value);
    }

    private static StringJoiner block(String open, String close, String indent) {
        return new StringJoiner(",\n  " + indent, open + "\n  " + indent, "\n" + indent + close);
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c)) {
                quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
