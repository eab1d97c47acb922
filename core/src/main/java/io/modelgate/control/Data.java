package io.modelgate.control;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Checks and copies the free part of a decision: only what the line format can hold, and only what nobody can change later. */
final class Data {

    static final int MAX_DEPTH = 32;

    private Data() {}

    static Map<String, Object> copy(Map<String, Object> data) {
        return map("data", data, 1);
    }

    private static boolean leaf(@Nullable Object value) {
        return value instanceof String || value instanceof Long || value instanceof Boolean;
    }

    private static Object nested(String name, @Nullable Object value, int depth) {
        if (value instanceof List<?> list) {
            return list(name, list, depth);
        }
        if (value instanceof Map<?, ?> map) {
            return map(name, map, depth);
        }
        throw new IllegalArgumentException(name + " is "
                + (value == null ? "null" : "a " + value.getClass().getName())
                + ": expected a String, Long, Boolean, List or Map");
    }

    private static List<Object> list(String name, List<?> list, int depth) {
        check(name, depth);
        List<Object> copy = new ArrayList<>(list.size());
        for (Object element : list) {
            copy.add(leaf(element) ? element : nested(name + '[' + copy.size() + ']', element, depth + 1));
        }
        return Collections.unmodifiableList(copy);
    }

    private static Map<String, Object> map(String name, Map<?, ?> map, int depth) {
        check(name, depth);
        if (map.isEmpty()) {
            return Map.of();
        }
        TreeMap<String, Object> copy = new TreeMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw new IllegalArgumentException(name + " has the key " + entry.getKey() + ": expected a String");
            }
            Object value = entry.getValue();
            // The name is put together only where it may be needed: every line of a log comes through here at start-up.
            copy.put(key, leaf(value) ? value : nested(name + '.' + key, value, depth + 1));
        }
        return Collections.unmodifiableMap(copy);
    }

    private static void check(String name, int depth) {
        if (depth > MAX_DEPTH) {
            // The name is as deep as the data, so only its beginning is worth showing.
            throw new IllegalArgumentException(name.substring(0, Math.min(name.length(), 100))
                    + " is nested deeper than " + MAX_DEPTH + " levels");
        }
    }
}
