package io.modelgate.rollout;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a map of an entry's data, each field once. Whatever is missing, of another type or left over is an
 * {@link IllegalArgumentException}, and malformed times a {@link java.time.DateTimeException}.
 */
final class Fields {

    /** Any double without an exponent. */
    private static final Pattern DECIMAL = Pattern.compile("-?\\d{1,400}(?:\\.\\d{1,400})?");

    private final Map<Object, Object> left;

    Fields(@Nullable Object data) {
        if (!(data instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("expected a map");
        }
        left = new HashMap<>(map);
    }

    boolean has(String name) {
        return left.containsKey(name);
    }

    /** Refuses what nobody asked for. */
    void end() {
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("unknown fields");
        }
    }

    String text(String name) {
        return string(name, left.remove(name));
    }

    static String string(String name, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(name + " is no text");
    }

    long whole(String name) {
        if (left.remove(name) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(name + " is no number");
    }

    boolean bool(String name) {
        if (left.remove(name) instanceof Boolean bool) {
            return bool;
        }
        throw new IllegalArgumentException(name + " is neither true nor false");
    }

    List<?> list(String name) {
        if (left.remove(name) instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException(name + " is no list");
    }

    Map<?, ?> map(String name) {
        if (left.remove(name) instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException(name + " is no map");
    }

    double decimal(String name) {
        String text = text(name);
        if (!DECIMAL.matcher(text).matches()) {
            throw new IllegalArgumentException(name + " is no decimal");
        }
        return Double.parseDouble(text);
    }

    Duration duration(String name) {
        return Duration.parse(text(name));
    }

    Weight weight(String name) {
        return new Weight(Math.toIntExact(whole(name)));
    }

    <E extends Enum<E>> E constant(String name, Class<E> type) {
        return Enum.valueOf(type, text(name));
    }
}
