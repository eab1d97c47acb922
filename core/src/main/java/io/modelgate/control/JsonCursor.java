package io.modelgate.control;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Reads the JSON that {@link LineWriter} writes, and no other spelling of it, from the bytes of a line.
 *
 * <p>Not through a JSON library, because a start-up reads every line ever written in a virtual machine that is still cold, where
 * this takes half the time; {@code docs/adr/0001} has the figures. Not thread-safe.
 */
final class JsonCursor {

    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");

    private final long line;
    private final byte[] bytes;
    private final int start;
    private int end;
    private int at;

    /** Reads the bytes from {@code start} to before {@code end}, which are the line of the given number. */
    JsonCursor(long line, byte[] bytes, int start, int end) {
        this.line = line;
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        at = start;
    }

    /** Leaves the last bytes of the line alone. */
    void end(int newEnd) {
        end = newEnd;
    }

    boolean ended() {
        return at == end;
    }

    BadLineException bad(String reason) {
        return new BadLineException(line, reason);
    }

    static byte[] ascii(String literal) {
        return literal.getBytes(StandardCharsets.US_ASCII);
    }

    private boolean skip(byte[] literal) {
        if (at + literal.length > end || !Arrays.equals(bytes, at, at + literal.length, literal, 0, literal.length)) {
            return false;
        }
        at += literal.length;
        return true;
    }

    private boolean skip(char c) {
        if (at < end && bytes[at] == c) {
            at++;
            return true;
        }
        return false;
    }

    JsonCursor expect(byte[] literal) throws BadLineException {
        if (!skip(literal)) {
            throw bad("expected " + new String(literal, StandardCharsets.US_ASCII) + " at byte " + (at - start));
        }
        return this;
    }

    private void expect(char c) throws BadLineException {
        if (!skip(c)) {
            throw bad("expected " + c + " at byte " + (at - start));
        }
    }

    long number() throws BadLineException {
        int from = at;
        skip('-');
        int digits = at;
        while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        // No leading zero and nothing beyond a long: a number has one spelling.
        if (at > digits && at - digits <= 19 && (bytes[digits] != '0' || at == from + 1)) {
            try {
                return Long.parseLong(new String(bytes, from, at - from, StandardCharsets.US_ASCII));
            } catch (NumberFormatException e) {
                throw bad("the number at byte " + (from - start) + " does not fit 64 bits");
            }
        }
        throw bad("expected a 64-bit integer at byte " + (from - start));
    }

    boolean bool() throws BadLineException {
        if (skip(TRUE)) {
            return true;
        }
        if (skip(FALSE)) {
            return false;
        }
        throw bad("expected true or false at byte " + (at - start));
    }

    String string() throws BadLineException {
        expect('"');
        int from = at;
        boolean ascii = true;
        boolean escaped = false;
        while (at < end && bytes[at] != '"') {
            byte b = bytes[at++];
            if (b < 0) {
                ascii = false;
            } else if (b < ' ') {
                throw bad("control character at byte " + (at - 1 - start));
            } else if (b == '\\') {
                escaped = true;
                at++;
            }
        }
        int length = at - from;
        expect('"');
        String text = ascii ? new String(bytes, from, length, StandardCharsets.ISO_8859_1) : utf8(from, length);
        return escaped ? unescape(text) : text;
    }

    private String utf8(int from, int length) throws BadLineException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw bad("the string at byte " + (from - start) + " is not UTF-8");
        }
    }

    private String unescape(String text) throws BadLineException {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = text.charAt(++i);
            if (escape == 'u' && i + 4 < text.length()) {
                try {
                    plain.append((char) HexFormat.fromHexDigits(text, i + 1, i + 5));
                } catch (NumberFormatException e) {
                    throw bad("unknown escape \\u" + text.substring(i + 1, i + 5));
                }
                i += 4;
            } else if (escape == '"' || escape == '\\') {
                plain.append(escape);
            } else {
                throw bad("unknown escape \\" + escape);
            }
        }
        return plain.toString();
    }

    private Object value(int depth) throws BadLineException {
        byte first = at < end ? bytes[at] : 0;
        return switch (first) {
            case '"' -> string();
            case '[' -> list(depth);
            case '{' -> map(depth);
            case 't', 'f' -> bool();
            default -> number();
        };
    }

    private List<Object> list(int depth) throws BadLineException {
        nested(depth);
        List<Object> list = new ArrayList<>();
        expect('[');
        if (!skip(']')) {
            do {
                list.add(value(depth + 1));
            } while (skip(','));
            expect(']');
        }
        return list;
    }

    Map<String, Object> map(int depth) throws BadLineException {
        nested(depth);
        Map<String, Object> map = new HashMap<>();
        expect('{');
        if (!skip('}')) {
            do {
                String key = string();
                expect(':');
                if (map.put(key, value(depth + 1)) != null) {
                    throw bad("the key " + LineWriter.quote(key) + " stands twice in one map");
                }
            } while (skip(','));
            expect('}');
        }
        return map;
    }

    private void nested(int depth) throws BadLineException {
        if (depth > Data.MAX_DEPTH) {
            throw bad("its data is nested deeper than " + Data.MAX_DEPTH + " levels");
        }
    }
}
