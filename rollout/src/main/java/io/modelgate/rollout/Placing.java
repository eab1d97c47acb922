package io.modelgate.rollout;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Where another system's rule puts a key. Systems that hash to a fraction give the spot itself; those that hash to one of a few cells give
 * the cell, which is cut finer by the caller's own place in it. Thread-safe, and takes no lock.
 */
@FunctionalInterface
interface Placing {

    /** The offset basis of FNV-1a, 32 bits (Fowler, Noll, Vo). */
    int FNV_BASIS = 0x811c9dc5;

    /** Its prime. */
    int FNV_PRIME = 0x01000193;

    /**
     * The spot of a key, 0 to 409,599,999.
     *
     * @param fine the caller's spot by ModelGate's own bucketing, used within a cell
     */
    int spot(String key, int fine);

    /** Unleash's {@code normalizedMurmur3}: {@code murmur3(group:key) mod 100}. Its numbers start at 1, cells at 0. */
    static Placing unleash(String groupId) {
        Murmur32 before = new Murmur32(0).utf8(groupId + ":");
        return (key, fine) -> inCell(before.copy().utf8(key).value() % 100, 100, fine);
    }

    /** The same as Unleash's SDK for Node.js computes it. */
    static Placing unleashNode(String groupId) {
        Murmur32 before = new Murmur32(0).lowBytes(groupId + ":");
        return (key, fine) -> inCell(before.copy().lowBytes(key).value() % 100, 100, fine);
    }

    /** LaunchDarkly: the first 15 hexadecimal digits of {@code SHA-1(prefix key)} over 0xFFFFFFFFFFFFFFF. */
    static Placing launchDarkly(String prefix) {
        MessageDigest before = sha1(prefix);
        return (key, fine) -> {
            byte[] digest = copy(before).digest(key.getBytes(StandardCharsets.UTF_8));
            long sixty = 0;
            for (int i = 0; i < Long.BYTES; i++) {
                sixty = sixty << Byte.SIZE | (digest[i] & 0xff);
            }
            return ofSixtyBits(sixty >>> 4);
        };
    }

    /** GrowthBook's hash version 2: {@code fnv1a(decimal(fnv1a(seed key))) mod 10,000} over the UTF-16 code units. */
    static Placing growthBook(String seed) {
        int before = fnv1a(FNV_BASIS, seed);
        return (key, fine) -> inCell(growthBookCell(before, key), 10_000, fine);
    }

    /** The same where a cell is in as soon as the share has reached its number: cells 0 and 1 are both in the first ten thousandth. */
    static Placing growthBookCoverage(String seed) {
        int before = fnv1a(FNV_BASIS, seed);
        return (key, fine) -> inCell(Math.max(0, growthBookCell(before, key) - 1), 10_000, fine);
    }

    private static long growthBookCell(int before, String key) {
        long first = fnv1a(before, key) & 0xffffffffL;
        int second = FNV_BASIS;
        for (long unit = unit(first); unit > 0; unit /= 10) {
            second = (second ^ (int) ('0' + first / unit % 10)) * FNV_PRIME;
        }
        return (second & 0xffffffffL) % 10_000;
    }

    /** The power of ten of a number's first decimal digit. */
    private static long unit(long number) {
        long unit = 1;
        while (number / unit > 9) {
            unit *= 10;
        }
        return unit;
    }

    private static int fnv1a(int basis, String text) {
        int hash = basis;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    /** flagd's fractional operation, version 2: {@code murmur3(prefix key) * total >> 32}, whatever the total of the weights. */
    static Placing flagd(String prefix) {
        Murmur32 before = new Murmur32(0).utf8(prefix);
        return (key, fine) -> ofThirtyTwoBits(before.copy().utf8(key).value());
    }

    /** Split's algorithm 2: {@code murmur3(key) mod 100} with the seed. Its numbers start at 1, cells at 0. */
    static Placing split(int seed) {
        Murmur32 before = new Murmur32(seed);
        return (key, fine) -> inCell(before.copy().utf8(key).value() % 100, 100, fine);
    }

    /** Split's algorithm 1: the key's {@code hashCode} xor the seed, its remainder by 100 without the sign. */
    static Placing splitLegacy(int seed) {
        return (key, fine) -> inCell(Math.abs((key.hashCode() ^ seed) % 100), 100, fine);
    }

    /** Optimizely: {@code murmur3(key experiment)} with the seed 1, times 10,000, over 2^32. */
    static Placing optimizely(String experimentId) {
        return (key, fine) ->
                ofThirtyTwoBits(new Murmur32(1).utf8(key).utf8(experimentId).value());
    }

    private static int inCell(long cell, int cells, int fine) {
        return (int) cell * (Spots.SPOTS / cells) + fine / cells;
    }

    private static int ofThirtyTwoBits(long hash) {
        return (int) ((hash * Spots.SPOTS) >>> 32);
    }

    /** {@code floor(value * SPOTS / (2^60 - 1))}; the largest value, which is 1 and in no range below it, gets the last spot. */
    static int ofSixtyBits(long value) {
        long most = (1L << 60) - 1;
        long low = value * Spots.SPOTS;
        long whole = (Math.multiplyHigh(value, Spots.SPOTS) << 4) | (low >>> 60);
        long spot = whole + ((low & most) + whole >= most ? 1 : 0);
        return (int) Math.min(spot, Spots.SPOTS - 1);
    }

    private static MessageDigest sha1(String prefix) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-1");
            digest.update(prefix.getBytes(StandardCharsets.UTF_8));
            return digest;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-1, which every runtime must have", e);
        }
    }

    /** The prefix is hashed once; a copy for each key is cheaper than a lookup of the algorithm, and needs no lock. */
    private static MessageDigest copy(MessageDigest digest) {
        try {
            return (MessageDigest) digest.clone();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the SHA-1 of this Java runtime cannot be copied", e);
        }
    }
}
