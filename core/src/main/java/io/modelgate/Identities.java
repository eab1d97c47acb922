package io.modelgate;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Turns the identity of a caller into the keyed hash under which the control log may mention it: HMAC-SHA-256 (RFC 2104)
 * with a secret kept outside the log, cut to 128 bits. Destroying the secret erases every identity in the log. Content gets a keyed digest of another kind.
 * Thread-safe.
 */
public final class Identities {

    private static final String ALGORITHM = "HmacSHA256";

    private volatile SecretKeySpec secret;

    /**
     * Creates the hash with a secret.
     *
     * @param secret at least 16 bytes, the same in every process that shares the log
     * @throws IllegalArgumentException if the secret is shorter
     */
    public Identities(byte[] secret) {
        this.secret = key(secret);
    }

    private static SecretKeySpec key(byte[] secret) {
        if (secret.length < 16) {
            throw new IllegalArgumentException("secret has " + secret.length + " bytes: expected at least 16");
        }
        return new SecretKeySpec(secret, ALGORITHM);
    }

    /** Hashes with another secret from now on: that of a log of which nothing was known before, while all gates were killed. */
    void learn(byte[] shared) {
        secret = key(shared);
    }

    /** Returns the keyed hash of a caller's key or session: 32 lower-case hexadecimal digits. */
    public String hash(String identity) {
        byte[] full = hmac(secret, identity.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(full, 0, 16);
    }

    /**
     * Returns the keyed digest of content, as decision records and shadows show it: {@code hmac-sha256:} and 64 lower-case hexadecimal digits. It has a key
     * of its own, so that content that is a caller's key does not show by its {@link #hash}.
     */
    public String digest(byte[] content) {
        byte[] own = hmac(secret, "modelgate content digest".getBytes(StandardCharsets.US_ASCII));
        return "hmac-sha256:" + HexFormat.of().formatHex(hmac(new SecretKeySpec(own, ALGORITHM), content));
    }

    /** The whole keyed hash of bytes: 32 of them. What is no identity must not begin as one may, in UTF-8: with 0xFF for instance. */
    byte[] mac(byte[]... parts) {
        return hmac(secret, parts);
    }

    private static byte[] hmac(SecretKeySpec key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "this Java runtime has no " + ALGORITHM + ", which every runtime must have", e);
        }
    }
}
