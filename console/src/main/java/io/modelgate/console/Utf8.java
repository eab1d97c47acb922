package io.modelgate.console;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Text of bytes that have to be UTF-8: what is not is refused, and never replaced by question marks. */
final class Utf8 {

    private Utf8() {}

    /**
     * The text.
     *
     * @throws CharacterCodingException if the bytes are anything else
     */
    static String text(byte[] bytes) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }
}
