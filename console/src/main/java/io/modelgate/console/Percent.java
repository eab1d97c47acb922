package io.modelgate.console;

import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;

/** Decodes what a URL holds, strictly: what has two readings is refused, so that nobody checks one and uses the other. */
final class Percent {

    private static final int HEX = 16;

    private Percent() {}

    /**
     * A part of a path.
     *
     * @throws Problem 400 for what is not encoded as it has to be, and for a slash, a backslash or a control character behind an encoding
     */
    static String path(String part) {
        String decoded = decode(part, false);
        if (decoded.indexOf('/') >= 0 || decoded.indexOf('\\') >= 0) {
            throw Problem.bad("the path: expected no encoded slash in it");
        }
        return decoded;
    }

    /**
     * A name or a value of a query, with a space for each plus sign.
     *
     * @throws Problem 400 for what is not encoded as it has to be, and for control characters
     */
    static String query(String part) {
        return decode(part, true);
    }

    private static String decode(String part, boolean plusIsSpace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '%') {
                bytes.write(hex(part, i + 1) * HEX + hex(part, i + 2));
                i += 2;
            } else if (c < 0x80) {
                bytes.write(c == '+' && plusIsSpace ? ' ' : c);
            } else {
                throw notEncoded();
            }
        }
        String decoded = text(bytes.toByteArray());
        if (decoded.chars().anyMatch(Character::isISOControl)) {
            throw Problem.bad("the path or the query: expected no control characters in it");
        }
        return decoded;
    }

    private static int hex(String part, int at) {
        int digit = at < part.length() ? Character.digit(part.charAt(at), HEX) : -1;
        if (digit < 0 || part.charAt(at) >= 0x80) {
            throw notEncoded();
        }
        return digit;
    }

    private static String text(byte[] bytes) {
        try {
            return Utf8.text(bytes);
        } catch (CharacterCodingException e) {
            throw notEncoded();
        }
    }

    private static Problem notEncoded() {
        return Problem.bad(
                "the path or the query: expected UTF-8, with % and two hexadecimal digits for what needs it");
    }
}
