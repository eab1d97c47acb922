package io.modelgate.rollout;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a checkpoint, which may be anything. Immutable.
 *
 * @param data a map, if it is one
 */
record Saved(@Nullable Object data) {

    Saved in(String key) {
        return new Saved(get(key));
    }

    boolean has(String key) {
        return data instanceof Map<?, ?> map && map.containsKey(key);
    }

    String text(String key) {
        if (get(key) instanceof String text) {
            return text;
        }
        throw wrong(key, "a text");
    }

    boolean flag(String key) {
        if (get(key) instanceof Boolean flag) {
            return flag;
        }
        throw wrong(key, "true or false");
    }

    /** A count, 0 and up. */
    long count(String key) {
        if (get(key) instanceof Long count && count >= 0) {
            return count;
        }
        throw wrong(key, "a count");
    }

    List<?> list(String key) {
        if (get(key) instanceof List<?> list) {
            return list;
        }
        throw wrong(key, "a list");
    }

    /** So many counts, 0 and up. */
    long[] counts(String key, int size) {
        long[] counts = list(key).stream()
                .mapToLong(each -> each instanceof Long count ? count : -1)
                .toArray();
        if (counts.length != size || Arrays.stream(counts).anyMatch(count -> count < 0)) {
            throw wrong(key, size + " counts");
        }
        return counts;
    }

    /** So many numbers. */
    double[] numbers(String key, int size) {
        List<?> list = list(key);
        if (list.size() != size) {
            throw wrong(key, size + " numbers");
        }
        double[] numbers = new double[size];
        for (int i = 0; i < size; i++) {
            numbers[i] = parse(key, list.get(i));
        }
        return numbers;
    }

    /** A number as {@link Double#toString} wrote it, so the same to the last bit; negative infinity is the logarithm of 0. */
    double number(String key) {
        return parse(key, get(key));
    }

    private double parse(String key, @Nullable Object value) {
        double number = value instanceof String text ? Double.parseDouble(text) : Double.NaN;
        if (Double.isNaN(number) || number == Double.POSITIVE_INFINITY) {
            throw wrong(key, "a number");
        }
        return number;
    }

    /** A number of 0 and up. */
    double positive(String key) {
        double number = number(key);
        if (number < 0) {
            throw wrong(key, "a number of 0 and up");
        }
        return number;
    }

    private @Nullable Object get(String key) {
        return data instanceof Map<?, ?> map ? map.get(key) : null;
    }

    private IllegalArgumentException wrong(String key, String expected) {
        return new IllegalArgumentException(key + " is " + get(key) + ": expected " + expected);
    }
}
