package io.modelgate.rollout;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The bucket of a caller in a rollout, as {@code docs/bucketing.md} defines it for every language. Changing a constant here moves
 * every caller of every running rollout.
 */
final class Bucketing {

    /** How many buckets there are; a weight is a number of buckets. */
    static final int BUCKETS = 100_000;

    /** Weyl increment of SplitMix64: the odd number nearest to 2^64 divided by the golden ratio (Steele, Lea, Flood, OOPSLA 2014). */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private Bucketing() {}

    /** The salt of a rollout: the first 8 bytes of the SHA-256 of its id in UTF-8, big-endian. */
    static long salt(String rolloutId) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(rolloutId.getBytes(StandardCharsets.UTF_8));
            long salt = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                salt = salt << Byte.SIZE | (digest[i] & 0xff);
            }
            return salt;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256, which every runtime must have", e);
        }
    }

    /** The bucket, 0 to 99,999, of the caller whose key has the given hash. */
    static int bucket(int keyHash, long salt) {
        // SplitMix64 seeded with the salt, its output number keyHash; the finalizer is Stafford's variant 13.
        long z = salt + (keyHash & 0xffffffffL) * GOLDEN;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        z ^= z >>> 31;
        return (int) (((z >>> 32) * BUCKETS) >>> 32);
    }
}
