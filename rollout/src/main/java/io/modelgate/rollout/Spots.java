package io.modelgate.rollout;

/**
 * Where a caller stands in a rollout, as {@code docs/bucketing.md} defines it for every language: its bucket, and what is finer. Changing
 * a constant here moves every caller of every running rollout.
 */
final class Spots {

    /** How many buckets there are; a weight is a number of buckets. */
    static final int BUCKETS = 100_000;

    /** How many units there are, four to a bucket. */
    static final int UNITS = 4 * BUCKETS;

    /** How many spots there are, 4,096 to a bucket. */
    static final int SPOTS = 1_024 * UNITS;

    /** How many bits a spot has. */
    static final int SPOT_BITS = 29;

    /** How many bits of a spot say where it is in its unit. */
    static final int SPOT_BITS_IN_UNIT = 10;

    private static final int SPOT_BITS_IN_BUCKET = SPOT_BITS_IN_UNIT + 2;

    /** Weyl increment of SplitMix64: the odd number nearest to 2^64 divided by the golden ratio (Steele, Lea, Flood, OOPSLA 2014). */
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private Spots() {}

    /** The salt of a rollout: the first 8 bytes of the SHA-256 of its id in UTF-8, big-endian. */
    static long salt(String rolloutId) {
        byte[] digest = Sha256.bytes(rolloutId);
        long salt = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            salt = salt << Byte.SIZE | (digest[i] & 0xff);
        }
        return salt;
    }

    /** The bucket, 0 to 99,999, of the caller whose key has the given hash. */
    static int bucket(int keyHash, long salt) {
        return spot(keyHash, salt) >>> SPOT_BITS_IN_BUCKET;
    }

    /**
     * Where the caller stands, finer than its bucket, 0 to 409,599,999: each bucket is cut into four units, and each unit into 1,024 spots.
     * What tells callers apart in little room is made of it. It comes of the same multiplication as the bucket.
     */
    static int spot(int keyHash, long salt) {
        // SplitMix64 seeded with the salt, its output number keyHash; the finalizer is Stafford's variant 13.
        long z = salt + (keyHash & 0xffffffffL) * GOLDEN;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        z ^= z >>> 31;
        return (int) (((z >>> 32) * UNITS) >>> (32 - SPOT_BITS_IN_UNIT));
    }

    /** The unit, 0 to 399,999, that a spot is in; it is in one bucket as a whole. */
    static int unit(int spot) {
        return spot >>> SPOT_BITS_IN_UNIT;
    }

    /** The bucket that a spot is in. */
    static int bucketOf(int spot) {
        return spot >>> SPOT_BITS_IN_BUCKET;
    }
}
