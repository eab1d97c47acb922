package io.modelgate.control;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.CharArrayReader;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON object of one line, key by key in the order in which the caller asks for them. Not thread-safe.
 *
 * <p>It asks for the kind of each value before the value, because Gson's typed methods convert: {@code nextLong} takes {@code "1"}
 * and {@code 1.0}. What Gson cannot be told to refuse, {@link LineReader} finds by writing the entry again. Where the text is not JSON, an {@link IOException} says so, which {@link #malformed} translates.
 */
final class LineJson {

    private final long line;
    private final JsonReader json;

    LineJson(long line, CharBuffer text) {
        this.line = line;
        json = new JsonReader(
                new CharArrayReader(text.array(), text.arrayOffset() + text.position(), text.remaining()));
        // Not STRICT, which refuses the escaped halves of surrogates that the format knows: a log with one in a reason
        // would not open any more.
        json.setStrictness(Strictness.LEGACY_STRICT);
        json.setNestingLimit(Data.MAX_DEPTH + 1);
    }

    BadLineException bad(String reason) {
        return new BadLineException(line, reason);
    }

    /** What is wrong and at which key, in Gson's words but without its column, line and advice, which concern no log. */
    BadLineException malformed(IOException e) {
        String message = String.valueOf(e.getMessage());
        int place = message.indexOf(" at line ");
        boolean says = place > 0 && !message.startsWith("Use JsonReader");
        BadLineException bad = bad("it cannot be read as JSON at " + LineWriter.quote(json.getPath())
                + (says ? ": " + LineWriter.quote(message.substring(0, place)) : ""));
        bad.initCause(e);
        return bad;
    }

    void open() throws IOException, BadLineException {
        expect(JsonToken.BEGIN_OBJECT);
        json.beginObject();
    }

    void key(String key) throws IOException, BadLineException {
        if (json.peek() != JsonToken.NAME) {
            throw bad("expected the key \"" + key + "\" and found none");
        }
        String found = json.nextName();
        if (!found.equals(key)) {
            throw bad("expected the key \"" + key + "\" and found " + LineWriter.quote(found));
        }
    }

    String string(String key) throws IOException, BadLineException {
        key(key);
        expect(JsonToken.STRING);
        return json.nextString();
    }

    long number(String key) throws IOException, BadLineException {
        key(key);
        return number();
    }

    boolean bool(String key) throws IOException, BadLineException {
        key(key);
        expect(JsonToken.BOOLEAN);
        return json.nextBoolean();
    }

    Map<String, Object> map(String key) throws IOException, BadLineException {
        key(key);
        expect(JsonToken.BEGIN_OBJECT);
        return map();
    }

    private long number() throws IOException, BadLineException {
        expect(JsonToken.NUMBER);
        String digits = json.nextString();
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw bad("expected a 64-bit integer at " + LineWriter.quote(json.getPreviousPath()) + " and found "
                    + LineWriter.quote(digits));
        }
    }

    private Object value() throws IOException, BadLineException {
        return switch (json.peek()) {
            case STRING -> json.nextString();
            case NUMBER -> number();
            case BOOLEAN -> json.nextBoolean();
            case BEGIN_ARRAY -> list();
            case BEGIN_OBJECT -> map();
            default -> throw unexpected("a string, integer, boolean, list or map");
        };
    }

    private List<Object> list() throws IOException, BadLineException {
        List<Object> list = new ArrayList<>();
        json.beginArray();
        while (json.hasNext()) {
            list.add(value());
        }
        json.endArray();
        return list;
    }

    private Map<String, Object> map() throws IOException, BadLineException {
        Map<String, Object> map = new HashMap<>();
        json.beginObject();
        while (json.hasNext()) {
            String key = json.nextName();
            if (map.put(key, value()) != null) {
                throw bad("the key " + LineWriter.quote(key) + " stands twice in one map");
            }
        }
        json.endObject();
        return map;
    }

    private void expect(JsonToken token) throws IOException, BadLineException {
        if (json.peek() != token) {
            throw unexpected(
                    switch (token) {
                        case NUMBER -> "a 64-bit integer";
                        case BOOLEAN -> "true or false";
                        case STRING -> "a string";
                        default -> "a map";
                    });
        }
    }

    private BadLineException unexpected(String expected) throws IOException {
        return bad("expected " + expected + " at " + LineWriter.quote(json.getPath()) + " and found " + json.peek());
    }
}
