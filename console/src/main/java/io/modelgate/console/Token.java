package io.modelgate.console;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * A bearer token for the console: 256 random bits, so that its plain SHA-256 is enough to keep it by. The text is shown to its owner once; the
 * configuration holds the hash. Immutable.
 *
 * @param text what its owner sends: {@code mg_} and 43 characters
 * @param hash the SHA-256 of the text, 64 hexadecimal digits in lower case
 */
public record Token(String text, String hash) {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern FORM = Pattern.compile("mg_[A-Za-z0-9_-]{43}");
    private static final Pattern INSIDE = Pattern.compile("mg_[A-Za-z0-9_-]{43,}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final int BYTES = 32;

    /** Makes a new one. */
    public static Token generate() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        String text = "mg_" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        return new Token(text, hash(text));
    }

    /** The hash of a token's text. */
    static String hash(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether a text has the form of a token: anything else may be a password, whose plain hash could be guessed. */
    static boolean isToken(String text) {
        return FORM.matcher(text).matches();
    }

    /** A text without the tokens in it: somebody may paste one where it does not belong. */
    static String hide(String text) {
        return INSIDE.matcher(text).replaceAll("mg_…");
    }

    static boolean isHash(String text) {
        return HASH.matcher(text).matches();
    }

    /** Without the text. */
    @Override
    public String toString() {
        return "Token[" + hash.substring(0, Math.min(8, hash.length())) + "…]";
    }
}
