package io.modelgate.control;

import java.util.Map;

/** The JSON that lines of the control log hold, for what leaves the process by other ways. */
public final class Json {

    private Json() {}

    /**
     * Writes a map as one JSON object on one line, its keys in order.
     *
     * @param map as the data of a {@link Decision}: strings, Longs, booleans, lists and maps
     * @throws IllegalArgumentException if it holds anything else, or is nested deeper than 32 levels
     */
    public static String text(Map<String, Object> map) {
        StringBuilder text = new StringBuilder();
        LineWriter.value(text, Data.copy(map));
        return text.toString();
    }
}
